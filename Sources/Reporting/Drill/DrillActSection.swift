import Results
import Units

/// One defence of a drill: its chart, prediction beside event, and its thefts one by one.
struct DrillActSection {
    private let run: DrillRun
    private let act: DrillAct
    private let name: String

    private typealias Column = (name: String, alignment: MarkdownTable.Alignment)

    init(_ run: DrillRun, _ act: DrillAct, name: String) {
        (self.run, self.act, self.name) = (run, act, name)
    }

    /// The section, with the chart of its median theft where there is one.
    func text(number: Int, picture: String?) -> String {
        let notes = act.prediction.notes.map { "- \(DrillWording.sentence($0))" }
        return [
            "### \(number). \(name)", picture ?? "", comparisonTable,
            remarks.joined(separator: " "),
            notes.isEmpty ? "" : "Taken for granted:\n\n" + notes.joined(separator: "\n"),
            theftTable,
        ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var comparisons: [DrillComparison] { act.comparisons(on: run.stage) }

    /// Whether times of this defence stand for longer ones of the scenario.
    private var hasScenarioTimes: Bool { act.isWatched && run.stage.speed != 1 }

    private var comparisonTable: String {
        let times: [Column] =
            hasScenarioTimes ? [("in the scenario", .right)] : []
        var table = MarkdownTable(
            [
                ("", .left), ("predicted", .right), ("measured (95 %)", .right),
                ("predicted over measured", .right),
            ] + times)
        for comparison in comparisons {
            let verdict = comparison.verdict
            let row = [
                comparison.figure.title, comparison.predictedText, comparison.measuredText,
                comparison.isOff ? "**\(verdict), off**" : verdict,
            ]
            table.append(marked: row + (hasScenarioTimes ? [scenarioTime(comparison)] : []))
        }
        return DrillWording.block(table)
    }

    /// What the measured time stands for: alarms and people are as much slower there.
    private func scenarioTime(_ comparison: DrillComparison) -> String {
        guard comparison.figure == .alarm || comparison.figure == .containment,
            let mean = comparison.measured?.mean
        else { return "" }
        return DrillStaging(run).scenarioTime(mean)
    }

    private var remarks: [String] {
        [off, contained, spread, leftOut].compactMap(\.self)
    }

    private var off: String? {
        let lost = DrillComparison(.recordsLost, of: act)
        guard lost.isOff else { return nil }
        let bounds = DrillComparison.tolerated
        let sentence =
            "**The prediction of records lost is off**: predicted over measured is "
            + "\(lost.verdict), outside \(bounds.lowerBound) to \(bounds.upperBound)."
        guard let predicted = lost.predicted?.mean,
            let (low, high) = both(lost.measured?.low, lost.measured?.high),
            low <= predicted, predicted <= high
        else { return sentence }
        return sentence + " The interval of the measured mean holds the predicted one, so that "
            + "\(DrillWording.thefts(lost.thefts)) cannot tell whether that is chance."
    }

    private var contained: String? {
        let thefts = act.comparable
        guard act.isWatched, !thefts.isEmpty else { return nil }
        let ended = thefts.count { $0.ending == .revoked }
        let share = act.prediction.contained
        let predicted = share > 0 ? Wording.share(share) : "none"
        return "Thefts that were to be ended by an alarm: \(predicted); ended by a revocation: "
            + "\(ended) of \(thefts.count)."
    }

    private var spread: String? {
        let lost = act.prediction.lost
        guard DrillWording.records(lost.p95) != DrillWording.records(lost.mean) else { return nil }
        return "Of 100 such thefts, 95 were to lose \(DrillWording.records(lost.p95)) records at "
            + "most."
    }

    private var leftOut: String? {
        let broken = act.thefts.count - act.sound.count
        let unanswered = act.sound.count - act.comparable.count
        var sentences: [String] = []
        if broken > 0 {
            sentences.append("\(DrillWording.thefts(broken).capitalizedFirst) broke off, left out.")
        }
        if unanswered > 0 {
            sentences.append(
                "\(DrillWording.thefts(unanswered).capitalizedFirst) with an alarm that nobody "
                    + "answered, left out of containment and records lost.")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }
}

extension DrillActSection {
    private var theftTable: String {
        let hasDetectors = comparisons.contains { $0.figure == .canary || $0.figure == .budget }
        let seen: [Column] =
            hasDetectors ? [("canary", .right), ("budget", .right)] : []
        var table = MarkdownTable(
            [
                ("theft", .right), ("ending", .left), ("alarm", .right), ("revoked", .right),
                ("last record", .right), ("records lost", .right), ("wrong", .right),
                ("denied", .right),
            ] + seen)
        for (index, theft) in act.thefts.enumerated() {
            let wrong = Significant.grouped(theft.wrong)
            let ends = [
                "\(index + 1)", DrillWording.ending(theft.ending), time(theft.alarm),
                time(theft.revocation), time(theft.lastRecord), Significant.grouped(theft.lost),
                theft.wrong > 0 ? "**\(wrong)**" : wrong, Significant.grouped(theft.denied),
            ]
            let detections = [theft.canary, theft.budget].map { seen in
                seen.map { "\(Significant.grouped($0.records)) records" } ?? "none"
            }
            table.append(marked: ends + (hasDetectors ? detections : []))
        }
        return DrillWording.block(table)
    }

    private func time(_ seconds: Double?) -> String { seconds.map(DrillWording.time) ?? "none" }
}
