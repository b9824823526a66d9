import Units

/// What a capacity search found.
package struct CapacityResult: Codable, Equatable, Sendable {
    /// The promise.
    package var promise: Promise
    /// Where and how was searched.
    package var settings: SearchSettings
    /// How it ended.
    package var finding: Finding
    /// The capacity: the highest rate that a confirmation showed to keep the promise, below every
    /// rate that one showed to break it. It is the interval's lower end and never an average, so
    /// that whoever plans with it errs on the safe side; nil where no rate was confirmed.
    package var capacity: Rate?
    /// The interval's upper end: the lowest rate that a confirmation showed to break the promise;
    /// nil where none was.
    package var lowestFailing: Rate?
    /// The chance that the true capacity lies outside the interval, at most: what the levels of
    /// all confirmations that were judged add up to. Where a remark says that the capacity may be
    /// lower by some share, as late calls crowd for longer than was measured, the interval is to
    /// be taken that much wider.
    package var errorChance: Double
    /// What the generator could not do; nil where it always kept up.
    package var generatorLimit: GeneratorLimit?
    /// What kept the search from an end as near as its resolution; one sentence each.
    package var remarks: [String]
    /// All steps in order.
    package var steps: [FinishedStep]

    /// How a search ends.
    package enum Finding: String, Codable, CaseIterable, Sendable {
        /// A rate that keeps the promise, and one that breaks it.
        case found
        /// No rate keeps the promise: the lowest one tried was shown to break it.
        case none
        /// The largest rate allowed keeps the promise still.
        case unbounded
        /// A rate that keeps the promise; above it the generator does not keep up, so that the
        /// limit is the generator's and not the anchor's.
        case generatorBound = "generator-bound"
        /// One end or both could not be shown in the time allowed.
        case undecided
    }

    /// The lowest rate that the generator did not keep up with, twice: of those from which on
    /// nothing is known of the anchor, where there is one.
    package struct GeneratorLimit: Codable, Equatable, Sendable {
        package var rate: Rate
        package var reason: String

        package init(rate: Rate, reason: String) {
            self.rate = rate
            self.reason = reason
        }
    }

    /// A result of which only the steps are known.
    package init(
        promise: Promise, settings: SearchSettings, finding: Finding, steps: [FinishedStep] = []
    ) {
        self.promise = promise
        self.settings = settings
        self.finding = finding
        self.steps = steps
        errorChance = 0
        remarks = []
    }

    /// The time that all steps took.
    package var measured: Nanoseconds { steps.reduce(.zero) { $0 + $1.step.length } }

    /// The lowest rate that steps saw break the promise, confirmed or not.
    package var lowestSeenFailing: Rate? { lastVerdicts.filter { $0.value == .fail }.keys.min() }

    /// The highest rate below it that steps saw keep the promise, confirmed or not.
    package var highestSeenKept: Rate? {
        let failing = lowestSeenFailing
        let kept = lastVerdicts.filter { $0.value == .pass }.keys
        return kept.filter { rate in failing.map { rate < $0 } ?? true }.max()
    }

    private var lastVerdicts: [Rate: StepVerdict] {
        steps.reduce(into: [:]) { verdicts, finished in
            guard let judgement = finished.judgement else { return }
            verdicts[finished.step.rate] = judgement.verdict
        }
    }
}

extension CapacityResult {
    /// The result of a search that is over.
    init(
        promise: Promise, settings: SearchSettings, rates: TriedRates, steps: [FinishedStep],
        errorChance: Double, isExhausted: Bool
    ) {
        self.init(promise: promise, settings: settings, finding: .undecided, steps: steps)
        self.errorChance = errorChance
        capacity = rates.capacity
        lowestFailing = rates.lowestFailing
        let limits = rates.all.filter(\.isLimit)
        let limit = limits.first { !rates.isJudged(from: $0) } ?? limits.first
        generatorLimit = limit.map { GeneratorLimit(rate: $0.rate, reason: $0.invalidReason) }
        finding = ending(rates)
        remarks = remarks(rates, isExhausted: isExhausted)
    }

    private func ending(_ rates: TriedRates) -> Finding {
        guard let capacity else {
            let lowest = rates.all.first?.rate
            return lowestFailing != nil && lowest == lowestFailing ? .none : .undecided
        }
        if lowestFailing != nil { return .found }
        if let limit = generatorLimit.flatMap({ rates[$0.rate] }), !rates.isJudged(from: limit) {
            return .generatorBound
        }
        return capacity == settings.largest ? .unbounded : .undecided
    }

    private func remarks(_ rates: TriedRates, isExhausted: Bool) -> [String] {
        var remarks: [String] = []
        if isExhausted {
            remarks.append(
                "the search ended with its time or its steps: a longer one may find more")
        }
        if let limit = generatorLimit {
            let isJudged = rates[limit.rate].map { rates.isJudged(from: $0) } ?? false
            remarks.append(
                "at \(limit.rate.inWords) the generator did not keep up (\(limit.reason)): "
                    + (isJudged
                        ? "those steps say nothing of the anchor"
                        : "what lies above is its limit and not the anchor's"))
        }
        let unknown = rates.between.filter { $0.verdict == .unknown }.map(\.rate.inWords)
        if !unknown.isEmpty {
            remarks.append(
                "the time measured does not show whether the promise is kept at "
                    + unknown.joined(separator: ", "))
        }
        return remarks + [quietRemark(rates)].compactMap(\.self)
    }

    private func quietRemark(_ rates: TriedRates) -> String? {
        guard let capacity, let judgement = rates[capacity]?.confirmation.judgement else {
            return nil
        }
        let judge = StepJudge(
            promise: promise, level: judgement.level, quiet: settings.confirmationLength)
        guard let margin = judge.quietMargin(at: capacity.perSecond) else { return nil }
        return "a queue of \(capacity.inWords) breaks this promise only near its saturation, and "
            + "seldom there: the capacity may be up to "
            + "\(Probability(min(1, margin)).inPercent) lower"
    }
}

extension Rate {
    /// `338.5/s`: four digits, whatever the period in which it was searched.
    fileprivate var inWords: String { "\(Significant.text(perSecond, digits: 4))/s" }
}
