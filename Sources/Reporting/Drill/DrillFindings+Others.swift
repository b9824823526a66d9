import Results
import Units

/// What became of those who are no thieves, and what saw the thief beside the alarm.
extension DrillFindings {
    /// Whether anybody but the thief was revoked; nil where nobody was.
    var bystanders: String? {
        let revocations = run.acts.flatMap { act in
            act.thefts.enumerated().filter { $0.element.revoked != nil }
                .map { (act: act, index: $0.offset, theft: $0.element) }
        }
        guard !revocations.isEmpty else { return nil }
        let others = revocations.filter { $0.theft.revoked != $0.theft.identity }
        guard !others.isEmpty else {
            let count = revocations.count
            return "**Nobody but the thief was revoked**, in \(count) of \(count) revocations."
        }
        let lines = others.map { one -> String in
            let revoked = one.theft.revoked ?? ""
            return "- Repetition \(one.index + 1) of \(names[one.act]): "
                + "\(MarkdownText.code(revoked)) was revoked, and the thief called as "
                + "\(MarkdownText.code(one.theft.identity))."
        }
        return "**Somebody else was revoked**, in \(others.count) of \(revocations.count) "
            + "revocations.\n\n" + lines.joined(separator: "\n")
    }

    /// What the legitimate readers met while the thief was at work; nil where nothing was read.
    var readers: String? {
        let lines = run.acts.compactMap { act -> String? in
            let during = DrillReaders(act.sound.map(\.during))
            guard let share = during.deniedShare else { return nil }
            let before = DrillReaders(act.sound.map(\.before))
            let refused = share > 0 ? Wording.share(share) : "none"
            let usual = before.meanResponse.map { " instead of \(DrillWording.time($0))" }
            let comment =
                DrillComparison(.wait, of: act).showsNoDifference
                ? ", \(DrillComparison.noDifference)" : ""
            let time = during.meanResponse.map {
                ", and one took \(DrillWording.time($0))\(usual ?? "") on average\(comment)"
            }
            let failed =
                during.errors > 0
                ? ", and \(Significant.grouped(during.errors)) failed otherwise" : ""
            return "- With \(names[act]), \(refused) of their calls \(share > 0 ? "were" : "was")"
                + " refused\(time ?? "")\(failed)."
        }
        guard !lines.isEmpty else { return nil }
        return "**The readers**, while the thief was at work\n\n" + lines.joined(separator: "\n")
    }

    /// What canaries and budgets saw, and of whom no alarm was raised; nil where the stage has
    /// neither.
    var detectors: String? {
        guard hasDetectors else { return nil }
        let lines = run.acts.filter { !$0.sound.isEmpty }.map { act -> String in
            let sound = act.sound
            let notices = [
                seen("a canary gave him away", sound, \.canary),
                seen("he used up his budget", sound, \.budget),
            ].compactMap(\.self)
            let what = notices.isEmpty ? "neither canary nor budget saw him" : Wording.list(notices)
            let alarms = sound.count { $0.alarm != nil }
            let under =
                act.isWatched && alarms == 0
                ? "; he stayed under the threshold, and no alarm was raised" : ""
            return "- With \(names[act]), \(what)\(under)."
        }
        guard !lines.isEmpty else { return nil }
        return "**Beside the alarm**\n\n" + lines.joined(separator: "\n")
    }

    private var hasDetectors: Bool {
        run.stage.canaries > 0 || run.stage.budget != nil
            || run.acts.flatMap(\.thefts).contains { $0.canary != nil || $0.budget != nil }
    }

    private func seen(
        _ clause: String, _ thefts: [DrillTheft],
        _ detection: (DrillTheft) -> DrillTheft.Detection?
    ) -> String? {
        let seen = thefts.compactMap(detection)
        guard let records = MeanOfThefts(seen.map { Double($0.records) }),
            let seconds = MeanOfThefts(seen.map(\.seconds))
        else { return nil }
        return "\(clause) in \(seen.count) of \(DrillWording.thefts(thefts.count)), at "
            + "\(DrillWording.records(records.mean)) records after "
            + DrillWording.time(seconds.mean)
    }
}
