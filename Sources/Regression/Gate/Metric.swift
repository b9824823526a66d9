import Results

/// What a gate compares of a cell, round by round.
package enum Metric: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable,
    Sendable
{
    /// Operations a second.
    case throughput
    /// Median service time in nanoseconds.
    case serviceP50 = "service-p50"
    /// 99th percentile of the service time in nanoseconds.
    case serviceP99 = "service-p99"
    /// CPU time of the callers per operation in nanoseconds.
    case cpuTime = "cpu-time"

    /// Whether more of it is better: its cost ratio is the inverse of the ratio of its values.
    package var isBetterWhenMore: Bool { self == .throughput }

    /// The logarithm of a cost, so that differences of costs are logarithms of cost ratios, above 0
    /// where the candidate is worse.
    ///
    /// - Returns: nil for a value of which there is no logarithm.
    package func logCost(_ value: Double) -> Double? {
        guard value > 0, value.isFinite else { return nil }
        return isBetterWhenMore ? -naturalLogarithm(value) : naturalLogarithm(value)
    }

    /// What a round measured of it; nil where that is not known, such as a percentile of too few
    /// calls, or the CPU time of callers that wait.
    package func value(of round: Round) -> Double? {
        switch self {
        case .throughput: round.throughput > 0 ? round.throughput : nil
        case .serviceP50: round.service.p50.map(Double.init)
        case .serviceP99: round.service.p99.map(Double.init)
        case .cpuTime: round.cpuNanosecondsPerOperation
        }
    }
}
