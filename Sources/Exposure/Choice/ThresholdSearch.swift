import Results
import Throttling
import Units

/// The search for a throttle and an alarm: rates of a token bucket, M of N and thresholds, each
/// combination judged by its false alarms, what it costs the innocent and what the worst thief gets.
package struct ThresholdSearch: Sendable {
    /// What is to be defended, behind any throttle.
    private let projection: @Sendable (Policy) -> Projection
    /// The setting of the attack; its alarm is only the pattern for those that are tried.
    private let setting: AttackSetting
    private let demand: DemandProfile
    private let alarm: AlarmSettings
    private let targets: TargetSettings
    private let dataset: RecordCount
    /// What a point costs the defender in a month.
    private let monthlyCost: @Sendable (ThresholdChoice.Point) -> Double

    /// A search.
    ///
    /// - Parameters:
    ///   - projection: what a thief gets behind a throttle.
    ///   - dataset: N, of which records are lost.
    ///   - monthlyCost: what false alarms and burdened calls of a choice come to.
    package init(
        of projection: @escaping @Sendable (Policy) -> Projection, setting: AttackSetting,
        demand: DemandProfile, alarm: AlarmSettings, targets: TargetSettings,
        dataset: RecordCount,
        monthlyCost: @escaping @Sendable (ThresholdChoice.Point) -> Double
    ) {
        self.projection = projection
        self.setting = setting
        self.demand = demand
        self.alarm = alarm
        self.targets = targets
        self.dataset = dataset
        self.monthlyCost = monthlyCost
    }

    /// What to choose, beside the throttles that somebody has thought of already.
    package func choice(among throttles: [Policy], on spread: some Spreading) -> ThresholdChoice {
        let open = projection(.none)
        let single = open.service.rate.estimate / Double(max(1, open.service.cell.callers))
        let candidates = (self.throttles(upTo: open.service.rate.estimate) + throttles)
            .uniqued()
            .compactMap { throttle in
                Burden(of: throttle, on: demand, servedRate: single).share
                    .map { (throttle: throttle, burden: $0) }
            }
        let alarms = alarms
        let parts = spread.map(candidates.count) { index in
            let (throttle, burden) = candidates[index]
            let projection = projection(throttle)
            return alarms.map { alarm in
                point(throttle, projection, alarm, burden)
            }
        }
        return chosen(from: parts.flatMap { $0 })
    }

    /// An alarm that is tried.
    private struct Alarm: Sendable {
        let rule: AlarmRule
        let falseAlarms: Double
        /// The demand under it, the same for every throttle.
        let watched: WatchedDemand?
    }

    private func point(
        _ throttle: Policy, _ projection: Projection, _ alarm: Alarm, _ burden: Double
    ) -> ThresholdChoice.Point {
        let attack = Attack(projection, watched: alarm.watched, demand: demand, setting: setting)
        let worst = attack.containment(of: .best, datasets: [dataset])
        return ThresholdChoice.Point(
            rule: alarm.rule, throttle: throttle, falseAlarmsPerMonth: alarm.falseAlarms,
            recordsLost: worst.losses.first?.records.p95 ?? 0, burdenedShare: burden)
    }
}

extension ThresholdSearch {
    /// Steps of one decade of rates.
    private static let steps: [UInt64] = [10, 15, 20, 30, 50, 70]

    /// Token buckets from half of the mean demand to what the device does, a second's worth of
    /// calls in each, and none.
    private func throttles(upTo most: Double) -> [Policy] {
        var rates: [UInt64] = []
        var decade: UInt64 = 1
        while Double(decade) <= most, decade < 1_000_000_000_000 {
            rates += Self.steps.map { $0 * decade / 10 }
            decade *= 10
        }
        let least = demand.perSecond / 2
        let buckets = rates.filter { $0 > 0 && Double($0) >= least && Double($0) < most }
            .map { rate in
                Policy(.tokenBucket(TokenBucket(rate: Rate(rate), burst: RecordCount(rate))))
            }
        return [.none] + buckets
    }

    /// M of N that are tried beside the scenario's own.
    private static let counts = [(1, 1), (2, 2), (3, 3), (2, 3), (3, 5), (5, 5)]
    /// False alarms that are tried, as parts of the target.
    private static let parts = [0.01, 0.1, 1, 10]

    /// The alarms that are tried: for each M of N the least thresholds with so many false alarms,
    /// and the scenario's own where it says one.
    private var alarms: [Alarm] {
        let own = (alarm.datapointsToAlarm, alarm.evaluationPeriods)
        let counts = [own] + Self.counts.filter { $0 != own }
        var alarms: [Alarm] = []
        func add(_ rule: AlarmRule) {
            guard !alarms.contains(where: { $0.rule == rule }) else { return }
            alarms.append(
                Alarm(
                    rule: rule, falseAlarms: FalseAlarms.perMonth(of: demand, under: rule),
                    watched: WatchedDemand(rule, demand)))
        }
        if let threshold = alarm.threshold { add(alarm.rule(at: threshold)) }
        for (breaches, periods) in counts {
            var settings = alarm
            (settings.datapointsToAlarm, settings.evaluationPeriods) = (breaches, periods)
            guard settings.flaws.isEmpty else { continue }
            for part in Self.parts {
                let most = targets.falseAlarmsPerMonth * part
                let threshold = FalseAlarms.threshold(
                    for: settings, demand: demand, falseAlarmsPerMonth: most)
                if let threshold { add(settings.rule(at: threshold)) }
            }
        }
        return alarms
    }
}

extension ThresholdSearch {
    private func chosen(from points: [ThresholdChoice.Point]) -> ThresholdChoice {
        let bearable = points.filter { $0.burdenedShare <= targets.burdenedShare.value }
        let frontier = Self.frontier(of: bearable.isEmpty ? points : bearable)
        let good = bearable.filter {
            $0.falseAlarmsPerMonth <= targets.falseAlarmsPerMonth
                && $0.recordsLost <= Double(targets.recordsLost.count)
        }
        // Of two that cost the same, the one that loses less.
        let cheapest = good.min {
            (monthlyCost($0), $0.recordsLost) < (monthlyCost($1), $1.recordsLost)
        }
        return ThresholdChoice(
            targets: targets, frontier: frontier, recommended: cheapest,
            misses: cheapest == nil ? misses(of: points) : [])
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
                excess: nearest / wanted[index].most)
        }
    }
}

extension Array where Element: Hashable {
    /// Each element once, in order.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
