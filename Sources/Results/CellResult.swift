import Latency
import Units

/// A cell with what its rounds gave and its pooled figures.
package struct CellResult: Codable, Equatable, Sendable {
    /// What was run.
    package let cell: Cell
    /// Its rounds in the order of their numbers.
    package private(set) var rounds: [Round]
    /// Pooled service times (merged histograms).
    package private(set) var service: LatencyFigures
    /// Pooled waits for admission; nil without a throttle.
    package private(set) var throttleWait: LatencyFigures?
    /// Pooled times to a refusal; nil without a throttle.
    package private(set) var denial: LatencyFigures?

    /// A cell that has not run yet.
    package init(_ cell: Cell) {
        self.cell = cell
        rounds = []
        service = LatencyFigures(LatencyHistogram())
    }

    /// Adds a round with the histograms of the whole cell so far.
    package mutating func add(_ round: Round, pooled: PooledHistograms) {
        rounds.append(round)
        rounds.sort { $0.number < $1.number }
        service = LatencyFigures(pooled.service)
        throttleWait = pooled.throttleWait.map(LatencyFigures.init)
        denial = pooled.denial.map(LatencyFigures.init)
    }

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
        var reasons: [(text: String, count: Int)] = []
        for reason in rounds.flatMap(\.verdict.reasons) {
            if let index = reasons.firstIndex(where: { $0.text == reason }) {
                reasons[index].count += 1
            } else {
                reasons.append((reason, 1))
            }
        }
        return Verdict(
            reasons: reasons.map { "\($0.text) (\($0.count) of \(rounds.count) rounds)" })
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

    private var usable: [Round] { rounds.filter(\.verdict.isValid) }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

/// Histograms of a cell, all its callers, processes and rounds merged.
package struct PooledHistograms: Sendable {
    /// Service times.
    package var service = LatencyHistogram()
    /// Waits for admission; nil without a throttle.
    package var throttleWait: LatencyHistogram?
    /// Times to a refusal; nil without a throttle.
    package var denial: LatencyHistogram?

    package init() {}

    /// Adds what another set recorded.
    package mutating func merge(_ other: PooledHistograms) {
        service.merge(other.service)
        throttleWait = Self.merged(throttleWait, other.throttleWait)
        denial = Self.merged(denial, other.denial)
    }

    private static func merged(
        _ left: LatencyHistogram?, _ right: LatencyHistogram?
    ) -> LatencyHistogram? {
        guard var sum = left else { return right }
        if let right { sum.merge(right) }
        return sum
    }
}
