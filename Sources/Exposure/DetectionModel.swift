import Results
import Throttling
import Units

/// What the alarm of a scenario does to every theft that a run projects.
package struct DetectionModel: Sendable {
    /// What legitimate callers ask for; nil where nobody says.
    package let demand: DemandProfile?
    /// How well a trace is described by it; nil without a trace.
    package let fit: DemandFit?
    /// The trace, its periods those of the alarm; nil without one.
    package let trace: DemandTrace?
    /// The alarm, its threshold decided; nil for none, or where no demand is known.
    package let rule: AlarmRule?
    /// Whether the threshold follows from the targets.
    package let isThresholdChosen: Bool
    /// How often the demand alone raises the alarm, by its model; nil without either.
    package let falseAlarms: FalseAlarms?
    /// How often it does so in the trace; nil without one.
    package let replay: FalseAlarms?
    /// The endings under each throttle, in the order of the projections.
    package let detections: [Detection]
    /// Every projection, those too beside whose demand no theft is told.
    private let projections: [Projection]
    /// How many devices the demand takes; nil without one.
    package let need: DeviceNeed?
    /// What could not be told and why, in sentences.
    package let gaps: [String]

    /// What a reader should know of the trace, in sentences: how it was read, what was mended or
    /// left out, and how well the profile describes it; empty without one.
    package var traceNotes: [String] { (trace?.notes ?? []) + (fit?.notes ?? []) }

    /// The endings of the thefts that a run projects.
    package init(_ run: Run, _ projections: [Projection], on spread: some Spreading) {
        self.projections = projections
        let settings = run.scenario.exposure
        let period = settings.alarm?.period ?? .seconds(60)
        var gaps: [String] = []
        let (demand, fit, trace) = Self.demand(settings.demand, period: period, &gaps)
        (self.demand, self.fit, self.trace) = (demand, fit, trace)
        let rule = Self.rule(settings, demand, trace, &gaps)
        self.rule = rule
        isThresholdChosen = rule != nil && settings.alarm?.threshold == nil
        falseAlarms = rule.flatMap { Self.falseAlarms($0, demand, fit, seed: run.seed) }
        replay = both(rule, trace).map {
            FalseAlarms(replaying: $1, under: $0, seed: run.seed)
        }
        let served = projections.filter { projection in
            guard let demand, demand.perSecond > projection.service.rate.estimate else {
                return true
            }
            return false
        }
        let need = demand.map { DeviceNeed($0, projections, document: run.documented) }
        self.need = need
        gaps += need?.shortfalls ?? []
        let watched = both(rule, demand).flatMap { WatchedDemand($0, $1) }
        let setting = AttackSetting(settings, seed: run.seed)
        let strategies = Self.strategies(settings, demand, rule)
        detections = spread.map(demand == nil ? 0 : served.count) { index in
            let heard = watched?.heard(through: served[index])
            return Self.detection(
                Attack(served[index], watched: heard, demand: demand, setting: setting),
                strategies, settings.datasets)
        }
        self.gaps = gaps
    }

    /// False alarms a month behind a throttle: by the model, or by replay where that has more; none
    /// where the alarm can be raised for no subject.
    package func falseAlarmsPerMonth(behind throttle: Policy) -> Double {
        let behind = projections.filter { $0.throttle == throttle }
        if let rule, !behind.isEmpty, !behind.contains(where: { $0.canRaise(rule) }) { return 0 }
        return max(falseAlarms?.perMonth ?? 0, replay?.perMonth ?? 0)
    }

    /// Thieves of whom there is something to tell: without a demand nobody can hide in it, without
    /// an alarm nobody needs to.
    private static func strategies(
        _ settings: ExposureSettings, _ demand: DemandProfile?, _ rule: AlarmRule?
    ) -> [Strategy] {
        settings.attackers.compactMap(Strategy.init).filter { strategy in
            switch strategy {
            case .sprint, .best: true
            case .harvest: demand != nil
            case .creep, .fill, .pulse: demand != nil && rule != nil
            }
        }
    }

    private static func detection(
        _ attack: Attack, _ strategies: [Strategy], _ datasets: [RecordCount]
    ) -> Detection {
        let told = strategies.map { attack.containment(of: $0, datasets: datasets) }
        func perDay(_ strategy: Strategy) -> Double {
            let ending =
                told.first { $0.strategy == strategy }
                ?? attack.containment(of: strategy, datasets: [])
            return ending.recordsPerSecond * 86_400
        }
        let leak = attack.watched.map { _ in
            Detection.Leak(fillPerDay: perDay(.fill), pulsePerDay: perDay(.pulse))
        }
        return Detection(
            projection: attack.projection, containments: told, leak: leak,
            story: datasets.isEmpty
                ? nil
                : attack.story(of: .sprint, dataset: ExposureModel.spokenOf(datasets)))
    }

    private static func demand(
        _ settings: DemandSettings?, period: Nanoseconds, _ gaps: inout [String]
    ) -> (DemandProfile?, DemandFit?, DemandTrace?) {
        switch settings {
        case nil: return (nil, nil, nil)
        case .profile(let profile): return (DemandProfile(profile, period: period), nil, nil)
        case .trace(let trace):
            do throws(TraceError) {
                let regrouped = try trace.regrouped(to: period)
                guard let fit = DemandFit(regrouped) else {
                    gaps.append(
                        "No demand is known: no period of \(trace.source) has a whole count.")
                    return (nil, nil, nil)
                }
                return (fit.profile, fit, regrouped)
            } catch {
                gaps.append("No demand is known: \(error).")
                return (nil, nil, nil)
            }
        }
    }

    private static func falseAlarms(
        _ rule: AlarmRule, _ demand: DemandProfile?, _ fit: DemandFit?, seed: UInt64
    ) -> FalseAlarms? {
        fit.map { FalseAlarms(of: $0, under: rule, seed: seed) }
            ?? demand.map { FalseAlarms(of: $0, under: rule) }
    }

    /// The alarm of the settings; one whose threshold the targets choose where they name none.
    /// Without a demand there is none, as nobody knows when it is raised.
    private static func rule(
        _ settings: ExposureSettings, _ demand: DemandProfile?, _ trace: DemandTrace?,
        _ gaps: inout [String]
    ) -> AlarmRule? {
        guard let alarm = settings.alarm else { return nil }
        guard let demand else {
            let why =
                alarm.threshold == nil
                ? "its threshold is chosen by the demand" : "it counts users and thief together"
            gaps.append(
                "No alarm is assumed: \(why), and no demand is known ('exposure.demand').")
            return nil
        }
        if let threshold = alarm.threshold { return alarm.rule(at: threshold) }
        let targets = settings.targets ?? .usual
        guard
            let threshold = FalseAlarms.threshold(
                for: alarm, demand: demand, replaying: trace,
                falseAlarmsPerMonth: targets.falseAlarmsPerMonth)
        else {
            gaps.append(
                "No alarm is assumed: no threshold has as few as "
                    + "\(Significant.text(targets.falseAlarmsPerMonth)) false alarms a month.")
            return nil
        }
        return alarm.rule(at: threshold)
    }
}

extension AttackSetting {
    /// The setting of a scenario.
    init(
        _ settings: ExposureSettings, horizon: Nanoseconds? = nil, draws: Int? = nil,
        seed: UInt64
    ) {
        self.init(
            delays: settings.delays ?? DelaySettings(), horizon: horizon ?? settings.longestTheft,
            confidence: settings.confidence ?? Probability(0.95), value: settings.value,
            draws: draws ?? settings.draws ?? 10_000, seed: seed)
    }
}

extension Attack {
    /// An attack in a setting.
    init(
        _ projection: Projection, watched: WatchedDemand?, demand: DemandProfile?,
        setting: AttackSetting
    ) {
        self.init(
            projection, watched: watched, demand: demand, delays: setting.delays,
            horizon: setting.horizon, confidence: setting.confidence, value: setting.value,
            draws: setting.draws, seed: setting.seed)
    }
}
