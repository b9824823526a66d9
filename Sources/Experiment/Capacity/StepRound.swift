import Latency
import Regression
import Results
import Units

extension StepOutcome {
    /// What a round says of a step.
    ///
    /// A generator that wakes late makes responses longer, never shorter: a promise that is kept
    /// all the same is kept. One that is not may be the generator's doing, and the round says
    /// nothing.
    ///
    /// - Parameter isKept: whether such counts alone show that the promise is kept.
    init(_ outcome: RoundOutcome, _ promise: Promise, isKept: (LateCounts) -> Bool) {
        let round = outcome.round
        guard let late = outcome.late else {
            self = .invalid(reason: round.verdict.reasons.first ?? "no call was due")
            return
        }
        let reasons = round.reasons(against: promise, of: late)
        let grave = reasons.filter { $0 != Judgement.lateWakeUp }
        let isUsable =
            reasons.isEmpty || (grave.isEmpty && isKept(late)) || round.isBroken(promise, of: late)
        self = isUsable ? .measured(late) : .invalid(reason: reasons.joined(separator: "; "))
    }
}

extension Round {
    /// Why the round says nothing of a promise.
    ///
    /// Waking late by a small part of the limit spoils nothing that is held against the limit
    /// alone, whatever the median is.
    fileprivate func reasons(against promise: Promise, of counts: LateCounts) -> [String] {
        if let p99 = wakeUp?.p99 {
            return verdict.reasons.filter {
                $0 != Judgement.lateWakeUp || !isSlight(p99, promise)
            }
        }
        return verdict.reasons
            + (mayBeGenerators(promise, counts) ? [Judgement.lateWakeUp] : [])
    }

    private var wakeUp: LatencyFigures? { latency[.wakeUp] }

    private func isSlight(_ lateness: Int64?, _ promise: Promise) -> Bool {
        Double(lateness ?? 0) <= Judgement.latenessShare * Double(promise.limit.count)
    }

    /// Whether late calls may be the generator's doing where too few calls were woken for to give
    /// a percentile: then the longest wake-up counts, as one stall can delay many calls.
    ///
    /// Late calls are the anchor's all the same where no more of them came than are allowed, where
    /// callers inside the module could not start what was due, and where the module's own time
    /// breaks the promise.
    private func mayBeGenerators(_ promise: Promise, _ counts: LateCounts) -> Bool {
        guard !isSlight(wakeUp?.longest, promise) else { return false }
        let (due, late) = (counts.settled.due.reduce(0, +), counts.settled.late.reduce(0, +))
        let allowed = promise.allowedLateShare * Double(due)
        return Double(late) > allowed && !verdict.remarks.contains(Judgement.slowDevice)
            && !isBrokenByService(promise, allowed: allowed)
    }

    /// Whether more calls than are allowed took longer inside the module than was promised.
    private func isBrokenByService(_ promise: Promise, allowed: Double) -> Bool {
        let tails = [(service.p50, 0.5), (service.p90, 0.1), (service.p99, 0.01)]
        return tails.contains { time, share in
            guard let time, promise.isLate(Nanoseconds(time)) else { return false }
            return share * Double(service.count) > allowed
        }
    }

    /// Whether failed calls alone break a promise: then it is broken, whatever else there is to say
    /// against the round.
    fileprivate func isBroken(_ promise: Promise, of counts: LateCounts) -> Bool {
        let due = Double(counts.due.reduce(0, +))
        return errors[Round.wrongPlaintext] == nil && due > 0
            && Double(errorCount) > promise.allowedLateShare * due
    }
}
