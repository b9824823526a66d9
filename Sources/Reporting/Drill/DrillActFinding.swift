import Results
import Throttling
import Units

/// What became of the thefts under one defence, in a sentence or three.
struct DrillActFinding {
    private let run: DrillRun
    private let act: DrillAct
    private let name: String

    init(_ run: DrillRun, _ act: DrillAct, name: String) {
        (self.run, self.act, self.name) = (run, act, name)
    }

    /// The sentences.
    var text: String {
        let title = name.capitalizedFirst
        guard !act.thefts.isEmpty else { return "**\(title)**: no theft was staged." }
        let all = act.sound.count
        guard all > 0 else { return "**\(title)**: every theft broke off." }
        let clauses = [revoked, everything, watchOver].compactMap(\.self)
        let head = "**\(title)** (\(all == 1 ? "1 theft" : "means of \(all) thefts")): "
        return [head + clauses.joined(separator: "; ") + ".", throttle].compactMap(\.self)
            .joined(separator: " ")
    }

    private func thefts(_ ending: DrillTheft.Ending) -> [DrillTheft] {
        act.sound.filter { $0.ending == ending }
    }

    /// The clause, with how many thefts it holds of where not of all.
    private func counted(_ thefts: [DrillTheft], _ clause: String) -> String {
        let all = act.sound.count
        return thefts.count < all ? "in \(thefts.count) of \(all), \(clause)" : clause
    }

    private static func mean(_ values: [Double]) -> Double? { MeanOfThefts(values)?.mean }

    private var revoked: String? {
        let thefts = thefts(.revoked)
        guard let last = Self.mean(thefts.map(\.lastRecord)),
            let lost = Self.mean(thefts.map { Double($0.lost) })
        else { return nil }
        let alarm = Self.mean(thefts.compactMap(\.alarm)).map {
            "the alarm was raised after \(DrillWording.time($0)) and "
        }
        return counted(
            thefts,
            "\(alarm ?? "")the thief was cut off after \(DrillStaging(run).bothTimes(last)), with "
                + DrillWording.rows(lost, of: run.stage.rows))
    }

    private var everything: String? {
        let thefts = thefts(.everything)
        guard let last = Self.mean(thefts.map(\.lastRecord)) else { return nil }
        let rows = DrillWording.rows(Double(run.stage.rows), of: run.stage.rows)
        return counted(
            thefts, "the thief had \(rows) after \(DrillWording.time(last))\(noticed(thefts))")
    }

    private var watchOver: String? {
        let thefts = thefts(.watchOver)
        guard let lost = Self.mean(thefts.map { Double($0.lost) }) else { return nil }
        let rows = DrillWording.rows(lost, of: run.stage.rows)
        let watch = (act.watch ?? run.stage.watch).seconds.inWords
        return counted(
            thefts,
            "the thief held \(rows) when the watch ended after \(watch)\(noticed(thefts))")
    }

    /// What the alarm did about thefts that nobody cut off.
    private func noticed(_ thefts: [DrillTheft]) -> String {
        guard act.isWatched else { return ", and nobody was looking" }
        let alarms = thefts.compactMap(\.alarm)
        guard let after = Self.mean(alarms) else { return ", and no alarm was raised" }
        let share = alarms.count < thefts.count ? " in \(alarms.count) of them" : ""
        return ", though the alarm was raised after \(DrillWording.time(after))\(share)"
    }

    /// What the throttle let through, against what the device gives; nil without a throttle.
    private var throttle: String? {
        let timed = act.sound.filter { $0.lastRecord > 0 }
        guard act.throttle != .none,
            let rate = Self.mean(timed.map { Double($0.lost) / $0.lastRecord })
        else { return nil }
        let free = Self.mean(run.rehearsal).map {
            ", of the \(Significant.text($0)) that he gets with nobody in his way"
        }
        var text =
            "The throttle let him open \(Significant.text(rate)) records a second"
            + "\(free ?? "")."
        let longRun = act.prediction.recordsPerSecond
        if !thefts(.watchOver).isEmpty, longRun > 0 {
            let all = Seconds(Double(run.stage.rows) / longRun).inWords
            text +=
                " It does not stop him: at the \(Significant.text(longRun)) a second of the "
                + "long run all rows take him \(all)."
        }
        return text
    }
}
