import Latency
import Units

/// A cell with what its rounds gave and its pooled figures.
package struct CellResult: Codable, Equatable, Sendable {
    /// What was run.
    package let cell: Cell
    /// Its rounds in the order of their numbers.
    package private(set) var rounds: [Round]
    /// Pooled latencies (merged histograms) by what they were measured of.
    package private(set) var latency: [LatencyKind: LatencyFigures]

    /// A cell that has not run yet.
    package init(_ cell: Cell) {
        self.cell = cell
        rounds = []
        latency = PooledHistograms().figures
    }

    /// Adds a round with the histograms of the whole cell so far.
    package mutating func add(_ round: Round, pooled: PooledHistograms) {
        rounds.append(round)
        rounds.sort { $0.number < $1.number }
        latency = pooled.figures
    }

    /// Pooled service times.
    package var service: LatencyFigures { latency[.service] ?? LatencyFigures(LatencyHistogram()) }

    /// Sets each round's admitted calls over what the envelope allows.
    ///
    /// - Parameters:
    ///   - others: the class that was measured in one go with this one, whose calls count with
    ///     its own; nil for a load of one class.
    ///   - bound: E(T) in operations for so long, in which so many calls fell due (nil in a closed
    ///     load); nil where it is not known.
    package mutating func compareWithEnvelope(
        with others: [Round]? = nil, _ bound: (Seconds, _ scheduled: UInt64?) -> Double?
    ) {
        for index in rounds.indices {
            let round = rounds[index]
            let other = others.map { $0.first { $0.number == round.number } }
            rounds[index].admittedToEnvelope = Self.ratio(round, other, bound)
        }
    }

    /// - Parameter other: nil for a load of one class, nil within where the other class has no such
    ///   round.
    private static func ratio(
        _ round: Round, _ other: Round??, _ bound: (Seconds, UInt64?) -> Double?
    ) -> Double? {
        guard round.verdict.isValid else { return nil }
        var (admitted, seconds) = (Double(round.admitted), round.seconds)
        var scheduled = round.open?.scheduled
        if let other {
            guard let other, other.verdict.isValid else { return nil }
            admitted += Double(other.admitted)
            seconds = max(seconds, other.seconds)
            scheduled = scheduled ?? other.open?.scheduled
        }
        guard let most = bound(Seconds(seconds), scheduled), most > 0 else { return nil }
        return admitted / most
    }

    /// Valid where at least one round ran and every round is; else each reason once, with the
    /// rounds that gave it.
    package var verdict: Verdict {
        guard !rounds.isEmpty else { return Verdict(reasons: ["not run"]) }
        return Verdict.pooled(rounds.map(\.verdict))
    }

    /// Operations a second with the interval between rounds; nil where no round gave any.
    package var throughput: Interval? { Interval(rounds: usable.map(\.throughput)) }

    /// Operations of all rounds.
    package var operations: UInt64 { rounds.reduce(0) { $0 + $1.operations } }
    /// Denied calls of all rounds.
    package var denied: UInt64 { rounds.reduce(0) { $0 + $1.denied } }
    /// Failed calls of all rounds by name.
    package var errors: [String: UInt64] {
        rounds.reduce(into: [:]) { $0.merge($1.errors, uniquingKeysWith: +) }
    }

    /// All failed calls.
    package var errorCount: UInt64 { errors.values.reduce(0, +) }

    /// Mean of the rounds' admitted over envelope; nil without a throttle.
    package var admittedToEnvelope: Double? { mean(usable.compactMap(\.admittedToEnvelope)) }

    /// Mean of the rounds' CPU time per operation in nanoseconds.
    package var cpuNanosecondsPerOperation: Double? {
        mean(usable.compactMap(\.cpuNanosecondsPerOperation))
    }

    /// Mean of the rounds' nanoseconds a decision of the throttle took; nil without a throttle.
    package var decisionNanoseconds: Double? { mean(usable.compactMap(\.decisionNanoseconds)) }

    /// Calls of an open load, all rounds together; nil for a closed one.
    package var open: OpenCounts? {
        OpenCounts(rounds.compactMap(\.open))
    }

    /// Mean over the rounds of the least served over the most served caller.
    package var fairness: Double? { mean(usable.compactMap { $0.watch?.fairness }) }

    /// The valid rounds.
    package var usable: [Round] { rounds.filter(\.verdict.isValid) }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
