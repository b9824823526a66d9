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
    /// Whether failed calls ended the round before its time, and how many had to fail.
    package var endedAfterErrors: Int?
    /// Whether the limit of calls ended the round before its time.
    package var isSpent: Bool
    /// Callers of all processes.
    package var callers: Int
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
    /// The least share of the due calls that must have been started.
    package static let startedShare = 0.99
    /// Callers who are inside the module for this share of the time are kept there by the device.
    package static let insideShare = 0.9
    /// With more of the processors' time stolen than this the round says nothing.
    package static let stealBound = 0.1
    /// Steal that is worth a remark.
    package static let stealRemark = 0.02
    /// A hiccup of the platform that is worth a remark.
    package static let hiccupRemark = Nanoseconds.milliseconds(10)

    /// A judgement over the figures of a round.
    package init(
        operations: UInt64, denied: UInt64, errors: [String: UInt64],
        warmUpErrors: [String: UInt64] = [:], endedAfterErrors: Int? = nil, isSpent: Bool = false,
        callers: Int, length: Seconds, latency: [LatencyKind: LatencyFigures],
        open: OpenCounts? = nil, watch: Watch = Watch()
    ) {
        self.operations = operations
        self.denied = denied
        self.errors = errors
        self.warmUpErrors = warmUpErrors
        self.endedAfterErrors = endedAfterErrors
        self.isSpent = isSpent
        self.callers = callers
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
                budgetRemark, backlogRemark, settlingRemark, stealRemark, hiccupRemark, faultRemark,
            ].compactMap { $0 })
    }

    private var outcomeReasons: [String] {
        var reasons: [String] = []
        if errors[Round.wrongPlaintext] != nil { reasons.append("wrong plaintext") }
        if let endedAfterErrors {
            let failed = Set(errors.keys).union(warmUpErrors.keys)
            let names = failed.subtracting([Round.wrongPlaintext]).sorted().joined(separator: ", ")
            reasons.append("ended early after \(endedAfterErrors) failed calls: \(names)")
        } else if operations == 0, denied == 0 {
            reasons.append("no call was completed")
        }
        return reasons
    }

    private var wakeUpReason: String? {
        guard let late = latency[.wakeUp]?.p99, let response = latency[.response]?.p50 else {
            return nil
        }
        let bound = max(Self.latenessBound.count, Int64(Double(response) * Self.latenessShare))
        guard late > bound else { return nil }
        return "the generator woke too late for its calls"
    }

    private var startReason: String? {
        guard let open, isShort(open), !isHeldByDevice else { return nil }
        return "the generator started less than \(percent(Self.startedShare)) of the calls due"
    }

    private var stealReason: String? {
        guard let steal = watch.stealShare, steal > Self.stealBound else { return nil }
        return "the hypervisor took over \(percent(Self.stealBound)) of the processors"
    }

    private var budgetRemark: String? {
        isSpent ? "the limit of calls ended it early" : nil
    }

    private var backlogRemark: String? {
        guard let open, isShort(open), isHeldByDevice else { return nil }
        return "the device is slower than the load"
    }

    private var settlingRemark: String? {
        watch.unsettledCallers > 0 ? "no steady state" : nil
    }

    private var stealRemark: String? {
        guard let steal = watch.stealShare, steal > Self.stealRemark, steal <= Self.stealBound
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

    /// Whether the callers spent their time inside the module or before the throttle.
    private var isHeldByDevice: Bool {
        let inside = [LatencyKind.service, .throttleWait].reduce(0.0) { sum, kind in
            guard let figures = latency[kind], let mean = figures.mean else { return sum }
            return sum + mean * Double(figures.count)
        }
        return inside / 1e9 >= Self.insideShare * Double(callers) * length.value
    }

    private func percent(_ share: Double) -> String { Probability(share).inPercent }
}
