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
    /// Latencies of the round by what they were measured of.
    package let latency: [LatencyKind: LatencyFigures]
    /// Calls that the throttle let pass, whatever became of them.
    package let admitted: UInt64
    /// Admitted calls over E(T) for the round's own length, of both classes together in a mixed
    /// load; nil without a throttle, or where the unthrottled cell that E needs was not measured.
    package internal(set) var admittedToEnvelope: Double?
    /// CPU time of the callers per operation in nanoseconds; nil without an operation.
    package let cpuNanosecondsPerOperation: Double?
    /// What became of the calls of an open load; nil for a closed one.
    package let open: OpenCounts?
    /// What the generator saw of itself; nil where nobody watched.
    package let watch: Watch?
    /// The throttle's own cost: nanoseconds a decision takes where nobody contends for it, timed
    /// after the round on a state of its own; nil without a throttle.
    package let decisionNanoseconds: Double?

    /// A round from its parts.
    package init(
        number: Int, order: Int, verdict: Verdict, seconds: Double, operations: UInt64,
        denied: UInt64, errors: [String: UInt64],
        latency: [LatencyKind: LatencyFigures], admitted: UInt64,
        cpuNanosecondsPerOperation: Double?, open: OpenCounts? = nil, watch: Watch? = nil,
        decisionNanoseconds: Double? = nil
    ) {
        self.number = number
        self.order = order
        self.verdict = verdict
        self.seconds = seconds
        self.operations = operations
        self.denied = denied
        self.errors = errors
        self.latency = latency
        self.admitted = admitted
        self.cpuNanosecondsPerOperation = cpuNanosecondsPerOperation
        self.open = open
        self.watch = watch
        self.decisionNanoseconds = decisionNanoseconds
    }

    /// A round of which nothing is known but why.
    package static func lost(number: Int, order: Int, reason: String) -> Round {
        Round(
            number: number, order: order, verdict: Verdict(reasons: [reason]), seconds: 0,
            operations: 0, denied: 0, errors: [:], latency: PooledHistograms().figures, admitted: 0,
            cpuNanosecondsPerOperation: nil)
    }

    /// Service times of the round.
    package var service: LatencyFigures { latency[.service] ?? LatencyFigures(LatencyHistogram()) }

    /// Counted operations over measured time; 0 where there was none.
    package var throughput: Double { seconds > 0 ? Double(operations) / seconds : 0 }

    /// All failed calls.
    package var errorCount: UInt64 { errors.values.reduce(0, +) }

    /// The name under which wrong plaintexts are counted.
    package static let wrongPlaintext = "WRONG_PLAINTEXT"
}
