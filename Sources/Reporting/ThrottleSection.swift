import Latency
import Results
import Throttling
import Units

/// The section of a report that tells of each throttle what it costs, how exactly it was kept, and
/// where it stands.
struct ThrottleSection {
    private let run: Run
    private let names: ThrottleNames

    init(_ run: Run) {
        self.run = run
        names = ThrottleNames(run)
    }

    var text: String {
        let table = table
        guard !table.isEmpty else { return "" }
        let parts = [table.text + Self.explanation, places, hint].filter { !$0.isEmpty }
        return "## What the throttle adds, and how well it is kept\n\n"
            + parts.joined(separator: "\n\n")
    }

    private var table: MarkdownTable {
        var table = MarkdownTable([
            ("cell", .left), ("a decision takes", .right), ("wait p50", .right),
            ("wait p99", .right), ("denied", .right), ("a refusal takes", .right),
            ("share of the limit used", .right), ("admitted / possible", .right),
        ])
        for result in run.cells where result.cell.throttle != .none {
            let wait = result.latency[.throttleWait]
            table.append([
                Wording.cell(result.cell),
                result.decisionNanoseconds.map { Seconds($0 / 1e9).inWords } ?? "—",
                Wording.latency(wait?.p50), Wording.latency(wait?.p99),
                Significant.grouped(result.denied), Wording.latency(result.latency[.denial]?.p50),
                limitUse(result).map { Probability(min(1, $0)).inPercent } ?? "—",
                result.admittedToEnvelope.map { Wording.number($0) } ?? "—",
            ])
        }
        return table
    }

    private static let explanation = """

        A decision is the throttle's own cost, timed where nobody contends for it. The limit is \
        what the throttle alone would have admitted in the measured time; what was possible is \
        the lesser of that and what came through without a throttle: the device's own speed, or \
        the calls due of an open load. Where most of the limit was used, a last column above 1 \
        means that the throttle leaks; where little was, it compares two measurements of the \
        device's speed, and scatters around 1. Both classes of a mixed load count together there.
        """

    /// Where the throttles stand: a line for each place, a sentence where there is but one.
    private var places: String {
        let throttles = run.scenario.throttles.filter { $0 != .none }
        let places = EnforcementPoint.allCases.filter { place in
            throttles.contains { $0.enforced == place }
        }
        guard places.count > 1 else {
            let subject = throttles.count == 1 ? "The throttle is" : "All throttles are"
            return places.map {
                "\(subject) enforced \($0.inWords), by the scenario: \($0.bypass)."
            }
            .joined()
        }
        let lines = places.map { place in
            let listed = throttles.filter { $0.enforced == place }.map { names[$0] }
            return "- \(place.inWords.capitalizedFirst) (\(listed.joined(separator: "; "))): "
                + "\(place.bypass)."
        }
        return "Where each is enforced, by the scenario:\n\n" + lines.joined(separator: "\n")
    }

    /// How to learn what a throttle costs the innocent, where that was not measured.
    private var hint: String {
        guard !run.cells.contains(where: { $0.cell.mixed != nil }) else { return "" }
        return "What an attack behind a throttle does to legitimate callers was not measured; a "
            + "load `mixed: [{ legitimate: { rate: 200/s }, attackers: 1 }]` measures it."
    }

    /// Admitted calls over α(T), all rounds and both classes together; nil where no round is
    /// usable, or nothing bounds the admissions.
    private func limitUse(_ result: CellResult) -> Double? {
        let cell = result.cell
        let identities = cell.mixed?.identities ?? 1
        let envelope = cell.throttle.envelopeFromEpoch(units: cell.units, identities: identities)
        let other = cell.otherClass.flatMap { other in
            run.cells.first { $0.cell.classedKey == other.classedKey }
        }
        var (admitted, most) = (0.0, 0.0)
        for round in result.rounds where round.verdict.isValid {
            let others = other?.rounds.first { $0.number == round.number }
            guard other == nil || others?.verdict.isValid == true else { continue }
            admitted += Double(round.admitted) + Double(others?.admitted ?? 0)
            most += envelope.admissions(within: Seconds(round.seconds))
        }
        return most > 0 && most.isFinite ? admitted / most : nil
    }
}

extension String {
    /// The text with a capital letter at its beginning.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
