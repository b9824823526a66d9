import Results
import Throttling
import Units

/// The search for a throttle and an alarm: rates of a token bucket, M of N and thresholds, each
/// combination judged by its false alarms, what it costs the innocent and what the worst thief
/// gets.
package struct ThresholdSearch: Sendable {
    /// The setting of the attack; its alarm is only the pattern for those that are tried.
    private let setting: AttackSetting
    private let demand: DemandProfile
    private let targets: TargetSettings
    private let dataset: RecordCount
    /// The alarms that are tried.
    private let alarms: [Alarm]
    /// The levels of the demand, for what throttles cost the innocent.
    private let levels: DemandLevels
    /// What the demand was fitted to; nil without a trace.
    private let trace: DemandTrace?
    /// What a choice costs the defender in a month.
    private let monthlyCost: @Sendable (_ burdenedShare: Double, _ falseAlarms: Double) -> Double

    /// A search.
    ///
    /// - Parameters:
    ///   - alarm: the scenario's own, tried beside others of its period.
    ///   - trace: what the demand was fitted to, replayed under each alarm and through each
    ///     throttle; nil without one.
    ///   - dataset: N, of which records are lost.
    ///   - monthlyCost: what a choice comes to with so many false alarms in a month, which burdens
    ///     such a share of the calls.
    package init(
        setting: AttackSetting, levels: DemandLevels, alarm: AlarmSettings,
        targets: TargetSettings, dataset: RecordCount, replaying trace: DemandTrace? = nil,
        on spread: some Spreading,
        monthlyCost: @escaping @Sendable (_ burdenedShare: Double, _ falseAlarms: Double) -> Double
    ) {
        self.setting = setting
        (self.levels, self.trace) = (levels, trace)
        demand = levels.demand
        self.targets = targets
        self.dataset = dataset
        self.monthlyCost = monthlyCost
        alarms = Self.alarms(like: alarm, demand, trace, targets, on: spread)
    }

    /// What to choose, beside the throttles that somebody has thought of already.
    ///
    /// - Parameter projection: what a thief gets behind a throttle.
    package func choice(
        of projection: @escaping @Sendable (Policy) -> Projection, among throttles: [Policy],
        on spread: some Spreading
    ) -> ThresholdChoice {
        let open = projection(.none)
        let single = open.service.rate.estimate / Double(max(1, open.service.cell.callers))
        let considered = (buckets(upTo: open.service.rate.estimate) + throttles).uniqued()
        let burdens = spread.map(considered.count) { index in
            Burden(
                of: considered[index], on: levels, servedRate: single,
                deviceRate: open.service.rate.estimate, replaying: trace
            ).share
        }
        let candidates = Array(zip(considered, burdens)).compactMap { throttle, burden in
            burden.map { Candidate(projection: projection(throttle), burden: $0) }
        }
        let isBearable = { (candidate: Candidate) in
            candidate.burden <= targets.burdenedShare.value
        }
        let bearable = points(candidates.filter(isBearable), spread)
        var choice = chosen(from: bearable)
        choice.deviceRate = open.service.rate.estimate
        if let recommended = choice.recommended {
            choice.outlook = outlook(of: recommended, projection(recommended.throttle))
            return choice
        }
        // How near the targets come is also told by throttles that burden too many.
        let others = points(candidates.filter { !isBearable($0) }, spread)
        return ThresholdChoice(
            targets: targets,
            frontier: bearable.isEmpty ? Self.frontier(of: others) : choice.frontier,
            recommended: nil, misses: misses(of: bearable + others),
            deviceRate: choice.deviceRate)
    }

    /// A throttle that is tried, with what it costs the innocent.
    private struct Candidate: Sendable {
        let projection: Projection
        let burden: Double
    }

    private func points(
        _ candidates: [Candidate], _ spread: some Spreading
    ) -> [ThresholdChoice.Point] {
        let points = spread.map(candidates.count * alarms.count) { index in
            point(candidates[index / alarms.count], alarms[index % alarms.count])
        }
        // A throttle that silences alarms is alone, whichever of them it was tried with.
        var alone: Set<Policy> = []
        return points.filter { $0.isHeard || alone.insert($0.throttle).inserted }
    }

    /// An alarm that is tried.
    private struct Alarm: Sendable {
        let rule: AlarmRule
        /// False alarms a month by the model.
        let falseAlarms: Double
        /// The same by replay of the trace; nil without one.
        let replayed: Double?
        /// The demand under it, the same for every throttle.
        let watched: WatchedDemand?
    }

    private func point(_ candidate: Candidate, _ alarm: Alarm) -> ThresholdChoice.Point {
        let isHeard = candidate.projection.canRaise(alarm.rule)
        let attack = attack(candidate.projection, isHeard ? alarm.watched : nil)
        let modelled = isHeard ? alarm.falseAlarms : 0
        let replayed = alarm.replayed.map { isHeard ? $0 : 0 }
        return ThresholdChoice.Point(
            rule: alarm.rule, throttle: candidate.projection.throttle,
            falseAlarmsPerMonth: modelled, replayedPerMonth: replayed,
            recordsLost: attack.reachedLoss(by: .best, of: dataset),
            burdenedShare: candidate.burden, isHeard: isHeard,
            monthlyCost: monthlyCost(candidate.burden, max(modelled, replayed ?? 0)))
    }

    private func attack(_ projection: Projection, _ watched: WatchedDemand?) -> Attack {
        Attack(projection, watched: watched, demand: demand, setting: setting)
    }

    /// What becomes of thieves under a choice.
    private func outlook(
        of point: ThresholdChoice.Point, _ projection: Projection
    ) -> ThresholdChoice.Outlook? {
        let alarm = alarms.first { $0.rule == point.rule }
        return attack(projection, point.isHeard ? alarm?.watched : nil).outlook(of: dataset)
    }
}

