import Exposure
import Results
import Throttling
import Units

/// What thefts cost both sides: a table, what the prices rest on, and what there is without an
/// anchor.
struct EconomicsSection {
    private let run: Run
    private let model: EconomicsModel
    private let groups: [SubjectGroup]
    private let months: [Policy: DefenderMonth]

    init(
        _ run: Run, _ model: EconomicsModel, _ groups: [SubjectGroup],
        months: [Policy: DefenderMonth] = [:]
    ) {
        (self.run, self.model, self.groups, self.months) = (run, model, groups, months)
    }

    private var currency: String { model.costs.currency }

    /// The entries of a group, each with its throttle's name.
    func named(_ group: SubjectGroup) -> [(label: String, entry: EconomicsModel.Entry)] {
        group.projections.flatMap { projection in
            model.entries.filter { $0.detection.projection == projection }
                .map { (group.label(of: projection), $0) }
        }
    }

    var section: String {
        let parts = groups.compactMap { group -> String? in
            let named = named(group)
            guard !named.isEmpty else { return nil }
            return "### \(Findings.title(group.subject))\n\n" + table(named).text
        }
        guard !parts.isEmpty else { return "" }
        let sentences = [defence, holding, guessing].compactMap { $0 }
        return "## What it costs\n\nA sprint and the worst thief against "
            + "\(model.dataset.inWords) records, in \(currency): means, and in "
            + "brackets what 90 of 100 lie between. A theft pays where its income exceeds its "
            + "cost.\n\n" + parts.joined(separator: "\n")
            + (sentences.isEmpty ? "" : "\n" + sentences.joined(separator: "\n\n"))
    }

    private func table(
        _ named: [(label: String, entry: EconomicsModel.Entry)]
    ) -> MarkdownTable {
        var table = MarkdownTable([
            ("throttle", .left), ("thief", .left), ("loss of the defender", .right),
            ("cost of the thief", .right),
            ("income of the thief", .right), ("pays", .right),
            ("does not pay below", .right),
        ])
        for (label, entry) in named {
            let business = entry.business
            table.append([
                label, entry.strategy.rawValue, Self.money(entry.loss.spread),
                Self.money(business.cost),
                Self.money(business.income), Wording.share(business.pays),
                "\(Significant.text(entry.breakEvenPerHour.mean)) records/h",
            ])
        }
        return table
    }

    /// `1.2 million (40,000–4.5 million)`.
    static func money(_ spread: Spread) -> String {
        guard !spread.isPoint else { return amount(spread.mean) }
        return "\(amount(spread.mean)) (\(amount(spread.p5))–\(amount(spread.p95)))"
    }

    /// Money to three digits, in millions where it is that much.
    static func amount(_ value: Double) -> String {
        guard value.magnitude >= 1e6, value.isFinite else { return Wording.small(value) }
        let (unit, name) =
            value.magnitude >= 1e12
            ? (1e12, "trillion") : value.magnitude >= 1e9 ? (1e9, "billion") : (1e6, "million")
        return "\(Significant.text(value / unit)) \(name)"
    }

    /// What the defence itself costs.
    private var defence: String? {
        guard let group = groups.first else { return nil }
        let parts = group.projections.compactMap { projection in
            months[projection.throttle].map { month in
                "under \(group.label(of: projection)) \(Self.money(month.total)), of it "
                    + "\(Self.money(month.alarms)) for false alarms and "
                    + "\(Self.money(month.calls)) for users who wait or are denied"
            }
        }
        guard !parts.isEmpty else { return nil }
        return
            "The defence itself costs in a month of 30 days, in \(currency), a call that waits as "
            + "much as one that is denied: " + parts.joined(separator: "; ") + "."
    }

    private var holding: String? {
        let sentences = HoldingRate.documented(model.dataset).map(\.sentence)
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    /// Hashed secrets are guessed where nothing anchors the hash.
    private var guessing: String? {
        guard run.scenario.anchor.operation == "mac",
            let guessing = OfflineGuessing(hash: "sha-256")
        else { return nil }
        let guesses = Double(model.dataset.count)
        let hourly = model.costs[.guessingHourly].mean
        return "With no anchor, \(model.dataset.inWords) guesses of SHA-256 take one RTX 4090 "
            + "\(guessing.time(for: guesses).inWords) and "
            + "\(Significant.text(guessing.cost(of: guesses, hourly: hourly))) \(currency) "
            + "(\(guessing.fact.citation)); more cards take less time for the same money."
    }

    /// What each price rests on.
    var assumptions: [String] { model.costs.assumptions }
}
