import Regression
import Results
import Units

/// The first lines of a capacity's report: the answer, and what it is worth.
struct CapacityFindings {
    private let run: CapacityRun
    private let analysis: CapacityAnalysis

    init(_ run: CapacityRun, _ analysis: CapacityAnalysis) {
        (self.run, self.analysis) = (run, analysis)
    }

    /// What must be said before anything else: nil where the run is whole, and neither short nor
    /// held back.
    var warning: String? {
        var sentences: [String] = []
        if let partial = run.partial { sentences.append("**This run is partial**: \(partial).") }
        if run.isFirstLook {
            sentences.append(
                "**Measured with `--quick`**: its steps are short, so that this is a first look "
                    + "and not a result.")
        }
        if let rate = run.scenario.limits.maxRate {
            sentences.append(
                "**Measured at no more than \(CapacityWording.rate(rate))/s** (`max-rate`): the "
                    + "device may do more.")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    /// The answer first, then what follows from it.
    var paragraphs: [String] {
        [answer, scalability, CapacityHeadroom(run).finding].compactMap(\.self)
    }

    private var answer: String {
        guard let result = run.result else {
            return "**There is no answer**: the search did not begin."
        }
        let promise = CapacityWording.promise(result.promise)
        let place = run.cell.throttle == .none ? "" : ", behind its throttle"
        let subject = "\(Findings.title(run.cell.subject))\(place)"
        let sentences =
            switch result.finding {
            case .found: found(result, promise, subject)
            case .none: none(result, promise, subject)
            case .unbounded: unbounded(result, promise, subject)
            case .generatorBound: generatorBound(result, promise, subject)
            case .undecided: undecided(result, promise, subject)
            }
        return ([sentences] + result.remarks.map(CapacityWording.sentence)).joined(separator: " ")
    }

    private func found(_ result: CapacityResult, _ promise: String, _ subject: String) -> String {
        let capacity = result.capacity.map(CapacityWording.rate) ?? "—"
        let failing = result.lowestFailing.map(CapacityWording.rate) ?? "—"
        return "**This anchor answers \(promise) up to \(capacity) a second** (\(subject)): the "
            + "true limit lies between \(capacity) and \(failing), but for a chance of "
            + "\(chance(result)) at most."
    }

    private func none(_ result: CapacityResult, _ promise: String, _ subject: String) -> String {
        let lowest = result.lowestFailing ?? result.settings.start
        let step = result.steps.last { $0.step.rate == lowest && $0.judgement != nil }
        let share = step?.judgement.map { "\(CapacityWording.share($0.lateShare)) were late" }
        return "**No rate keeps the promise** of \(promise) (\(subject)): at "
            + "\(CapacityWording.rate(lowest)) calls a second, the lowest tried, "
            + "\(share ?? "too many were late")."
    }

    private func unbounded(
        _ result: CapacityResult, _ promise: String, _ subject: String
    ) -> String {
        let capacity = (result.capacity ?? result.settings.largest).perSecond
        return "**This anchor answers \(promise) up to \(CapacityWording.perSecond(capacity)) a "
            + "second at least** (\(subject)), the largest rate that was to be tried, but for a "
            + "chance of \(chance(result)) at most."
    }

    private func generatorBound(
        _ result: CapacityResult, _ promise: String, _ subject: String
    ) -> String {
        let capacity = result.capacity.map(CapacityWording.rate) ?? "—"
        return "**This anchor answers \(promise) up to \(capacity) a second at least** "
            + "(\(subject)); what limits is this machine, and the anchor may do more."
    }

    private func undecided(
        _ result: CapacityResult, _ promise: String, _ subject: String
    ) -> String {
        let kept = result.capacity.map { "\(CapacityWording.rate($0)) a second keep it" }
        let broken = result.lowestFailing.map { "\(CapacityWording.rate($0)) break it" }
        let known = [kept, broken].compactMap(\.self)
        return "**The time was not enough** to find up to which rate this anchor answers "
            + "\(promise) (\(subject)): "
            + (known.isEmpty
                ? "no rate was confirmed to keep or to break it" : Wording.list(known))
            + "." + (unconfirmed(result) ?? "")
    }

    /// What short steps saw of an end that no confirmation showed; nil where they saw nothing.
    private func unconfirmed(_ result: CapacityResult) -> String? {
        let kept = result.capacity == nil ? result.highestSeenKept : nil
        let broken = result.lowestFailing == nil ? result.lowestSeenFailing : nil
        let seen = [
            kept.map { "\(CapacityWording.rate($0)) a second kept it" },
            broken.map { "\(CapacityWording.rate($0)) a second broke it" },
        ].compactMap(\.self)
        guard !seen.isEmpty else { return nil }
        return " In short steps, which nothing confirms, \(Wording.list(seen))."
    }

    private func chance(_ result: CapacityResult) -> String {
        CapacityWording.share(result.errorChance)
    }

    private var scalability: String? {
        guard let peak = run.concurrency.peak, let rate = peak.throughput else { return nil }
        let most = CapacityWording.callers(peak.callers, processes: peak.processes)
        let faster = run.fasterStep.map {
            " A step of the open load answered \(Significant.text($0))/s: the closed loads were "
                + "slower, and it does that at least."
        }
        return "**Flat out**, \(most), it does \(Wording.rate(rate)) with no promise kept."
            + (faster ?? "") + (analysis.fitSentence.map { " \($0)" } ?? "")
    }
}
