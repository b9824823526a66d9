import Units

/// Why a verdict is what it is, in sentences for people.
struct VerdictWording {
    private let judge: Judge
    private var comparison: Comparison { judge.comparison }
    private var unit: String { comparison.kind == .stored ? "round" : "block" }
    private var tolerance: String { Percent.share(comparison.rule.tolerance) }

    /// How many sentences of a kind are told one by one.
    private static let most = 5

    /// The wording of a judge.
    init(_ judge: Judge) { self.judge = judge }

    /// The sentences, the most telling first.
    var reasons: [String] {
        let causes =
            switch judge.verdict {
            case .pass: [pass]
            case .regressed: failing + (judge.moved.isEmpty ? regressions : movements) + invalidity
            case .invalid: invalidity + told(judge.moved, movement)
            case .inconclusive: judge.moved.isEmpty ? doubts : movements
            }
        return overridden + causes + told(judge.better, gain) + told(fewer, gain) + control
            + missing + untested + comparison.notes
    }

    /// What to do next.
    var advice: String { VerdictAdvice(judge).text }

    /// Sentences on the first few, and how many more there are.
    private func told<Found>(
        _ all: [Found], _ sentence: (Found) -> String, noun: String = "comparison"
    ) -> [String] {
        let rest = all.count - Self.most
        let more = rest > 0 ? ["And so \(Counted.text(rest, "more \(noun)"))."] : []
        return all.prefix(Self.most).map(sentence) + more
    }

    private var failing: [String] { told(judge.failing, FailedCallsWording.sentence, noun: "cell") }

    private var fewer: [FailedCalls] { comparison.failedCalls.filter { $0.finding == .fewer } }

    private func gain(_ found: FailedCalls) -> String {
        "Improved, which is reported and not gated: \(FailedCallsWording.sentence(found))"
    }

    private var regressions: [String] { told(judge.worse, regression) }

    /// What moved of the control, and what would have been REGRESSED, had it stood still.
    private var movements: [String] {
        told(judge.moved, movement)
            + told(judge.worse) { "Seen all the same: \($0.place): \($0.finding)." }
    }

    private var pass: String {
        let all = Counted.text(comparison.evidence.count, "comparison")
        let nearest = comparison.evidence.max { ($0.upper ?? 0) < ($1.upper ?? 0) }
        let bound = nearest.flatMap { nearest in
            nearest.upper.map { "; nearest to it \(nearest.place): at most \(Percent.signed($0))" }
        }
        let lies = comparison.evidence.count == 1 ? "lies" : "each lie"
        return "\(all) \(lies) within the tolerance of \(tolerance) with 99 % confidence"
            + (bound ?? "") + "."
    }

    private func regression(_ found: Evidence) -> String {
        "\(found.place): \(found.finding), beyond the tolerance of \(tolerance), p "
            + "\(Self.chance(found.pAdjusted ?? found.pWorse)) after adjustment for "
            + "\(Counted.text(comparison.evidence.count, "test"))."
    }

    private func gain(_ found: Evidence) -> String {
        "Improved, which is reported and not gated: \(found.place): \(found.finding)."
    }

    private func movement(_ found: Evidence) -> String {
        "The negative control moved: \(found.place): \(found.finding). It does nothing, so the "
            + "host or the harness changed, and no difference can be put down to the anchor."
    }

    static func chance(_ p: Double) -> String {
        p < 0.000_1 ? "< 0.0001" : Significant.text(p, digits: 2)
    }
}

extension VerdictWording {
    /// Why nothing may be compared.
    private var invalidity: [String] {
        let unlike = comparison.allowsDifferences ? [] : comparison.differences.map(difference)
        let cells = comparison.invalid.map {
            "\($0.cell) is INVALID in '\($0.side)': \($0.reasons.joined(separator: "; "))."
        }
        let rest = cells.count - Self.most
        let more = rest > 0 ? ["So are \(Counted.text(rest, "more cell"))."] : []
        let apart = "'\(comparison.baseline)' and '\(comparison.candidate)' have no cell in common."
        let sentences =
            (comparison.isApart ? [apart] : []) + unlike + cells.prefix(Self.most) + more
        guard sentences.isEmpty, comparison.evidence.isEmpty else { return sentences }
        return comparison.untested.isEmpty
            ? [apart] : ["No metric that was asked for has values in both."]
    }

