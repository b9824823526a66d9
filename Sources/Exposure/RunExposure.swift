import Results
import Throttling
import Units

/// All that is projected from a run: thefts, what an alarm does to them, what they cost, and which
/// throttle and alarm to choose.
package struct RunExposure: Sendable {
    /// Thefts as fast as HSM and throttle allow.
    package let model: ExposureModel
    /// How thefts of every kind end.
    package let detection: DetectionModel
    /// What they cost; nil where nobody speaks of money.
    package let economics: EconomicsModel?
    /// What the defence itself costs in a month, behind each throttle of the scenario whose burden
    /// is known; nil where nobody speaks of money or of demand.
    package let month: [Policy: DefenderMonth]?
    /// Which throttle and alarm to choose for each subject; empty without targets.
    package let choices: [SubjectChoice]

    /// A choice for one mechanism and record size.
    package struct SubjectChoice: Sendable {
        /// How the records are sealed, as a projection names it.
        package let subject: String
        /// The choice.
        package let choice: ThresholdChoice
    }

    /// Projects a run by the settings of its own scenario.
    ///
    /// - Parameters:
    ///   - spread: who shares the work out.
    ///   - isAdvised: whether throttle and alarm are chosen where there are targets.
    package init(_ run: Run, on spread: some Spreading = InTurn(), isAdvised: Bool = true) {
        let model = ExposureModel(run)
        let detection = DetectionModel(run, model.projections, on: spread)
        (self.model, self.detection) = (model, detection)
        let (dataset, settings) = (model.spokenOf, run.scenario.exposure)
        let costs = settings.cost.map { Costs($0, of: run) }
        economics = costs.flatMap { costs in
            detection.detections.isEmpty
                ? nil
                : EconomicsModel(
                    detection.detections, costs: costs, dataset: dataset, seed: run.seed,
                    on: spread)
        }
        let levels = isAdvised ? detection.demand.map { DemandLevels(of: $0, on: spread) } : nil
        month = both(costs, levels).flatMap {
            Self.month(run, model, detection, $0, $1)
        }
        choices = levels.map { Self.choices(run, model, detection, dataset, $0, spread) } ?? []
    }

    private static func month(
        _ run: Run, _ model: ExposureModel, _ detection: DetectionModel, _ costs: Costs,
        _ levels: DemandLevels
    ) -> [Policy: DefenderMonth]? {
        guard let open = model.projections.first else { return nil }
        var generator = SeededGenerator(seed: run.seed)
        let prices = CostDraws(costs, using: &generator)
        let single = open.service.rate.estimate / Double(max(1, open.service.cell.callers))
        let calls = levels.demand.perSecond * FalseAlarms.month.value
        return run.scenario.throttles.reduce(into: [:]) { months, throttle in
            let burden = Burden(
                of: throttle, on: levels, servedRate: single,
                deviceRate: open.service.rate.estimate, replaying: detection.trace)
            guard let share = burden.share else { return }
            months[throttle] = DefenderMonth(
                burdenedCalls: share * calls,
                falseAlarms: detection.falseAlarmsPerMonth(behind: throttle), prices: prices)
        }
    }

    /// Thefts that are drawn for each of the many choices that are tried.
    private static let searchDraws = 192

    private static func choices(
        _ run: Run, _ model: ExposureModel, _ detection: DetectionModel, _ dataset: RecordCount,
        _ levels: DemandLevels, _ spread: some Spreading
    ) -> [SubjectChoice] {
        let settings = run.scenario.exposure
        guard let targets = settings.targets, let alarm = settings.alarm,
            detection.rule != nil
        else { return [] }
        let costs = Costs(settings.cost ?? CostSettings(), of: run)
        let month = levels.demand.perSecond * FalseAlarms.month.value
        let told = Set(detection.detections.map(\.projection.subject))
        let defences = model.defences.filter { told.contains($0.subject) }
        guard !defences.isEmpty else { return [] }
        let search = ThresholdSearch(
            setting: AttackSetting(
                settings, horizon: targets.within, draws: searchDraws, seed: run.seed),
            levels: levels, alarm: alarm, targets: targets, dataset: dataset,
            replaying: detection.trace, on: spread
        ) { burdenedShare, falseAlarms in
            DefenderMonth.expected(
                burdenedCalls: burdenedShare * month, falseAlarms: falseAlarms, costs: costs)
        }
        return defences.map { defence in
            SubjectChoice(
                subject: defence.subject,
                choice: search.choice(
                    of: defence.projection, among: run.scenario.throttles, on: spread))
        }
    }
}

extension Costs {
    /// What a scenario says of the anchor of a run, whose document may speak of a cluster.
    fileprivate init(_ settings: CostSettings, of run: Run) {
        self.init(settings, cluster: run.documented?.hsms ?? 1)
    }
}

extension ExposureModel {
    /// The data set that sentences and pictures speak of: ten million records where the scenario
    /// has them, else its middle value.
    package var spokenOf: RecordCount { Self.spokenOf(datasets) }

    /// The same of sizes that a scenario has.
    static func spokenOf(_ datasets: [RecordCount]) -> RecordCount {
        let usual = RecordCount(10_000_000)
        return datasets.contains(usual) || datasets.isEmpty ? usual : datasets[datasets.count / 2]
    }
}
