import Exposure
import Latency
import Results
import Throttling
import Units

/// The first lines of a report: what was found, in plain words, the least flattering first.
struct Findings {
    private let run: Run
    private let exposure: RunExposure
    private var model: ExposureModel { exposure.model }
    /// What the throttles are called.
    let names: ThrottleNames
    /// The data set that the sentences speak of.
    let dataset: RecordCount
    /// The window that the sentences speak of.
    let window: Nanoseconds

    /// Ten million records and fifteen minutes where the scenario has them, else its middle values.
    init(_ run: Run, _ exposure: RunExposure) {
        self.run = run
        self.exposure = exposure
        names = ThrottleNames(run)
        let windows = exposure.model.windows
        let usualWindow = Nanoseconds.seconds(900)
        dataset = exposure.model.spokenOf
        window =
            windows.contains(usualWindow) || windows.isEmpty
            ? usualWindow : windows[windows.count / 2]
    }

    /// What must be said before anything else: nil where the run is whole and valid.
    var warning: String? {
        var sentences: [String] = []
        if let document = run.documented {
            sentences.append(
                "**From a document, not measured**: \(document.title), by \(document.source) "
                    + "(\(document.asOf ?? "no date given")). The notes say what it leaves open.")
        }
        if let partial = run.partial {
            sentences.append("**This run is partial**: \(partial).")
        }
        if let rate = run.scenario.limits.maxRate {
            sentences.append(
                "**Measured at no more than \(rate)** (`max-rate`): the device may be faster, and "
                    + "the unthrottled theft quicker than what follows.")
        }
        let invalid = run.cells.filter { !$0.verdict.isValid }
        if !invalid.isEmpty {
            sentences.append(
                "**\(invalid.count) of \(run.cells.count) cells "
                    + "\(invalid.count == 1 ? "is" : "are") INVALID** and in no projection; the "
                    + "table of cells gives the reasons.")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    /// One paragraph for each mechanism and record size.
    var paragraphs: [String] {
        let groups = SubjectGroup.grouping(model.projections)
        let detection = DetectionSection(run, exposure.detection, groups, dataset: dataset)
        return groups.map(paragraph) + detection.findings + BatchingSection(run).findings
            + choices + model.gaps
    }

    /// What to choose for each subject.
    private var choices: [String] {
        guard let demand = exposure.detection.demand else { return [] }
        return exposure.choices.map { choice in
            let report = ThresholdReport(
                of: choice.choice, subject: choice.subject, demand: demand, dataset: dataset,
                cost: run.scenario.exposure.cost)
            let isHeard = choice.choice.recommended?.isHeard ?? false
            return "**\(Self.title(choice.subject)), to defend**\n\n- \(report.finding)"
                + (isHeard ? run.documented?.counterNeeded ?? "" : "")
        }
    }

    private func paragraph(_ group: SubjectGroup) -> String {
        var lines = group.projections.map { sentence(for: $0, in: group) }
        if run.documented != nil, let sentence = exposure.detection.need?.served(group.subject) {
            lines.append(sentence)
        }
        if let sentence = shutOut(group.subject) { lines.append(sentence) }
        if let first = group.projections.first, let sentence = baselineSentence(for: first) {
            lines.append(sentence)
        }
        return "**\(Self.title(group.subject))**\n\n"
            + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    private func sentence(for projection: Projection, in group: SubjectGroup) -> String {
        let theft = projection.theft(of: dataset)
        let loss = projection.loss(within: window, of: dataset)
        let held =
            loss.fraction >= 1
            ? "all of them" : "\(Wording.records(loss)) (\(Wording.share(loss.fraction)))"
        let stopped = "stopped after \(window.seconds.inWords) the thief holds \(held)"
        guard projection.throttle != .none else {
            let who = projection.identities > 1 ? " with \(projection.identities) identities" : ""
            return "**At full speed**\(who) \(dataset.inWords) records leave in "
                + "**\(Wording.time(theft))**; \(stopped). The anchor opens "
                + "\(rateText(projection))."
        }
        let time = theft.seconds.isNever ? "never leave" : "take **\(Wording.time(theft))**"
        let bypass =
            projection.throttle.enforced.isBypassable
            ? " This throttle stands on the application's host: a thief there loads the module "
                + "directly and is not throttled at all."
            : ""
        return "**Under \(group.label(of: projection))** they \(time); \(stopped).\(bypass)"
    }

    /// The throttles behind which an attack left legitimate callers without their part; nil where
    /// there is none.
    private func shutOut(_ subject: String) -> String? {
        let pairs = run.mixedPairs.filter { $0.legitimate.cell.subject == subject }
        let effects = pairs.map { AttackEffect($0, in: run) }.filter(\.isShutOut)
        let isLoadNamed = Set(pairs.map(\.load)).count > 1
        var manners: [OnLimit] = []
        for effect in effects where !manners.contains(effect.pair.throttle.onLimit) {
            manners.append(effect.pair.throttle.onLimit)
        }
        let sentences = manners.enumerated().map { position, manner in
            let cases = effects.filter { $0.pair.throttle.onLimit == manner }
                .enumerated().map { index, effect in
                    let what = index == 0 ? " of the legitimate calls" : ""
                    let load = isLoadNamed ? " at \(effect.pair.load.inWords)" : ""
                    return "\(Wording.share(effect.deniedShare))\(what) behind "
                        + "\(names[effect.pair.throttle])\(load)"
                }
            let head =
                position == 0
                ? "**A thief shuts the others out** where all share one state and " : "Where "
            return "\(head)\(manner.refusal)\(position == 0 ? ": an attack" : ", it") denied "
                + "\(Wording.list(cases))."
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    private func rateText(_ projection: Projection) -> String {
        let load = projection.service.cell
        let processes = load.processes == 1 ? "one process" : "\(load.processes) processes"
        let callers = load.callers == 1 ? "1 caller" : "\(load.callers) callers"
        let count = Significant.grouped(projection.recordsPerOperation)
        let each = projection.recordsPerOperation > 1 ? ", \(count) records with each" : ""
        let rate = projection.service.rate
        var best = "best with \(callers) in \(processes)"
        if let low = rate.low, let high = rate.high {
            best = "95 %: \(Wording.number(low)) to \(Wording.number(high)); " + best
        }
        if run.documented != nil { best = "as documented, without an interval" }
        guard let joined = projection.joinedRate else {
            return "\(Wording.number(rate.estimate)) times a second\(each) (\(best))"
        }
        return "\(Wording.number(rate.estimate)) single records a second (\(best)), and "
            + "\(Wording.number(joined)) where up to \(count) are joined in one call"
    }

    private func baselineSentence(for projection: Projection) -> String? {
        guard let baseline = projection.baseline else { return nil }
        let theft = projection.theft(of: dataset)
        let seconds = Seconds(Double(dataset.count) / baseline.rate.estimate)
        let comparison =
            theft.anchorFactor.map {
                ": unthrottled, the anchor makes the theft \(Wording.factor($0)) as long."
            } ?? ", one at a time."
        return "**With no anchor**, the key in memory, OpenSSL opens the same records on this "
            + "machine in \(seconds.inWords)\(comparison)"
    }

    /// `aes-gcm-256/256B` as a heading.
    static func title(_ subject: String) -> String {
        let parts = subject.split(separator: "/")
        guard parts.count == 2 else { return subject }
        let bytes = (try? ByteCount(parsing: String(parts[1])))?.count ?? 0
        return "\(parts[0]), records of \(Significant.grouped(UInt64(bytes))) bytes"
    }
}

extension DocumentedSource {
    /// A sentence, after a space, for whoever sets an alarm on a count that nobody takes for them;
    /// nil where the documents say nothing of it.
    var counterNeeded: String? {
        counting.map { " **The count needs a counter of your own**. \($0)." }
    }
}
