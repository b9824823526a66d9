import Latency
import Units

/// What one caller measured from its release to its last call.
///
///     intended ──lateness──▶ start ──throttle wait──▶ admitted ──service──▶ done
///     └──────────────────────────── response ────────────────────────────────┘
package struct CallerRecord: Sendable {
    /// Admitted calls that were right, from admission to completion.
    package var service = LatencyHistogram()
    /// From the start of an admitted call to its admission; in an open load also from the start of
    /// one that waits at the end until then, a lower bound. Nil without a throttle.
    package var throttleWait: LatencyHistogram?
    /// From the start of a denied call to its denial; nil without a throttle.
    package var denial: LatencyHistogram?
    /// What only an open load has; nil in a closed one.
    package var open: OpenRecord?
    /// Calls that gave the right plaintext.
    package var operations: UInt64 = 0
    /// Calls that the throttle let pass, whatever became of them.
    package var admitted: UInt64 = 0
    /// Calls that the throttle refused, or one of the anchor itself.
    package var denied: UInt64 = 0
    /// Calls that gave a wrong plaintext without an error.
    package var wrong: UInt64 = 0
    /// Failed calls by their code.
    package var errors: [UInt: UInt64] = [:]
    /// Calls of the warm-up, which nothing else counts.
    package var warmUpCalls: UInt64 = 0
    /// Those of them that failed, by their code.
    package var warmUpErrors: [UInt: UInt64] = [:]
    /// Whether the service times had settled when the warm-up ended; nil where nobody judged.
    package var isSettled: Bool?
    /// Whether the caller wanted another call, and the budget of calls was spent.
    package var isSpent = false
    /// The instant of the release.
    package var released = Nanoseconds.zero
    /// When the last call was done.
    package var lastDone = Nanoseconds.zero
    /// What the thread used between the two.
    package var usage = ThreadUsage()

    /// Measured time, in nanoseconds.
    package var elapsed: Nanoseconds { lastDone - released }

    /// Calls that went wrong in any way.
    package var failures: UInt64 { wrong + errors.values.reduce(0, +) }

    /// A record with the histograms that a load fills, their memory touched before the release.
    init(for load: Workload? = nil, isAttacker: Bool = false) {
        guard let load else { return }
        if load.throttle != nil {
            (throttleWait, denial) = (LatencyHistogram(), LatencyHistogram())
        }
        if load.arrivals != nil, !isAttacker {
            open = OpenRecord()
            open?.late = load.promise.map { LateRecord($0, over: load.duration) }
        }
    }
}

/// What a caller of an open load measured besides.
package struct OpenRecord: Sendable {
    /// From the instant at which a call was due to its start, for every call that was due.
    package var lateness = LatencyHistogram()
    /// The same of those calls alone whose caller was there in time and slept until they were due:
    /// what the generator itself is late by, and no queue before a slow device.
    package var wakeUp = LatencyHistogram()
    /// From the instant at which a call was due to its completion, for every right call; for a
    /// call that waits at the end its age then, a lower bound.
    package var response = LatencyHistogram()
    /// Calls that fell due before the end.
    package var scheduled: UInt64 = 0
    /// Calls that fell due and at the end still waited, for a free caller or before the throttle.
    package var backlog: UInt64 = 0
    /// Time in which the caller had nothing to do: no call was due.
    package var idle = Nanoseconds.zero
    /// Time inside the module or before the throttle, whatever became of the call: the rest of the
    /// time that is not idle is the generator's own.
    package var held = Nanoseconds.zero
    /// Every call that was due, by whether its promise was kept; nil where nothing was promised.
    package var late: LateRecord?
}
