import Results
import Units

/// What a search may still spend: time, steps, and chances of error.
struct SearchBudget: Sendable {
    private let promise: Promise
    private let settings: SearchSettings
    private var spent = Nanoseconds.zero
    private var steps = 0
    private var confirmations = 0

    /// The one-sided chance of error of a step that is confirmed later.
    static let searchLevel = 0.1
    /// The chance of error of all confirmations together.
    static let allConfirmations = 0.05
    /// What each confirmation takes of the chances that are left.
    private static let part = 0.25
    /// Looks at most at one rate for one purpose, each as long as all before.
    static let searchLooks = 2
    static let confirmationLooks = 3
    /// The slices of the usual step.
    private static let slices: Int64 = 400

    init(promise: Promise, settings: SearchSettings) {
        (self.promise, self.settings) = (promise, settings)
    }

    mutating func note(_ step: SearchStep, isMeasured: Bool) {
        spent += step.length
        steps += 1
        if isMeasured, step.purpose == .confirmation { confirmations += 1 }
    }

    private var left: Nanoseconds { settings.longest - spent }

    /// Whether time or steps ended the search.
    var isExhausted: Bool {
        steps >= settings.mostSteps || left.count * 2 < settings.rampLength.count
    }

    /// What the levels of all confirmations judged add up to: each takes a quarter of what is left
    /// of 5 %, so that however many there are, the sum stays below it. At any rate only one of the
    /// two verdicts can be wrong, so that a confirmation errs with its level and not with twice it.
    var spentChance: Double {
        (0..<confirmations).reduce(0) { sum, _ in
            sum + (Self.allConfirmations - sum) * Self.part
        }
    }

    /// Whether time is left for one confirmation at most.
    var isHurried: Bool { left.count < settings.confirmationLength.count / 2 * 3 }

    private func level(_ purpose: SearchStep.Purpose) -> Double {
        guard purpose == .confirmation else { return Self.searchLevel }
        return max(1e-6, (Self.allConfirmations - spentChance) * Self.part)
    }

    /// Whether enough is left for a step of the bisection and the confirmations that are due.
    func hasTimeToBisect(_ rates: TriedRates) -> Bool {
        var due = settings.bisectionLength.count
        if rates.capacity == nil { due += settings.confirmationLength.count / 2 * 3 }
        if rates.lowestFailing == nil { due += settings.confirmationLength.count }
        return left.count >= due
    }

    /// A rate whose last step is to be repeated: it was not valid, or showed nothing yet and may
    /// do so in a longer one.
    func unfinished(_ rates: TriedRates) -> SearchAim? {
        let invalid = rates.all.first { $0.invalidSteps > 0 && !$0.isLimit }
        if let invalid { return SearchAim(rate: invalid.rate, purpose: invalid.lastPurpose) }
        for tried in rates.between where tried.verdict == .unknown {
            let purpose: SearchStep.Purpose =
                tried.confirmation.looks > 0 ? .confirmation : tried.lastPurpose
            // Where a rate below and one above show something, this one can wait.
            let isBounded = rates.floor != nil && rates.ceiling != nil
            if purpose != .confirmation, isBounded { continue }
            // A lower rate that may be shown to keep the promise comes before one that hardly can.
            let hasLower = rates.capacity == nil && rates.floor?.isUnconfirmed == true
            if purpose == .confirmation, hasLower, isDoubtful(tried.confirmation) { continue }
            // A ramp goes on: a higher rate may show at once what this one does not.
            if purpose == .ramp, rates.ceiling == nil, tried.rate < settings.largest { continue }
            if isWorthAnotherLook(tried[purpose], purpose) {
                return SearchAim(rate: tried.rate, purpose: purpose)
            }
        }
        return nil
    }

    /// Whether another look, as long as all before, will hardly show anything.
    private func isDoubtful(_ looks: TriedRate.Looks) -> Bool {
        guard looks.looks < 2, let counts = looks.counts else { return true }
        let length = counts.slice.count * Int64(counts.due.count)
        guard let needed = looks.judgement?.neededLength else { return true }
        return needed.count / 2 > length
    }

    private func isWorthAnotherLook(
        _ looks: TriedRate.Looks, _ purpose: SearchStep.Purpose
    ) -> Bool {
        let most = purpose == .confirmation ? Self.confirmationLooks : Self.searchLooks
        guard looks.looks < most, let counts = looks.counts else { return false }
        let length = counts.slice.count * Int64(counts.due.count)
        guard length <= left.count else { return false }
        guard let needed = looks.judgement?.neededLength else { return true }
        return needed.count / 4 <= length
    }

    /// The step that pursues an aim; nil where neither time nor steps are left for it.
    func step(_ aim: SearchAim, number: Int, rates: TriedRates) -> SearchStep? {
        guard !isExhausted else { return nil }
        let level = level(aim.purpose)
        let looks = rates[aim.rate]?[aim.purpose]
        let usual = usualLength(aim, level: level)
        let earlier = looks?.counts
        let wanted = earlier.map { $0.slice.count * Int64($0.due.count) } ?? usual
        let slice = earlier?.slice.count ?? max(1, usual / Self.slices)
        let length = min(wanted, left.count) / slice * slice
        guard length > 0 else { return nil }
        return SearchStep(
            number: number, rate: aim.rate, length: Nanoseconds(length), slice: Nanoseconds(slice),
            purpose: aim.purpose, level: level)
    }

    /// The usual length of a step, longer where a load all in time would show nothing in it, or
    /// where an overload as small as the resolution would not break the limit in it; a quarter of
    /// all time at most.
    private func usualLength(_ aim: SearchAim, level: Double) -> Int64 {
        let usual = settings.quiet(aim.purpose)
        let quiet = StepJudge(promise: promise, level: level, quiet: usual)
            .leastLength(at: aim.rate.perSecond).count
        let overload = Double(promise.limit.count) / settings.resolution
        let least = max(Double(quiet) / 0.9, min(overload, 1e18))
        return min(max(usual.count, Int64(min(least, 1e18))), max(1, settings.longest.count / 4))
    }
}