extension ThresholdSearch {
    /// Steps of one decade of rates.
    private static let steps: [UInt64] = [10, 15, 20, 30, 50, 70]

    /// None, and token buckets from the mean demand to four times the busiest hour's or what the
    /// device does, a second's worth of calls in each.
    private func buckets(upTo served: Double) -> [Policy] {
        let busiest = (demand.means.max() ?? 0) / demand.period.seconds.value
        let most = min(served, 4 * busiest)
        var rates: [UInt64] = []
        var decade: UInt64 = 1
        while Double(decade) <= most, decade < 1_000_000_000_000 {
            rates += Self.steps.map { $0 * decade / 10 }
            decade *= 10
        }
        let least = demand.perSecond
        let buckets = rates.filter { $0 > 0 && Double($0) >= least && Double($0) < most }
            .map { rate in
                Policy(.tokenBucket(TokenBucket(rate: Rate(rate), burst: RecordCount(rate))))
            }
        return [.none] + buckets
    }

    /// M of N that are tried beside the scenario's own.
    private static let counts = [(1, 1), (2, 2), (3, 3), (3, 5)]
    /// False alarms that are tried, as parts of the target.
    private static let parts = [0.1, 1, 10]

    /// The alarms that are tried: for each M of N the least thresholds with so many false alarms,
    /// and the scenario's own where it says one.
    private static func alarms(
        like alarm: AlarmSettings, _ demand: DemandProfile, _ trace: DemandTrace?,
        _ targets: TargetSettings, on spread: some Spreading
    ) -> [Alarm] {
        let own = (alarm.datapointsToAlarm, alarm.evaluationPeriods)
        let tries = [own] + counts.filter { $0 != own }
        let tried = tries.map { breaches, periods in
            var settings = alarm
            (settings.datapointsToAlarm, settings.evaluationPeriods) = (breaches, periods)
            return settings
        }.filter(\.flaws.isEmpty)
        let found = spread.map(tried.count * parts.count) { index -> AlarmRule? in
            let settings = tried[index / parts.count]
            let most = targets.falseAlarmsPerMonth * parts[index % parts.count]
            return FalseAlarms.threshold(
                for: settings, demand: demand, replaying: trace, falseAlarmsPerMonth: most
            ).map(settings.rule)
        }
        let stated = alarm.threshold.map(alarm.rule)
        let rules = ([stated] + found).compactMap(\.self).uniqued()
        guard let first = rules.first, let counted = WatchedDemand(first, demand) else {
            return []
        }
        return spread.map(rules.count) { index in
            Alarm(
                rule: rules[index],
                falseAlarms: FalseAlarms.perMonth(of: demand, under: rules[index]),
                replayed: trace.map { FalseAlarms.perMonth(replaying: $0, under: rules[index]) },
                watched: WatchedDemand(rules[index], like: counted))
        }
    }
}

