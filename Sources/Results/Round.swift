import Latency
import Units

/// What one round of a cell gave: the unit of statistics.
package struct Round: Codable, Equatable, Sendable {
    /// The round's number, from 1.
    package let number: Int
    /// Its place in the whole run's order, from 1.
    package let order: Int
    /// Whether its figures may be used.
    package let verdict: Verdict
    /// Measured time from the release to the last call's end.
    package let seconds: Double
    /// Calls that gave the right plaintext.
    package let operations: UInt64
    /// Calls that the throttle refused.
    package let denied: UInt64
    /// Failed calls by `CKR_` name; a wrong plaintext is `WRONG_PLAINTEXT`.
    package let errors: [String: UInt64]
    /// Service times of the round.
    package let service: LatencyFigures
    /// Calls that the throttle let pass, whatever became of them.
    package let admitted: UInt64
    /// Admitted calls over E(T) for the round's own length; nil without a throttle, or where the
    /// unthrottled cell that E needs was not measured.
    package internal(set) var admittedToEnvelope: Double?
    /// CPU time of the callers per operation in nanoseconds; nil without an operation.
    package let cpuNanosecondsPerOperation: Double?

    /// A round from its parts.
    package init(
        number: Int, order: Int, verdict: Verdict, seconds: Double, operations: UInt64,
        denied: UInt64, errors: [String: UInt64], service: LatencyFigures, admitted: UInt64,
        cpuNanosecondsPerOperation: Double?
    ) {
        self.number = number
        self.order = order
        self.verdict = verdict
        self.seconds = seconds
        self.operations = operations
        self.denied = denied
        self.errors = errors
        self.service = service
        self.admitted = admitted
        self.cpuNanosecondsPerOperation = cpuNanosecondsPerOperation
    }

    /// A round of which nothing is known but why.
    package static func lost(number: Int, order: Int, reason: String) -> Round {
        Round(
            number: number, order: order, verdict: Verdict(reasons: [reason]), seconds: 0,
            operations: 0, denied: 0, errors: [:], service: LatencyFigures(LatencyHistogram()),
            admitted: 0, cpuNanosecondsPerOperation: nil)
    }

    /// Counted operations over measured time; 0 where there was none.
    package var throughput: Double { seconds > 0 ? Double(operations) / seconds : 0 }

    /// All failed calls.
    package var errorCount: UInt64 { errors.values.reduce(0, +) }

    /// The name under which wrong plaintexts are counted.
    package static let wrongPlaintext = "WRONG_PLAINTEXT"
}

/// Percentiles of a histogram, each only where enough calls support it.
package struct LatencyFigures: Codable, Equatable, Sendable {
    /// How many calls were recorded.
    package let count: UInt64
    /// Median in nanoseconds.
    package let p50: Int64?
    /// 90th percentile in nanoseconds.
    package let p90: Int64?
    /// 99th percentile in nanoseconds.
    package let p99: Int64?
    /// 99.9th percentile in nanoseconds.
    package let p999: Int64?
    /// The longest in nanoseconds.
    package let longest: Int64?

    /// The figures of a histogram.
    package init(_ histogram: LatencyHistogram) {
        count = histogram.count
        p50 = histogram.supportedValue(at: .p50)?.count
        p90 = histogram.supportedValue(at: .p90)?.count
        p99 = histogram.supportedValue(at: .p99)?.count
        p999 = histogram.supportedValue(at: .p999)?.count
        longest = histogram.longest?.count
    }
}
