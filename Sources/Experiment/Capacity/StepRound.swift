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
        let reasons = round.reasons(against: promise)
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
    fileprivate func reasons(against promise: Promise) -> [String] {
        let lateness = Double(latency[.wakeUp]?.p99 ?? 0)
        let isSlight = lateness <= Judgement.latenessShare * Double(promise.limit.count)
        return verdict.reasons.filter { !(isSlight && $0 == Judgement.lateWakeUp) }
    }

    /// Whether failed calls alone break a promise: then it is broken, whatever else there is to say
    /// against the round.
    fileprivate func isBroken(_ promise: Promise, of counts: LateCounts) -> Bool {
        let due = Double(counts.due.reduce(0, +))
        return errors[Round.wrongPlaintext] == nil && due > 0
            && Double(errorCount) > promise.allowedLateShare * due
    }
}
