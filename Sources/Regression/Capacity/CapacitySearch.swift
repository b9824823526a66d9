import Foundation
import Results
import Units

/// Searches the largest open-loop rate that keeps a promise: told what became of one step, it asks
/// for the next.
///
/// A ramp rises geometrically until a rate breaks the promise; a bisection halves, on the scale of
/// logarithms, what lies between a rate that keeps it and one that breaks it; both ends are
/// confirmed by longer runs, and a confirmation that says otherwise opens the search again. A rate
/// of which the time allowed shows nothing widens the interval. A step that is not valid is asked
/// for again once; then its rate bounds the search from above.
///
/// It ends always: after the longest time or the most steps of its settings at the latest.
package struct CapacitySearch: Sendable {
    /// The promise.
    package let promise: Promise
    /// Where and how it searches.
    package let settings: SearchSettings
    /// All finished steps in order.
    package private(set) var steps: [FinishedStep] = []

    private var rates = TriedRates()
    private var budget: SearchBudget
    private var asked: SearchStep?
    private var isOver = false

    /// A search that has not begun.
    package init(promise: Promise, settings: SearchSettings) {
        self.promise = promise
        self.settings = settings
        budget = SearchBudget(promise: promise, settings: settings)
    }

    /// The next step to be measured; nil where the search is over. Asked again before an outcome
    /// is told it is the same step.
    package mutating func next() -> SearchStep? {
        if let asked { return asked }
        guard !isOver else { return nil }
        if let aim = nextAim() { asked = budget.step(aim, number: steps.count + 1, rates: rates) }
        isOver = asked == nil
        return asked
    }

    /// Takes in what became of the step asked for.
    ///
    /// Counts in slices other than the step's are judged, but not together with earlier ones.
    package mutating func tell(_ outcome: StepOutcome) {
        guard let step = asked else { preconditionFailure("an outcome answers a step") }
        asked = nil
        switch outcome {
        case .invalid(let reason):
            rates.note(invalid: reason, of: step)
            steps.append(FinishedStep(step: step, judgement: nil, invalidReason: reason))
        case .measured(let counts):
            let all = rates.note(counts.settled, of: step)
            let judgement = StepJudgement(
                of: all, promise: promise, level: step.level, quiet: settings.quiet(step.purpose))
            rates.note(judgement, of: step)
            steps.append(FinishedStep(step: step, judgement: judgement, invalidReason: nil))
        }
        budget.note(step, isMeasured: steps.last?.judgement != nil)
    }

    /// Whether what one step counted shows by itself that the promise is kept.
    package func isKept(_ counts: LateCounts, in step: SearchStep) -> Bool {
        StepJudgement(
            of: counts.settled, promise: promise, level: step.level,
            quiet: settings.quiet(step.purpose)
        ).verdict == .pass
    }

    /// What was found; nil until the search is over.
    package var result: CapacityResult? { isOver ? resultSoFar : nil }

    /// What was found so far, as if the search had ended here.
    package var resultSoFar: CapacityResult {
        CapacityResult(
            promise: promise, settings: settings, rates: rates, steps: steps,
            errorChance: budget.spentChance, isExhausted: budget.isExhausted)
    }

    /// What to find out next; nil where nothing is left to be found.
    private func nextAim() -> SearchAim? {
        budget.unfinished(rates) ?? rampAim() ?? bisectionAim() ?? confirmationAim()
            ?? narrowingAim()
    }

    private func rampAim() -> SearchAim? {
        guard rates.ceiling == nil else { return nil }
        guard let highest = rates.highest else {
            return SearchAim(rate: settings.start, purpose: .ramp)
        }
        guard highest < settings.largest else { return nil }
        let rate = min(settings.largest, Rate(searched: highest.perSecond * settings.factor))
        return SearchAim(rate: max(rate, highest.nextSearched), purpose: .ramp)
    }

    /// The middle of the gap below what is unknown, or of the one above it.
    private func bisectionAim() -> SearchAim? {
        guard budget.hasTimeToBisect(rates) else { return nil }
        for gap in rates.gaps where gap.ratio > 1 + settings.resolution {
            let rate = Rate(searched: (gap.low.perSecond * gap.high.perSecond).squareRoot())
            if rate > gap.low, rate < gap.high { return SearchAim(rate: rate, purpose: .bisection) }
        }
        return nil
    }

    private func confirmationAim() -> SearchAim? {
        rates.unconfirmed(isHurried: budget.isHurried)
            .map { SearchAim(rate: $0, purpose: .confirmation) }
    }

    /// With both ends confirmed and time left, a rate between them that a short step left open.
    private func narrowingAim() -> SearchAim? {
        guard !budget.isHurried else { return nil }
        return rates.open(resolution: settings.resolution)
            .map { SearchAim(rate: $0, purpose: .confirmation) }
    }
}

/// A rate and what is asked of it.
struct SearchAim: Sendable {
    let rate: Rate
    let purpose: SearchStep.Purpose
}

extension Rate {
    /// The rate of four significant digits next to so many calls a second.
    init(searched perSecond: Double) {
        let periods: [Int64] = [1, 60, 3_600, 86_400]
        let length = periods.first { perSecond * Double($0) >= 200 } ?? 86_400
        let count = max(1, perSecond * Double(length))
        let unit = Foundation.pow(10, max(0, Foundation.floor(Foundation.log10(count)) - 3))
        let rounded = (count / unit).rounded() * unit
        self.init(UInt64(min(rounded, 1e18)), per: .seconds(length))
    }

    /// A rate that is surely higher.
    var nextSearched: Rate { Rate(searched: perSecond * 1.01 + 1e-4) }
}

extension LateCounts {
    /// Without the first tenth: a queue begins empty, and is not yet what it becomes.
    package var settled: LateCounts {
        let first = due.count / 10
        var rest = LateCounts(slice: slice, slices: due.count - first)
        rest.due = Array(due[first...])
        rest.late = Array(late[first...])
        return rest
    }

    /// What was counted of the same load before, and then this.
    func following(_ earlier: LateCounts) -> LateCounts {
        guard earlier.slice == slice else { return self }
        var all = LateCounts(slice: slice, slices: earlier.due.count + due.count)
        all.due = earlier.due + due
        all.late = earlier.late + late
        return all
    }
}
