import Latency
import Units

/// Decides from the figures of a round whether they may be used: all of them are in the output.
package struct Judgement {
    /// Calls that gave the right plaintext.
    package var operations: UInt64
    /// Calls that the throttle refused.
    package var denied: UInt64
    /// Failed calls by name.
    package var errors: [String: UInt64]
    /// Failed calls of the warm-up by name.
    package var warmUpErrors: [String: UInt64]
    /// Failed calls by name of the class that was measured in one go with this one.
    package var errorsBeside: [String: UInt64]
    /// Whether failed calls ended the round before its time, and how many had to fail.
    package var endedAfterErrors: Int?
    /// Whether the limit of calls ended the round before its time.
    package var isSpent: Bool
    /// The bound on calls a second that held the callers back; nil without one.
    package var maxRate: Rate?
    /// Measured time.
    package var length: Seconds
    /// The latencies.
    package var latency: [LatencyKind: LatencyFigures]
    /// An open load's calls; nil for a closed load.
    package var open: OpenCounts?
    /// What the generator saw of itself.
    package var watch: Watch

    /// A generator that wakes this late is not to be trusted, however slow the device is.
    package static let latenessBound = Nanoseconds.microseconds(100)
    /// Lateness that shows in a response time: this share of its median.
    package static let latenessShare = 0.1
    /// The reason that a late generator gives.
    package static let lateWakeUp = "the generator woke too late for its calls"
    /// The remark on calls that were not started as all callers were held up.
    package static let slowDevice = "device or throttle are slower than the load"
    /// The least share of the due calls that must have been started.
    package static let startedShare = 0.99
    /// Callers that are inside the module, or before the throttle, for this share of their busy
    /// time are held up there.
    package static let heldShare = 0.9
    /// With more than this share of its calls failed a round says nothing of those that did not.
    package static let failedBound = 0.5
    /// A share of failed calls that is worth a remark.
    package static let failedRemark = 0.01
    /// With more of the processors' time stolen than this the round says nothing.
    package static let stealBound = 0.1
    /// The kernel counts steal in hundredths of a second: in a shorter round one of them would be
    /// more than the processors' share, and chance.
    package static let stealResolution = Seconds(0.1)
    /// Steal that is worth a remark.
    package static let stealRemark = 0.02
    /// A hiccup of the platform that is worth a remark.
    package static let hiccupRemark = Nanoseconds.milliseconds(10)

    /// A judgement over the figures of a round.
    package init(
        operations: UInt64, denied: UInt64, errors: [String: UInt64],
        warmUpErrors: [String: UInt64] = [:], errorsBeside: [String: UInt64] = [:],
        endedAfterErrors: Int? = nil, isSpent: Bool = false, maxRate: Rate? = nil, length: Seconds,
        latency: [LatencyKind: LatencyFigures],
        open: OpenCounts? = nil, watch: Watch = Watch()
    ) {
        self.operations = operations
        self.denied = denied
        self.errors = errors
        self.warmUpErrors = warmUpErrors
        self.errorsBeside = errorsBeside
        self.endedAfterErrors = endedAfterErrors
        self.isSpent = isSpent
        self.maxRate = maxRate
        self.length = length
        self.latency = latency
        self.open = open
        self.watch = watch
    }

    /// The verdict with every reason against the figures, and every remark on them.
    package var verdict: Verdict {
        Verdict(
            reasons: outcomeReasons + [wakeUpReason, startReason, stealReason].compactMap { $0 },
            remarks: [
                failureRemark, paceRemark, budgetRemark, lateRemark, backlogRemark, settlingRemark,
                warmUpRemark, stealRemark,
                hiccupRemark, faultRemark,
            ].compactMap { $0 })
    }

    private var outcomeReasons: [String] {
        var reasons: [String] = []
        if errors[Round.wrongPlaintext] != nil {
            reasons.append("wrong plaintext")
        } else if errorsBeside[Round.wrongPlaintext] != nil {
            // It ended the round for both.
            reasons.append("wrong plaintext of the other class")
        }
        if let endedAfterErrors {
            let failed = Set(errors.keys).union(warmUpErrors.keys).union(errorsBeside.keys)
            let names = failed.subtracting([Round.wrongPlaintext]).sorted().joined(separator: ", ")
            reasons.append("ended early after \(endedAfterErrors) failed calls: \(names)")
        } else if operations == 0, denied == 0, !isHeldByThrottle {
            let codes = failedCodes.isEmpty ? "" : ": \(failedCodes)"
            reasons.append("no call was completed\(codes)")
        } else if failedShare > Self.failedBound {
            reasons.append("over \(percent(Self.failedBound)) of the calls failed: \(failedNames)")
        }
        return reasons
    }

    private var wakeUpReason: String? {
        guard let late = latency[.wakeUp]?.p99, let response = latency[.response]?.p50 else {
            return nil
        }
        let bound = max(Self.latenessBound.count, Int64(Double(response) * Self.latenessShare))
        guard late > bound else { return nil }
        return Self.lateWakeUp
    }

    private var startReason: String? {
        guard let open, isShort(open), !isHeldByDevice else { return nil }
        return "the generator started less than \(percent(Self.startedShare)) of the calls due"
    }

    /// Nil also where the round was too short to tell.
    private var stealShare: Double? { length < Self.stealResolution ? nil : watch.stealShare }

    private var stealReason: String? {
        guard let steal = stealShare, steal > Self.stealBound else { return nil }
        return "the hypervisor took over \(percent(Self.stealBound)) of the processors"
    }

    /// Calls that failed over all that were answered.
    private var failedShare: Double {
        let failed = errors.values.reduce(0, +)
        return failed > 0 ? Double(failed) / Double(failed + operations) : 0
    }

    /// What the device answered to failed calls; a wrong plaintext is a reason of its own.
    private var failedCodes: String {
        errors.keys.filter { $0 != Round.wrongPlaintext }.sorted().joined(separator: ", ")
    }

    private var failedNames: String { errors.keys.sorted().joined(separator: ", ") }

    private var failureRemark: String? {
        guard failedShare > Self.failedRemark, failedShare <= Self.failedBound else { return nil }
        return "over \(percent(Self.failedRemark)) of the calls failed: \(failedNames)"
    }

    private var paceRemark: String? { maxRate.map { "held to at most \($0)" } }

    /// What was not judged must not pass for judged.
    private var lateRemark: String? {
        guard open != nil, let wakeUp = latency[.wakeUp], wakeUp.p99 == nil else { return nil }
        return "too few calls to judge how late the generator woke"
    }

    private var warmUpRemark: String? {
        watch.unjudgedCallers > 0 ? "too few calls to tell whether it had settled" : nil
    }

    private var budgetRemark: String? {
        isSpent ? "the limit of calls ended it early" : nil
    }

    private var backlogRemark: String? {
        guard let open, isShort(open), isHeldByDevice else { return nil }
        return Self.slowDevice
    }

    private var settlingRemark: String? {
        watch.unsettledCallers > 0 ? "no steady state" : nil
    }

    private var stealRemark: String? {
        guard let steal = stealShare, steal > Self.stealRemark, steal <= Self.stealBound
        else { return nil }
        return "the hypervisor took over \(percent(Self.stealRemark)) of the processors"
    }

    private var hiccupRemark: String? {
        guard let hiccup = latency[.hiccup]?.longest, hiccup > Self.hiccupRemark.count else {
            return nil
        }
        return "the platform held a sleeping thread up for over \(Self.hiccupRemark)"
    }

    private var faultRemark: String? {
        watch.majorFaults > 0 ? "callers waited for pages from a disk" : nil
    }

    private func isShort(_ open: OpenCounts) -> Bool {
        Double(open.started) < Self.startedShare * Double(open.scheduled)
    }

    /// Whether calls were due, and all that came of them is that they waited before a throttle:
    /// that is an answer, and no fault of the measurement.
    private var isHeldByThrottle: Bool {
        guard let open, latency[.throttleWait] != nil else { return false }
        return errors.isEmpty && open.backlog > 0 && isHeldByDevice
    }

    /// Whether the callers spent their busy time inside the module or before the throttle.
    private var isHeldByDevice: Bool {
        guard let open, open.busy > .zero else { return false }
        return open.held.value >= Self.heldShare * open.busy.value
    }

    private func percent(_ share: Double) -> String { Probability(share).inPercent }
}