    private func difference(_ found: Comparison.Difference) -> String {
        "\(found.condition) differs, so that the figures cannot be compared: \(Self.both(found))."
    }

    private static func both(_ found: Comparison.Difference) -> String {
        let (before, after) = (found.baseline, found.candidate)
        return "\(before.map { "'\($0)'" } ?? "not known") in the baseline, "
            + "\(after.map { "'\($0)'" } ?? "not known") in the candidate"
    }

    /// That unlike conditions were compared because somebody said so.
    private var overridden: [String] {
        guard comparison.allowsDifferences, !comparison.differences.isEmpty else { return [] }
        let list = comparison.differences.map { "\($0.condition) (\(Self.both($0)))" }
        return [
            "Compared although conditions differ, as was asked for: "
                + "\(list.joined(separator: "; "))."
        ]
    }

    /// Why neither was shown.
    private var doubts: [String] {
        var sentences = tooFew
        let noisy = judge.tooNoisy
        if let noisiest = noisy.first {
            let floor = Percent.signed(noisiest.floor ?? 1)
            sentences.append(
                "This host is too noisy for a PASS at a tolerance of \(tolerance): "
                    + "\(noisiest.place) differs between the \(unit)s of one anchor by \(floor)"
                    + (noisy.count > 1
                        ? ", and \(Counted.text(noisy.count - 1, "more comparison")) by more than "
                            + "the tolerance." : "."))
        }
        if let lost = judge.lost.first {
            sentences.append(
                "What the baseline has and the candidate lacks may be what became slower: "
                    + "\(lost.cell), \(lost.metric.words)"
                    + (judge.lost.count > 1 ? ", and \(judge.lost.count - 1) more." : "."))
        }
        return sentences + told(judge.unknown, FailedCallsWording.sentence, noun: "cell")
            + told(judge.open, undecided)
    }

    private func undecided(_ found: Evidence) -> String {
        let against = found.isBoundedByControl ? " against the control of the same rounds" : ""
        let bound = found.upper.map { "may cost \(Percent.signed($0))" } ?? "has no upper bound"
        return "\(found.place) \(bound), so that more than the tolerance of \(tolerance) is not "
            + "ruled out\(against): \(found.finding)."
    }

    private var tooFew: [String] {
        var sentences: [String] = []
        let few = comparison.evidence.filter { $0.pairs < NeededPairs.fewestRounds }
        if comparison.kind == .stored, !few.isEmpty {
            var cells: [String] = []
            for cell in few.map(\.cell) where cells.last != cell { cells.append(cell) }
            sentences.append(
                "\(Counted.list(cells)) \(cells.count == 1 ? "has" : "have") fewer than three "
                    + "rounds, which say nothing of their spread.")
        }
        guard let least = judge.tooFew.map(\.pairs).min() else { return sentences }
        let tests = Counted.text(comparison.evidence.count, "test")
        let each = comparison.kind == .stored ? " of each" : ""
        return sentences + [
            "\(Counted.text(least, unit))\(each) cannot show a regression among \(tests): "
                + "\(comparison.neededPairs) are needed."
        ]
    }
}

extension VerdictWording {
    /// That nobody watched the host.
    private var control: [String] {
        guard comparison.control.isEmpty, !comparison.evidence.isEmpty else { return [] }
        return [
            "There is no negative control: no module that does nothing was measured beside both."
        ]
    }

    private var missing: [String] {
        [("Only in the baseline", comparison.missing), ("Only in the candidate", comparison.extra)]
            .filter { !$0.1.isEmpty }
            .map { "\($0.0), and not compared: \(Counted.list($0.1, most: Self.most))." }
    }

    /// What could not be compared, told once for each metric and reason.
    private var untested: [String] {
        var groups: [(metric: Metric, reason: String, cells: [String])] = []
        var places: [String: Int] = [:]
        for entry in comparison.untested {
            let key = entry.metric.rawValue + entry.reason
            if let place = places[key] {
                groups[place].cells.append(entry.cell)
            } else {
                places[key] = groups.count
                groups.append((entry.metric, entry.reason, [entry.cell]))
            }
        }
        return groups.map {
            "Not compared: \($0.metric.words) of \(Counted.list($0.cells)), as there are "
                + "\($0.reason)."
        }
    }
}
