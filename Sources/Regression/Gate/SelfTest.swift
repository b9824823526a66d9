import Foundation
import Results
import Units

/// Whether a gate works on the figures of a run: it must stay silent where nothing changed, and
/// speak where something did.
///
/// Two sets of rounds are drawn from the rounds of the run, with replacement (Efron, Bootstrap
/// methods: another look at the jackknife, 1979), and judged; then the second set, slowed by twice
/// the tolerance, is judged against the first.
package struct SelfTest: Codable, Equatable, Sendable {
    /// The run's name.
    package let run: String
    /// The rule.
    package let rule: GateRule
    /// Cells and metrics in each draw.
    package let tests: Int
    /// How many of the draws from the same rounds were called REGRESSED.
    package private(set) var falseAlarms = 0
    /// How many of the slowed ones were.
    package private(set) var found = 0

    /// How often two sets are drawn.
    package static let draws = 200
    /// Rounds of a set.
    package static let rounds = 20
    /// False alarms that a gate at a level of 0.01 may have: more come with a chance of 0.005.
    package static let mostFalseAlarms = 6
    /// Regressions that it must find.
    package static let leastFound = 190

    /// Draws from a run.
    ///
    /// - Throws: `RunError` where no cell has three valid rounds with values to draw from.
    package init(
        _ run: GateRun, rule: GateRule, using generator: inout SeededGenerator
    ) throws(RunError) {
        self.run = run.name
        self.rule = rule
        let cells = run.cells.filter {
            !$0.isControl && $0.verdict.isValid && $0.rounds.count >= NeededPairs.fewestRounds
        }
        let series = cells.map { Series($0, rule.metrics) }.filter { !$0.values.isEmpty }
        tests = series.reduce(0) { $0 + $1.values.count }
        guard tests > 0 else {
            throw RunError(
                "'\(run.name)' has no cell with three valid rounds or more to draw from: measure "
                    + "with --for-gate")
        }
        var distributions = SamplePair.Distributions()
        for _ in 0..<Self.draws {
            let pairs = series.flatMap { $0.draw(Self.rounds, using: &generator) }
            if isRegressed(pairs, slowedBy: 1, &distributions) { falseAlarms += 1 }
            let twice = 1 + 2 * rule.tolerance
            if isRegressed(pairs, slowedBy: twice, &distributions) { found += 1 }
        }
    }

    /// Whether the gate works.
    package var isPassed: Bool {
        falseAlarms <= Self.mostFalseAlarms && found >= Self.leastFound
    }

    /// What came of it, with the counts.
    package var sentence: String {
        let twice = Percent.share(2 * rule.tolerance)
        let counts =
            "of \(Self.draws) draws of \(Self.rounds) rounds against \(Self.rounds) from "
            + "'\(run)' (\(Counted.text(tests, "test")) each), \(falseAlarms) of unchanged rounds "
            + "came out REGRESSED (at most \(Self.mostFalseAlarms) may), and \(found) of those "
            + "slowed by \(twice) (at least \(Self.leastFound) must)"
        guard !isPassed else { return "The gate works on these figures: \(counts)." }
        let remedy =
            found < Self.leastFound
            ? "the rounds are too unlike each other for a tolerance of "
                + "\(Percent.share(rule.tolerance)): measure on a quieter machine or with longer "
                + "rounds, gate fewer metrics, or allow more"
            : "do not trust its alarms on these figures"
        return "The gate does not work on these figures: \(counts); \(remedy)."
    }

    private func isRegressed(
        _ pairs: [DrawnPair], slowedBy factor: Double,
        _ distributions: inout SamplePair.Distributions
    ) -> Bool {
        var comparison = Comparison(kind: .stored, baseline: run, candidate: run, rule: rule)
        comparison.evidence = pairs.compactMap { pair in
            let slowed = pair.candidate.map {
                pair.metric.isBetterWhenMore ? $0 / factor : $0 * factor
            }
            return SamplePair(pair.metric, baseline: pair.baseline, candidate: slowed)?
                .evidence(of: pair.cell, limit: rule.limit, &distributions)
        }
        return Judge(comparison).verdict == .regressed
    }
}

/// The values of a cell's rounds, metric by metric.
private struct Series {
    let cell: String
    let values: [(metric: Metric, values: [Double])]

    /// The metrics of which every round has a value.
    init(_ cell: GateCell, _ metrics: [Metric]) {
        self.cell = cell.key
        values = metrics.compactMap { metric in
            let values = cell.values(of: metric).filter { metric.logCost($0) != nil }
            return values.count == cell.rounds.count ? (metric, values) : nil
        }
    }

    /// Two sets of rounds; what a round measured stays together.
    func draw(_ count: Int, using generator: inout SeededGenerator) -> [DrawnPair] {
        guard let rounds = values.first?.values.indices else { return [] }
        let chosen = (0..<2 * count).map { _ in Int.random(in: rounds, using: &generator) }
        return values.map { metric, values in
            DrawnPair(
                cell: cell, metric: metric, baseline: chosen.prefix(count).map { values[$0] },
                candidate: chosen.suffix(count).map { values[$0] })
        }
    }
}

/// Two sets of values of a metric.
private struct DrawnPair {
    let cell: String
    let metric: Metric
    let baseline: [Double]
    let candidate: [Double]
}
