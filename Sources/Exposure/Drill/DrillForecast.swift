import Latency
import Results
import Throttling
import Units

/// What the models say of the thefts that a drill is about to stage.
package struct DrillForecast: Sendable {
    private let stage: DrillStage
    private let subject: Projection.Subject
    private let demand: DemandProfile
    private let rule: AlarmRule?
    private let seed: UInt64

    /// Thefts that are drawn for one prediction.
    private static let draws = 10_000
    /// An alarm that fewer of the thefts than this share have is not foretold: it is that of users.
    private static let rare = 0.05
    /// A denied thief of a drill asks again after this, in seconds.
    package static let backoff = 1e-3

    /// What is staged, with the rates of the rehearsal.
    ///
    /// - Parameter rehearsal: records a second that the thief opened with nobody in his way, one
    ///   figure a round.
    /// - Returns: nil where he opened none.
    package init?(_ stage: DrillStage, rehearsal: [Double], seed: UInt64) {
        guard
            let rate = Interval(rounds: rehearsal.map { $0 / Double(stage.recordsPerCall) })
        else { return nil }
        self.stage = stage
        self.seed = seed
        let cell = Cell(
            anchor: stage.anchor, mechanism: stage.mechanism, keyBits: stage.keyBits,
            keyKind: .token, recordBytes: stage.recordBytes, callers: stage.callers,
            processes: 1, throttle: .none)
        subject = Projection.Subject(
            rates: MeasuredRates(ServiceRate(cell: cell, rate: rate)), baseline: nil)
        let period = stage.alarm?.period ?? .seconds(1)
        demand = .steady(stage.demand, dispersion: stage.dispersion, period: period)
        rule = stage.alarm.flatMap { alarm in alarm.threshold.map { alarm.rule(at: $0) } }
    }

    /// What is foretold of the thefts under one defence.
    package func prediction(
        of throttle: Policy, isWatched: Bool, watch: Nanoseconds? = nil
    ) -> DrillPrediction {
        let cell = subject.rates.best.cell
        let units = throttle.units(forBytes: max(1, cell.requestBytes))
        let k = recordsPerCall(under: throttle)
        let ownUnits = throttle.units(forBytes: cell.requestBytes * Int(k))
        // Only who goes flat out is held back by what others take.
        let share = ThiefShare(
            of: throttle, beside: stage.demand, units: units,
            attempts: strategy == .sprint || strategy == .pulse
                ? attempts(throttle, units) : 0, callers: stage.callers,
            ownUnits: ownUnits)
        let attack = attack(share.policy, k, isWatched, watch ?? stage.watch)
        guard let plan = attack.plan(attack.manner(of: strategy), at: .estimate) else {
            preconditionFailure("a projection has at least one way to call")
        }
        let ends = endings(of: plan, attack, isWatched: isWatched)
        var prediction = DrillPrediction(
            recordsPerSecond: plan.recordsPerSecond, alarm: alarm(of: ends),
            containment: figure(ends.map(\.seconds)), lost: figure(ends.map(\.records)),
            contained: Double(ends.count(where: \.isEnded)) / Double(ends.count),
            deniedShare: share.deniedShare, legitimateWait: share.wait,
            notes: [share.note].compactMap(\.self))
        prediction.recordsPerCall = k
        if isWatched, stage.canaries > 0 {
            let met = canaries
            prediction.canary = DrillPrediction.Figure(
                mean: Double(stage.rows + 1) / Double(stage.canaries + 1),
                p50: met.records(untilMetWith: Probability(0.5)),
                p95: met.records(untilMetWith: Probability(0.95)))
        }
        if isWatched, let budget = stage.budget {
            let records = Double(budget.count + 1) * Double(k)
            prediction.budget = DrillPrediction.Figure(mean: records, p50: records, p95: records)
        }
        addBounds(to: &prediction, attack, isWatched: isWatched)
        return prediction
    }

    /// Operations that a creeping thief adds to every period; nil for another strategy, and where
    /// no alarm watches.
    ///
    /// - Parameter watch: how long he means to go on; nil for as long as the stage says.
    package func creepLevel(under throttle: Policy, watch: Nanoseconds? = nil) -> Double? {
        guard strategy == .creep else { return nil }
        let attack = attack(throttle, 1, true, watch ?? stage.watch)
        guard let watched = attack.watched,
            let supplies = attack.projection.supplies(at: .estimate),
            let supply = Attack.fastest(supplies)
        else { return nil }
        return attack.creepLevel(supply, watched)
    }

    private var strategy: Strategy { Strategy(rawValue: stage.strategy) ?? .sprint }

    private var canaries: Canaries {
        Canaries(count: min(stage.canaries, stage.rows), among: RecordCount(stage.rows))
    }

    /// How often a second the thief asks: as often as the device answers, or, where he is refused,
    /// after each pause: his c calls are in the device or pausing, c = a · c / X + (p − a) · pause
    /// with a = min(p, r p / (p + D)) of the p admitted.
    private func attempts(_ throttle: Policy, _ units: UInt64) -> Double {
        let served = subject.rates.best.rate.estimate
        guard throttle.onLimit == .deny, let limit = throttle.sustainedRate else { return served }
        let callers = Double(stage.callers)
        var (low, high) = (0.0, served + callers / Self.backoff)
        for _ in 0..<60 {
            let asked = (low + high) / 2
            let share = asked / (asked + stage.demand)
            let admitted = min(asked, limit / Double(units) * share)
            let busy = admitted * callers / served + (asked - admitted) * Self.backoff
            if busy < callers { low = asked } else { high = asked }
        }
        return low
    }

    /// k of the way to call by which the throttle lets most records through.
    private func recordsPerCall(under throttle: Policy) -> UInt64 {
        let projection = projection(throttle, stage.recordsPerCall)
        let supplies = projection.supplies(at: .estimate) ?? []
        return Attack.fastest(supplies).map { UInt64($0.recordsPerOperation) } ?? 1
    }

    private func projection(_ throttle: Policy, _ recordsPerCall: UInt64) -> Projection {
        Projection(
            of: subject, throttle: throttle, identities: 1, recordsPerOperation: recordsPerCall)
    }

    private func attack(
        _ throttle: Policy, _ k: UInt64, _ isWatched: Bool, _ horizon: Nanoseconds
    ) -> Attack {
        let projection = projection(throttle, k)
        return Attack(
            projection, rule: isWatched ? rule.flatMap { projection.canRaise($0) ? $0 : nil } : nil,
            // Without an alarm a creeping thief has nothing to fear.
            demand: isWatched ? demand : nil, delays: stage.delays, horizon: horizon,
            confidence: Probability(0.95), value: nil, draws: Self.draws, seed: seed)
    }
}

