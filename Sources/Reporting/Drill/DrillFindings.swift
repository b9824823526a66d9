import Results
import Units

/// The first lines of a drill's report: what left, what stopped it, and what the prediction was
/// worth, the least flattering first.
struct DrillFindings {
    let run: DrillRun
    let names: DrillNames

    init(_ run: DrillRun, _ names: DrillNames) { (self.run, self.names) = (run, names) }

    /// What must be said before anything else: nil where the drill is whole and sound.
    var warning: String? {
        let sentences = [wrong, ended, broken].compactMap(\.self)
        return sentences.isEmpty ? nil : sentences.joined(separator: "\n\n")
    }

    /// The findings, in order.
    var paragraphs: [String] {
        guard run.acts.contains(where: { !$0.thefts.isEmpty }) else {
            return [baseline, "**No theft was staged**, so there is nothing to compare."]
                .compactMap(\.self)
        }
        return [
            baseline, thefts, unanswered, bystanders, readers, detectors, accuracy, compared,
            DrillStaging(run).finding,
        ].compactMap(\.self)
    }

    private var wrong: String? {
        let count = run.acts.flatMap(\.thefts).reduce(0) { $0 + $1.wrong }
        guard count > 0 else { return nil }
        let places = run.acts.compactMap { place($0) { $0.wrong > 0 } }
        return "**WRONG RECORDS: \(Significant.grouped(count)) of the records that the thief got "
            + "were not what had been sealed** (\(places.joined(separator: "; "))). The anchor or "
            + "the drill is broken: trust no figure here until that is explained."
    }

    private var ended: String? {
        run.ending.map {
            "**This drill ended before its last theft.** \(DrillWording.sentence($0))"
        }
    }

    private var broken: String? {
        let count = run.acts.flatMap(\.thefts).count { $0.ending == .broken }
        guard count > 0 else { return nil }
        let places = run.acts.compactMap { place($0) { $0.ending == .broken } }
        return "**\(DrillWording.thefts(count)) broke off** "
            + "(\(places.joined(separator: "; "))) and \(count == 1 ? "is" : "are") in no "
            + "comparison."
    }

    /// The thefts of an act of which something holds: `repetition 2 of no throttle, unwatched`.
    private func place(_ act: DrillAct, where holds: (DrillTheft) -> Bool) -> String? {
        let indices = act.thefts.indices.filter { holds(act.thefts[$0]) }
        guard !indices.isEmpty else { return nil }
        return "\(DrillWording.repetitions(indices)) of \(names[act])"
    }

    private var baseline: String? {
        let parts = run.dumps.filter { $0.records > 0 }.map { dump -> String in
            let rows = DrillWording.rows(Double(dump.records), of: run.stage.rows)
            let time = MeanOfThefts(dump.seconds).map { " in \(DrillWording.time($0.mean))" }
            let calls = DrillWording.calls(dump.calls)
            return switch dump.kind {
            case .clear: "rows in the clear, \(rows) left\(time ?? "") with \(calls)"
            case .sharedKey:
                "rows under one shared data key, \(calls), then \(rows) left\(time ?? "")"
            }
        }
        guard !parts.isEmpty else { return nil }
        return "**Without an anchor**: \(parts.joined(separator: "; ")). There is nothing in that "
            + "for a throttle to slow or for an alarm to count."
    }

    private var thefts: String? {
        let lines = run.acts.map { "- \(DrillActFinding(run, $0, name: names[$0]).text)" }
        return "**With the anchor, row by row**\n\n" + lines.joined(separator: "\n")
    }

    private var unanswered: String? {
        let lines = run.acts.flatMap { act in
            act.thefts.enumerated().compactMap { index, theft -> String? in
                guard let reason = theft.unanswered else { return nil }
                return "- Repetition \(index + 1) of \(names[act]): "
                    + DrillWording.sentence(reason) + cost(of: theft, in: act)
            }
        }
        guard !lines.isEmpty else { return nil }
        return "**Nobody answered the alarm** of \(DrillWording.thefts(lines.count)); what is "
            + "predicted of containment and of records lost is not held against "
            + "\(lines.count == 1 ? "it" : "them").\n\n" + lines.joined(separator: "\n")
    }

    /// What left after an alarm that nobody answered; empty where no alarm was raised.
    private func cost(of theft: DrillTheft, in act: DrillAct) -> String {
        guard let alarm = theft.alarm else { return " No alarm was raised." }
        let staging = DrillStaging(run)
        let time = staging.bothTimes(max(0, theft.lastRecord - alarm))
        let story = DrillStory(theft, of: act, on: run.stage)
        guard let held = story.held(at: alarm) else {
            return " The theft went on for \(time) after it."
        }
        let after = DrillWording.records(max(0, Double(theft.lost) - held))
        return " The theft went on for \(time) after it, and about \(after) of his "
            + "\(Significant.grouped(theft.lost)) records left in that time."
    }

    private var accuracy: String? {
        let lost = run.acts.map { (names[$0], DrillComparison(.recordsLost, of: $0)) }
        let ratios = lost.compactMap(\.1.ratio)
        guard let least = ratios.min(), let most = ratios.max() else { return nil }
        let off = lost.filter(\.1.isOff).map { name, comparison -> String in
            "with \(name), \(comparison.predictedText) predicted and \(comparison.measuredText) "
                + "measured, predicted over measured \(comparison.verdict)"
        }
        let bounds =
            "\(DrillComparison.tolerated.lowerBound) to "
            + "\(DrillComparison.tolerated.upperBound)"
        guard off.isEmpty else {
            return "**The prediction of records lost is off**, outside \(bounds): "
                + off.joined(separator: "; ") + "."
        }
        let (low, high) = (DrillWording.ratio(least), DrillWording.ratio(most))
        return "**Records lost, predicted over measured**: \(low)"
            + (ratios.count > 1 ? " to \(high) over \(ratios.count) defences" : "")
            + ", within \(bounds)."
    }

    private var compared: String? {
        let thefts = run.acts.flatMap(\.thefts)
        let lost = thefts.reduce(0) { $0 + $1.lost }
        guard lost > 0, thefts.allSatisfy({ $0.wrong == 0 }) else { return nil }
        return "**Real records**: each of the \(Significant.grouped(lost)) that left in these "
            + "thefts was compared with the truth, and none was wrong."
    }
}
