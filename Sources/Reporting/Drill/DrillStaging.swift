import Latency
import Results
import Units

/// What a drill staged, and what of it is not as it would be: the section on how it was done.
struct DrillStaging {
    private let run: DrillRun
    private var stage: DrillStage { run.stage }

    init(_ run: DrillRun) { self.run = run }

    /// The section.
    var section: String {
        var table = MarkdownTable([("what", .left), ("as staged", .left)])
        for (what, value) in parts + watch { table.append([what, value]) }
        let notes = stage.notes.map { "- \(DrillWording.sentence($0))" }
        return [
            "## How it was staged\n\n\(DrillWording.block(table))", compression ?? "", Self.parties,
            notes.joined(separator: "\n"),
        ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static let parties = """
        Watched: the alarm counts what the gate lets through, of readers and thief together, and \
        the responder revokes an identity. Unwatched: nobody looks, and the throttle stands alone. \
        Each row that the thief got was compared with the truth and then discarded.
        """

    /// How the alarm is put, with the time of its period as played; nil without one.
    static func alarm(_ stage: DrillStage) -> String? {
        guard let alarm = stage.alarm, let threshold = alarm.threshold else { return nil }
        return DetectionSection.words(alarm.rule(at: threshold))
    }

    private var parts: [(String, String)] {
        let (each, callers, ends) = (stage.recordsPerCall, stage.callers, stage.frontEnds)
        let key = "\(stage.mechanism), \(stage.keyBits) bits, \(stage.recordBytes) bytes of a row"
        let rows = "\(stage.database), \(Significant.grouped(stage.rows)) rows, "
        let sealing = "sealed and stored in \(DrillWording.time(stage.sealingSeconds))"
        let thief = "\(stage.strategy), \(callers) call\(callers == 1 ? "" : "s") at once, "
        let opening = "\(Significant.grouped(each)) record\(each == 1 ? "" : "s") a call"
        let readers = "\(Significant.text(stage.demand)) calls a second from \(ends) front "
        let spread =
            "end\(ends == 1 ? "" : "s"), variance over mean "
            + "\(Significant.text(stage.dispersion)) in a period"
        var parts: [(String, String)] = [
            ("anchor", stage.anchor), ("key and rows", key), ("database", rows + sealing),
            ("thief", thief + opening), ("readers", readers + spread),
        ]
        if let rate = Interval(rounds: run.rehearsal) {
            parts.append(("rehearsal, nobody in his way", Wording.rate(rate)))
        }
        return parts
    }

    private var watch: [(String, String)] {
        let delays = stage.delays
        var parts: [(String, String)] = [("alarm", Self.alarm(stage) ?? "none")]
        if stage.alarm != nil {
            parts += [
                ("until the count is published", DetectionSection.range(delays.publish)),
                ("until it is evaluated", DetectionSection.range(delays.evaluation)),
                ("until he is revoked", DetectionSection.range(delays.response.length)),
            ]
        }
        if stage.canaries > 0 { parts.append(("canaries", Significant.grouped(stage.canaries))) }
        if let budget = stage.budget {
            parts.append(("budget of an identity", "\(budget.inWords) calls"))
        }
        return parts + [
            ("a theft that nobody ends", "watched for \(stage.watch.seconds.inWords)"),
            ("speed", "\(Significant.text(stage.speed)) times that of the scenario"),
            ("seed", "\(run.seed)"),
        ]
    }

    /// That time is compressed, for the findings; nil where it is not.
    var finding: String? {
        guard stage.speed != 1 else { return nil }
        let speed = Significant.text(stage.speed)
        return "**Time is compressed \(speed) times**: alarm and response are \(speed) times as "
            + "quick as in the scenario; device, throttle and demand are not. Records lost are "
            + "those of the time as played."
    }

    /// What compressed time shrinks and what it does not; nil where time is not compressed.
    private var compression: String? {
        guard stage.speed != 1 else { return nil }
        let speed = Significant.text(stage.speed)
        var period = "the alarm's period"
        if let (played, scenario) = both(stage.alarm?.period, stage.scenarioPeriod) {
            period +=
                " (\(scenario.seconds.inWords) is played as \(played.seconds.inWords))"
        }
        return "**Time is compressed \(speed) times.** What shrinks: \(period), publishing, "
            + "evaluation and the response. What does not: the device's speed, the throttle, and "
            + "the demand in calls a second; so the count of a period shrinks with the period and "
            + "varies more about its mean. Times to the alarm and to the end that it brings stand "
            + "for \(speed) times as long; a theft that no alarm ends takes as long as it takes. "
            + "Records lost are those of the time as played: in the scenario he calls \(speed) "
            + "times as long before he is cut off, and takes more."
    }

    /// `3.1 seconds of the drill, which stand for 3.1 minutes`; at the scenario's own speed the
    /// time alone.
    func bothTimes(_ seconds: Double) -> String {
        let played = DrillWording.time(seconds)
        guard stage.speed != 1 else { return played }
        return "\(played) of the drill, which stand for \(scenarioTime(seconds))"
    }

    /// What a time as played stands for in the scenario.
    func scenarioTime(_ seconds: Double) -> String {
        DrillWording.time(seconds * stage.speed)
    }
}