extension DrillForecast {
    /// How one drawn theft ends.
    private struct Ending {
        let seconds: Double
        let records: Double
        let isEnded: Bool
        /// When the alarm on the counts is raised; nil where it is not, or the theft is over.
        let alarm: Double?
    }

    /// The thefts of the sample, ended by whatever comes first: alarm, canary, budget, the last
    /// row, or the time for which they are watched.
    private func endings(of plan: Plan, _ attack: Attack, isWatched: Bool) -> [Ending] {
        var generator = SeededGenerator(seed: seed ^ 0x6361_6e61_7279)
        let all = plan.course.time(until: Double(stage.rows)).value
        let response = PERT(stage.delays.response.length)
        // An alarm is raised once the count is published and looked at.
        let later = PERT(stage.delays.publish).mean + PERT(stage.delays.evaluation).mean
        let spent = stage.budget.map {
            plan.course.time(until: Double($0.count + 1) * plan.course.recordsPerOperation).value
        }
        return plan.thefts.windows.indices.map { index in
            var end = plan.thefts.windows[index]
            var isEnded = plan.thefts.alarms[index].isFinite
            if isWatched, stage.canaries > 0 {
                let met = canaries.drawFirst(using: &generator)
                let seen =
                    plan.course.time(until: met).value
                    + response.draw(using: &generator)
                if seen < end { (end, isEnded) = (seen, true) }
            }
            if isWatched, let spent {
                let seen = spent + response.draw(using: &generator)
                if seen < end { (end, isEnded) = (seen, true) }
            }
            if all < end { (end, isEnded) = (all, false) }
            // Who takes nothing has no last record.
            if plan.recordsPerSecond == 0, !isEnded { end = 0 }
            let records = min(Double(stage.rows), plan.course.records(within: end))
            let alarm = plan.thefts.alarms[index] + later
            return Ending(
                seconds: end, records: records, isEnded: isEnded,
                alarm: alarm <= end ? alarm : nil)
        }
    }

    /// The alarms on the counts, of the thefts that have one; nil where hardly any has.
    private func alarm(of ends: [Ending]) -> DrillPrediction.Figure? {
        let alarms = ends.compactMap(\.alarm)
        guard Double(alarms.count) >= Self.rare * Double(ends.count) else { return nil }
        return figure(alarms)
    }

    private func figure(_ values: [Double]) -> DrillPrediction.Figure {
        let sorted = values.sorted()
        return DrillPrediction.Figure(
            mean: values.reduce(0, +) / Double(values.count),
            p50: sorted[Summary.rank(0.5, of: sorted.count)],
            p95: sorted[Summary.rank(0.95, of: sorted.count)])
    }

    /// The means at both ends of the rehearsed rate's interval.
    private func addBounds(
        to prediction: inout DrillPrediction, _ attack: Attack, isWatched: Bool
    ) {
        let manner = attack.manner(of: strategy)
        guard let slow = attack.plan(manner, at: .low), let fast = attack.plan(manner, at: .high)
        else { return }
        let ends = [slow, fast].map { endings(of: $0, attack, isWatched: isWatched) }
        func bounds(_ value: (Ending) -> Double) -> (Double, Double) {
            let means = ends.map { $0.map(value).reduce(0, +) / Double($0.count) }
            return (min(means[0], means[1]), max(means[0], means[1]))
        }
        (prediction.lost.low, prediction.lost.high) = bounds(\.records)
        (prediction.containment.low, prediction.containment.high) = bounds(\.seconds)
        let alarms = ends.compactMap { alarm(of: $0)?.mean }
        guard alarms.count == 2 else { return }
        prediction.alarm?.low = min(alarms[0], alarms[1])
        prediction.alarm?.high = max(alarms[0], alarms[1])
    }
}

extension DemandProfile {
    /// The same demand in every hour.
    ///
    /// - Parameter perSecond: calls a second.
    package static func steady(
        _ perSecond: Double, dispersion: Double, period: Nanoseconds
    ) -> DemandProfile {
        DemandProfile(
            period: period,
            means: [Double](repeating: perSecond * period.seconds.value, count: hours),
            dispersion: dispersion)
    }
}
