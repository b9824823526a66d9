import Results
import Units

/// What a search knows of the rates it tried, from the lowest to the highest.
struct TriedRates: Sendable {
    private(set) var all: [TriedRate] = []
    /// Steps that were not valid, in the end twice at a rate, bound the search.
    static let invalidSteps = 2

    /// The entry of a rate, made where there is none.
    private mutating func index(of rate: Rate) -> Int {
        let index = all.firstIndex { $0.rate >= rate } ?? all.count
        if index == all.count || all[index].rate > rate {
            all.insert(TriedRate(rate: rate), at: index)
        }
        return index
    }

    mutating func note(invalid reason: String, of step: SearchStep) {
        let index = index(of: step.rate)
        all[index].invalidSteps += 1
        all[index].invalidReason = reason
        all[index].lastPurpose = step.purpose
    }

    /// Adds counts to those of the same rate and purpose.
    ///
    /// - Returns: all of these.
    mutating func note(_ counts: LateCounts, of step: SearchStep) -> LateCounts {
        let index = index(of: step.rate)
        let earlier = all[index][step.purpose].counts
        let sum = earlier.map { counts.following($0) } ?? counts
        all[index][step.purpose].counts = sum
        return sum
    }

    mutating func note(_ judgement: StepJudgement, of step: SearchStep) {
        let index = index(of: step.rate)
        all[index][step.purpose].looks += 1
        all[index][step.purpose].judgement = judgement
        all[index].invalidSteps = 0
        all[index].lastPurpose = step.purpose
    }

    subscript(_ rate: Rate) -> TriedRate? { all.first { $0.rate == rate } }

    /// The highest rate tried.
    var highest: Rate? { all.last?.rate }

    /// The highest rate that a confirmation showed to keep the promise.
    private var highestConfirmed: Rate? {
        all.last { $0.confirmation.verdict == .pass }?.rate
    }

    /// The lowest rate that breaks the promise, or that the generator did not keep up with; an
    /// unconfirmed one only above every rate that was confirmed.
    var ceiling: TriedRate? {
        let confirmed = highestConfirmed
        return all.first { tried in
            if tried.confirmation.verdict == .fail { return true }
            guard tried.isLimit || tried.verdict == .fail else { return false }
            return confirmed.map { tried.rate > $0 } ?? true
        }
    }

    /// The highest rate below the ceiling that keeps the promise.
    var floor: TriedRate? {
        let ceiling = ceiling
        return all.last { tried in
            tried.verdict == .pass && !tried.isLimit
                && (ceiling.map { tried.rate < $0.rate } ?? true)
        }
    }

    /// Rates between floor and ceiling of which nothing is known.
    var between: [TriedRate] {
        let (floor, ceiling) = (floor, ceiling)
        return all.filter { tried in
            (floor.map { tried.rate > $0.rate } ?? true)
                && (ceiling.map { tried.rate < $0.rate } ?? true)
        }
    }

    /// The stretches in which the promise changes from kept to broken or to unknown, and from
    /// unknown to broken.
    var gaps: [RateGap] {
        guard let floor, let ceiling else { return [] }
        let unknown = between
        guard let first = unknown.first, let last = unknown.last else {
            return [RateGap(low: floor.rate, high: ceiling.rate)]
        }
        return [
            RateGap(low: floor.rate, high: first.rate), RateGap(low: last.rate, high: ceiling.rate),
        ]
    }

    /// The end that is to be confirmed next; in a hurry a rate beyond it that is surer.
    func unconfirmed(isHurried: Bool) -> Rate? {
        guard isHurried else {
            return [floor, ceiling].lazy.compactMap(\.self).first(where: \.isUnconfirmed)?.rate
        }
        let (floor, ceiling) = (floor, ceiling)
        if capacity == nil, let floor {
            let low = all.filter { $0.rate <= floor.rate && $0.isUnconfirmed }
            let surest = low.filter { $0.verdict == .pass }.min { $0.high < $1.high }
            if let surest { return surest.rate }
        }
        guard lowestFailing == nil, let ceiling else { return nil }
        let high = all.filter { $0.rate >= ceiling.rate && $0.isUnconfirmed }
        return high.filter { $0.verdict == .fail }.max { $0.share < $1.share }?.rate
    }

    /// The rate next to the floor or the ceiling, whichever lies further from it on the side of
    /// what is allowed, that is open and was not yet looked at for long.
    func open(resolution: Double) -> Rate? {
        let unknown = between.filter { $0.isUnconfirmed }
        guard let floor else { return unknown.min { $0.high < $1.high }?.rate }
        guard let ceiling else { return unknown.max { $0.share < $1.share }?.rate }
        guard !ceiling.isLimit else { return unknown.first?.rate }
        guard ceiling.rate.perSecond / floor.rate.perSecond > 1 + resolution else { return nil }
        guard let first = unknown.first, let last = unknown.last else { return nil }
        let below = first.rate.perSecond / floor.rate.perSecond
        let above = ceiling.rate.perSecond / last.rate.perSecond
        return below >= above ? first.rate : last.rate
    }

    /// Whether something is known of the anchor beyond a rate that the generator did not keep up
    /// with, or steps before those showed that it breaks the promise there.
    func isJudged(from limit: TriedRate) -> Bool {
        limit.verdict == .fail
            || all.contains { tried in
                tried.rate > limit.rate && (tried.verdict == .pass || tried.verdict == .fail)
            }
    }

    /// The lowest rate that a confirmation showed to break the promise.
    var lowestFailing: Rate? { all.first { $0.confirmation.verdict == .fail }?.rate }

    /// The highest rate that a confirmation showed to keep it, below every one shown to break it.
    var capacity: Rate? {
        let failing = lowestFailing
        return all.last { tried in
            tried.confirmation.verdict == .pass && (failing.map { tried.rate < $0 } ?? true)
        }?.rate
    }
}

/// A stretch between two rates.
struct RateGap: Sendable {
    let low: Rate
    let high: Rate
    var ratio: Double { high.perSecond / low.perSecond }
}

/// A rate that was tried.
struct TriedRate: Sendable {
    let rate: Rate
    /// What ramp and bisection saw of it.
    var search = Looks()
    /// What confirmations saw of it.
    var confirmation = Looks()
    /// Steps in a row that were not valid.
    var invalidSteps = 0
    var invalidReason = ""
    var lastPurpose = SearchStep.Purpose.ramp

    init(rate: Rate) { self.rate = rate }

    /// Steps of one kind, all counts together.
    struct Looks: Sendable {
        var looks = 0
        var counts: LateCounts?
        var judgement: StepJudgement?
        var verdict: StepVerdict? { judgement?.verdict }
    }

    /// What is known of it: a confirmation outweighs what the search saw before.
    var verdict: StepVerdict? { confirmation.verdict ?? search.verdict }

    /// Whether it has a verdict that no confirmation looked at.
    var isUnconfirmed: Bool { verdict != nil && confirmation.verdict == nil && !isLimit }

    /// The share of late calls that the search saw, and what it stays below.
    var share: Double { search.judgement?.lateShare ?? 0 }
    var high: Double { search.judgement?.high ?? 1 }

    /// Whether the generator did not keep up with it.
    var isLimit: Bool { invalidSteps >= TriedRates.invalidSteps }

    subscript(purpose: SearchStep.Purpose) -> Looks {
        get { purpose == .confirmation ? confirmation : search }
        set { if purpose == .confirmation { confirmation = newValue } else { search = newValue } }
    }
}
