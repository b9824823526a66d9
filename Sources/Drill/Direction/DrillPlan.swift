import Anchors
import Experiment
import Exposure
import Foundation
import Results
import Throttling
import Units

/// A drill worked out: what is staged, in which order, and how long it takes.
package struct DrillPlan: Sendable {
    /// The scenario, with the one mechanism that is staged.
    package let resolved: ResolvedScenario
    /// What the user says beyond it.
    package let settings: DrillSettings
    /// How the rows are sealed.
    let mechanism: RecordMechanism
    /// Length of what is sealed of a row, in bytes.
    let recordBytes: Int
    /// The defences, each with its thefts.
    let acts: [Act]
    /// The alarm and the delays as they are played.
    let alarm: AlarmSettings?
    let delays: DelaySettings
    /// The alarm's period in the scenario.
    let scenarioPeriod: Nanoseconds?
    /// How many times as fast as in the scenario alarms and people are.
    package let speed: Double
    /// Legitimate calls a second, and their φ in a period.
    let demand: Double
    let dispersion: Double
    let budget: RecordCount?
    /// How many of the rows are canaries.
    let canaries: UInt64
    /// What the reader should know, in sentences.
    package let notes: [String]

    /// The thefts behind one defence.
    struct Act: Equatable, Sendable {
        let throttle: Policy
        let isWatched: Bool
        /// How long one is let go on that nobody ends.
        let watch: Nanoseconds
    }

    /// The period that is counted in where no alarm says.
    private static let usualPeriod = Nanoseconds.seconds(1)
    /// Periods before the thief comes, where an alarm watches.
    static let calmPeriods: Int64 = 2
    /// How long calls go on before he comes, where none does.
    static let calm = Nanoseconds.milliseconds(500)
    /// Periods for which calls go on after a theft.
    static let aftermathPeriods: Int64 = 1
    /// What starting and ending the processes of a theft takes about.
    private static let overhead = Nanoseconds.milliseconds(900)
    /// Length of a theft with nobody in the way before all others.
    static let rehearsal = Nanoseconds.milliseconds(700)
    /// The most canaries: the sealer names all of them in one line.
    private static let mostCanaries: UInt64 = 100_000

    /// Works a drill out.
    ///
    /// - Throws: `ScenarioError` where the scenario and the settings cannot be staged.
    package init(
        _ resolved: ResolvedScenario, _ settings: DrillSettings, isBuiltIn: Bool
    ) throws(ScenarioError) {
        var notes = resolved.notes
        var resolved = resolved
        let mechanism = try Self.mechanism(&resolved, &notes)
        self.mechanism = mechanism
        recordBytes = mechanism.isRSA ? 32 : resolved.scenario.recordBytes.first?.count ?? 256
        let exposure = resolved.scenario.exposure
        let demandSettings = exposure.demand
        demand = Self.demand(demandSettings)
        dispersion = Self.dispersion(demandSettings, &notes)
        let speed = try Self.speed(settings, exposure.alarm)
        self.speed = speed
        scenarioPeriod = exposure.alarm?.period
        let played = (exposure.delays ?? DelaySettings()).played(atSpeed: speed)
        delays = played
        alarm = Self.alarm(
            exposure, speed: speed, demand: demand, dispersion: dispersion, &notes)
        budget = exposure.detectors?.budget
        let canaries = exposure.detectors?.canaries ?? 0
        self.canaries = canaries
        try Self.check(settings, mechanism, alarm)
        try Self.check(canaries: canaries, settings, mechanism, recordBytes: recordBytes)
        try Self.check(
            budget, demand: demand, settings, lasting: Self.watch(settings, alarm, played),
            period:
                alarm?.period ?? Self.usualPeriod)
        acts = Self.acts(
            resolved.scenario.throttles, isBuiltIn: isBuiltIn, settings, alarm, played,
            hasDetectors: budget != nil || canaries > 0)
        self.resolved = resolved
        self.settings = settings
        self.notes = notes
    }

    /// Which rows are canaries.
    var canaryRows: CanaryRows {
        CanaryRows(canaries, of: settings.rows, seed: settings.seed)
    }

    /// The length of a period that the gate counts.
    var period: Nanoseconds { alarm?.period ?? Self.usualPeriod }

    /// How long it takes in all, about.
    package var duration: Nanoseconds {
        let sealing = Double(settings.rows.count) / 8_000
        var sum = 3 + sealing
        sum += Double(settings.rehearsals) * (Self.rehearsal + Self.overhead).seconds.value
        for act in acts {
            var one = (act.isWatched ? watchedLength : act.watch + Self.calm) + Self.overhead
            if act.isWatched { one += Nanoseconds(period.count * 5 / 2) }
            sum += Double(settings.repetitions) * one.seconds.value
        }
        return Nanoseconds(Int64(sum * 1e9))
    }

    /// What is staged, in words.
    package var inWords: String {
        let defences = acts.map { act in
            act.throttle.keyForm + (act.isWatched ? " with alarm" : "")
        }.joined(separator: ", ")
        return
            "\(settings.repetitions) thefts (\(settings.strategy)) of "
            + "\(Significant.grouped(settings.rows.count)) rows behind each of: \(defences)"
    }

    /// What a theft that an alarm ends takes about.
    private var watchedLength: Nanoseconds {
        guard let alarm else { return settings.watch }
        let waits = Nanoseconds(alarm.period.count * Int64(alarm.evaluationPeriods))
        return waits + delays.publish.likely + delays.evaluation.likely
            + delays.response.length.likely
    }

    private static func mechanism(
        _ resolved: inout ResolvedScenario, _ notes: inout [String]
    ) throws(ScenarioError) -> RecordMechanism {
        let anchor = resolved.scenario.anchor
        guard anchor.operation == AnchoredOperation.decrypt.rawValue else {
            throw ScenarioError(
                "'anchor.operation: \(anchor.operation)': a drill steals rows that are sealed "
                    + "under the anchor's key; take 'decrypt'")
        }
        guard let name = anchor.mechanisms.first, let mechanism = RecordMechanism(rawValue: name)
        else { throw ScenarioError("'anchor.mechanism' is empty: a drill seals rows with one") }
        guard anchor.key == .token else {
            throw ScenarioError(
                "a drill needs a key that several processes open, and a session key belongs to "
                    + "one: name yours with ';object=LABEL' in the URI")
        }
        if anchor.mechanisms.count > 1 {
            notes.append("Of the scenario's mechanisms the first, \(name), is staged.")
            resolved.scenario.anchor.mechanisms = [name]
        }
        return mechanism
    }

    private static func demand(_ settings: DemandSettings?) -> Double {
        settings?.mean(in: .seconds(1)) ?? 0
    }

    private static func dispersion(
        _ settings: DemandSettings?, _ notes: inout [String]
    ) -> Double {
        switch settings {
        case nil:
            notes.append("The scenario states no demand: nobody but the thief calls.")
            return 1
        case .trace(let trace):
            notes.append(
                "Of the demand in \(trace.source) its mean is staged, steadily: a drill lasts "
                    + "minutes, and no hour of the trace.")
            return 1
        case .profile(let profile):
            if profile.shape != .flat {
                notes.append(
                    "The demand is staged at its mean all the time: a drill lasts minutes, and no "
                        + "hour of the day.")
            }
            return profile.dispersion
        }
    }

    private static func speed(
        _ settings: DrillSettings, _ alarm: AlarmSettings?
    ) throws(ScenarioError) -> Double {
        let period = alarm?.period ?? .seconds(60)
        // The gate counts periods of a second and more.
        let fastest = period.seconds.value
        guard let speed = settings.speed else { return min(60, fastest) }
        guard speed >= 1, speed <= fastest else {
            throw ScenarioError(
                "--speed \(Significant.text(speed)): the alarm's period of \(period) can be played "
                    + "at 1 to \(Significant.text(fastest)) times its speed, for the gate counts "
                    + "periods of a second and more")
        }
        return speed
    }

    /// The alarm as it is played: a shorter period with as much smaller a threshold.
    private static func alarm(
        _ exposure: ExposureSettings, speed: Double, demand: Double, dispersion: Double,
        _ notes: inout [String]
    ) -> AlarmSettings? {
        guard var alarm = exposure.alarm else {
            let detectors = exposure.detectors ?? DetectorSettings()
            notes.append(
                detectors.canaries > 0 || detectors.budget != nil
                    ? "The scenario has no alarm on the counts of periods."
                    : "The scenario has no alarm: nobody stops the thief.")
            return nil
        }
        alarm.period = alarm.period.played(atSpeed: speed)
        // A period of the gate begins at an edge of the clock.
        alarm.window = .wallClock
        if let threshold = alarm.threshold {
            alarm.threshold = RecordCount(
                UInt64(max(1, (Double(threshold.count) / speed).rounded())))
            return alarm
        }
        let target = (exposure.targets ?? .usual).falseAlarmsPerMonth
        let steady = DemandProfile.steady(demand, dispersion: dispersion, period: alarm.period)
        // As many periods make a month as do in the scenario.
        alarm.threshold = FalseAlarms.threshold(
            for: alarm, demand: steady, falseAlarmsPerMonth: target * speed)
        if let threshold = alarm.threshold {
            notes.append(
                "The threshold, \(Significant.grouped(threshold.count)) calls in a period as "
                    + "played, was chosen for this steady demand: the lowest that keeps the false "
                    + "alarms in a month of the scenario's periods to its target, at most "
                    + "\(Significant.text(target)).")
            return alarm
        }
        notes.append("No threshold keeps the false alarms of the targets: no alarm is staged.")
        return nil
    }

    private static func check(
        _ settings: DrillSettings, _ mechanism: RecordMechanism, _ alarm: AlarmSettings?
    ) throws(ScenarioError) {
        let strategies = ["sprint", "creep", "fill", "pulse"]
        guard strategies.contains(settings.strategy) else {
            throw ScenarioError(
                "--strategy \(settings.strategy): a drill stages "
                    + strategies.joined(separator: ", ")
            )
        }
        guard settings.strategy == "sprint" || alarm != nil else {
            throw ScenarioError(
                "--strategy \(settings.strategy): he keeps below an alarm's threshold, and there "
                    + "is no alarm; state 'exposure.alarm', or take sprint")
        }
        let limit = alarm.flatMap { alarm in
            alarm.threshold.flatMap { alarm.rule(at: $0).largestQuiet }
        }
        guard settings.strategy == "sprint" || limit != nil else {
            throw ScenarioError(
                "--strategy \(settings.strategy): the alarm watches for too few calls, which "
                    + "nobody has to fear who adds some; take sprint")
        }
        guard settings.recordsPerCall == 1 || mechanism.isJoinable else {
            throw ScenarioError(
                "--batch \(settings.recordsPerCall): records of \(mechanism.rawValue) cannot be "
                    + "joined in one call; take --mechanism aes-cbc-pad or aes-cbc, or leave "
                    + "--batch out")
        }
        guard settings.recordsPerCall == 1 || settings.strategy == "sprint" else {
            throw ScenarioError(
                "--batch \(settings.recordsPerCall): who joins records sprints; leave --strategy "
                    + "out"
            )
        }
    }

    /// Refuses a budget that a front end's own users would spend.
    private static func check(
        _ budget: RecordCount?, demand: Double, _ settings: DrillSettings,
        lasting watch: Nanoseconds, period: Nanoseconds
    ) throws(ScenarioError) {
        guard let budget else { return }
        let each = demand / Double(settings.frontEnds)
        let seconds = (watch + Nanoseconds(period.count * (calmPeriods + 3))).seconds.value
        // What a front end serves in a theft, with room for a busy one.
        let own = (each * seconds * 1.5).rounded(.up)
        guard own > Double(budget.count) else { return }
        throw ScenarioError(
            "'exposure.budget: \(budget)': a front end serves \(Significant.text(each)) calls a "
                + "second and would spend it itself in a theft of \(watch.seconds.inWords); take "
                + "\(RecordCount(UInt64(own))) or more, a lower --demand or more --front-ends")
    }

    /// Refuses canaries that the users would miss, or that a gate could not tell from other rows.
    private static func check(
        canaries: UInt64, _ settings: DrillSettings, _ mechanism: RecordMechanism,
        recordBytes: Int
    ) throws(ScenarioError) {
        guard canaries > 0 else { return }
        let most = min(settings.rows.count / 10, mostCanaries)
        guard canaries <= most else {
            throw ScenarioError(
                "'exposure.canaries: \(RecordCount(canaries))': of \(settings.rows) rows at most "
                    + "\(RecordCount(most)) can be, a tenth and never more than "
                    + "\(RecordCount(mostCanaries)); take fewer, or more --rows")
        }
        let isKnownByBeginning =
            switch mechanism {
            case .aesGCM, .aesCBCPad, .aesCBC, .rsaPKCS, .rsaOAEP: true
            // No padding and no tag: a shorter record has no eight bytes.
            case .aesCTR: recordBytes >= 8
            case .aesKeyWrap, .hmacSHA256: false
            }
        guard isKnownByBeginning else {
            throw ScenarioError(
                "'exposure.canaries: \(RecordCount(canaries))': a gate knows a canary by the first "
                    + "eight bytes of its ciphertext, and \(mechanism.rawValue) of \(recordBytes) "
                    + "bytes gives no eight that are random; take --mechanism aes-gcm, or longer "
                    + "records")
        }
    }

    /// Each throttle, and each but `none` once more with the alarm; `none` with it where there is
    /// no other.
    private static func acts(
        _ throttles: [Policy], isBuiltIn: Bool, _ settings: DrillSettings,
        _ alarm: AlarmSettings?, _ delays: DelaySettings, hasDetectors: Bool
    ) -> [Act] {
        // The built-in scenario's third throttle has windows of a minute.
        let staged = isBuiltIn ? Array(throttles.prefix(2)) : throttles
        let hasOthers = staged.contains { $0 != .none }
        let length = watch(settings, alarm, delays)
        return staged.flatMap { throttle -> [Act] in
            let alone = Act(throttle: throttle, isWatched: false, watch: settings.watch)
            let watched = Act(throttle: throttle, isWatched: true, watch: length)
            // Who keeps below a threshold has nothing to fear where there is none.
            guard settings.strategy == "sprint" else { return [watched] }
            let isWatched = (alarm != nil || hasDetectors) && (throttle != .none || !hasOthers)
            return isWatched ? [alone, watched] : [alone]
        }
    }

    /// Long enough for the slowest alarm.
    private static func watch(
        _ settings: DrillSettings, _ alarm: AlarmSettings?, _ delays: DelaySettings
    ) -> Nanoseconds {
        guard let alarm else { return settings.watch }
        let periods = Nanoseconds(alarm.period.count * Int64(alarm.evaluationPeriods + 4))
        let longest =
            periods + delays.publish.high + delays.evaluation.high
            + delays.response.length.high
        return max(settings.watch, longest)
    }
}

extension Nanoseconds {
    /// The same at so many times the speed.
    func played(atSpeed speed: Double) -> Nanoseconds {
        Nanoseconds(Int64((Double(count) / speed).rounded()))
    }
}

extension ThreePoint<Nanoseconds> {
    fileprivate func played(atSpeed speed: Double) -> ThreePoint<Nanoseconds> {
        ThreePoint(
            low.played(atSpeed: speed), likely.played(atSpeed: speed),
            high.played(atSpeed: speed))
    }
}

extension DelaySettings {
    /// The same at so many times the speed.
    fileprivate func played(atSpeed speed: Double) -> DelaySettings {
        var played = self
        played.publish = publish.played(atSpeed: speed)
        played.evaluation = evaluation.played(atSpeed: speed)
        switch response {
        case .automatic(let length): played.response = .automatic(length.played(atSpeed: speed))
        case .human(let length): played.response = .human(length.played(atSpeed: speed))
        }
        return played
    }
}
