import Latency
import Units

/// What one caller measured from its release to its last call.
package struct CallerRecord: Sendable {
    /// Admitted calls that were right, from admission to completion.
    package var service = LatencyHistogram()
    /// From the start of an admitted call to its admission; nil without a throttle.
    package var throttleWait: LatencyHistogram?
    /// From the start of a denied call to its denial; nil without a throttle.
    package var denial: LatencyHistogram?
    /// Calls that gave the right plaintext.
    package var operations: UInt64 = 0
    /// Calls that the throttle let pass, whatever became of them.
    package var admitted: UInt64 = 0
    /// Calls that the throttle refused.
    package var denied: UInt64 = 0
    /// Calls that gave a wrong plaintext without an error.
    package var wrong: UInt64 = 0
    /// Failed calls by their code.
    package var errors: [UInt: UInt64] = [:]
    /// The instant of the release.
    package var released = Nanoseconds.zero
    /// When the last call was done.
    package var lastDone = Nanoseconds.zero
    /// CPU time of the caller's thread between the two.
    package var cpuTime = Nanoseconds.zero

    init() {}

    /// Measured time, in nanoseconds.
    package var elapsed: Nanoseconds { lastDone - released }
}
