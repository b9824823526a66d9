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
    /// - Parameter bound: E(T) in operations for a round.
    package mutating func compareWithEnvelope(_ bound: (Round) -> Double) {
        for index in rounds.indices where rounds[index].verdict.isValid {
            let most = bound(rounds[index])
            rounds[index].admittedToEnvelope =
                most > 0 ? Double(rounds[index].admitted) / most : nil
        }
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

    /// Calls of an open load, all rounds together; nil for a closed one.
    package var open: OpenCounts? {
        OpenCounts(rounds.compactMap(\.open))
    }

    /// Mean over the rounds of the least served over the most served caller.
    package var fairness: Double? { mean(usable.compactMap { $0.watch?.fairness }) }

    private var usable: [Round] { rounds.filter(\.verdict.isValid) }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