extension ThresholdSearch {
    /// The cheapest of the points that burden few enough.
    private func chosen(from points: [ThresholdChoice.Point]) -> ThresholdChoice {
        func cheapest(of points: [ThresholdChoice.Point]) -> ThresholdChoice.Point? {
            let good = points.filter {
                $0.falseAlarmsPerMonth <= targets.falseAlarmsPerMonth
                    && $0.recordsLost <= Double(targets.recordsLost.count)
            }
            return ThresholdChoice.cheapest(of: good, by: \.monthlyCost)
        }
        // A throttle that holds alone is taken where no alarm helps any.
        let heard = points.filter(\.isHeard)
        if let recommended = cheapest(of: heard) {
            return ThresholdChoice(
                targets: targets, frontier: Self.frontier(of: heard), recommended: recommended,
                misses: [])
        }
        return ThresholdChoice(
            targets: targets, frontier: Self.frontier(of: points),
            recommended: cheapest(of: points), misses: [])
    }

    /// The points that no other beats in false alarms and in loss, from few false alarms to many.
    private static func frontier(
        of points: [ThresholdChoice.Point]
    ) -> [ThresholdChoice.Point] {
        let sorted = points.sorted {
            ($0.falseAlarmsPerMonth, $0.recordsLost, $0.burdenedShare)
                < ($1.falseAlarmsPerMonth, $1.recordsLost, $1.burdenedShare)
        }
        var least = Double.infinity
        return sorted.filter { point in
            guard point.recordsLost < least else { return false }
            least = point.recordsLost
            return true
        }
    }

    /// Which of the three targets is a share.
    private static let shareTarget = 1

    /// How near each target comes to be met while the other two are.
    private func misses(of points: [ThresholdChoice.Point]) -> [ThresholdChoice.Miss] {
        typealias Point = ThresholdChoice.Point
        let wanted: [(target: String, value: (Point) -> Double, most: Double)] = [
            (
                "\(Significant.text(targets.falseAlarmsPerMonth)) false alarms a month",
                \.falseAlarmsPerMonth, targets.falseAlarmsPerMonth
            ),
            (
                "\(targets.burdenedShare.inPercent) of the legitimate calls denied or delayed",
                \.burdenedShare, targets.burdenedShare.value
            ),
            (
                "\(targets.recordsLost.inWords) records lost", \.recordsLost,
                Double(targets.recordsLost.count)
            ),
        ]
        return wanted.indices.compactMap { index in
            let others = wanted.indices.filter { $0 != index }
            let meeting = points.filter { point in
                others.allSatisfy { wanted[$0].value(point) <= wanted[$0].most }
            }
            guard let nearest = meeting.map(wanted[index].value).min() else { return nil }
            return ThresholdChoice.Miss(
                target: wanted[index].target, nearest: nearest,
                excess: nearest / wanted[index].most, isShare: index == Self.shareTarget)
        }
    }
}

extension Array where Element: Hashable {
    /// Each element once, in order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
