import Results
import Throttling
import Units

/// What throttle and alarm to choose for a demand, and what every other choice would give.
package struct ThresholdChoice: Hashable, Sendable {
    /// One alarm with one throttle.
    package struct Point: Hashable, Sendable {
        /// The alarm.
        package let rule: AlarmRule
        /// The throttle.
        package let throttle: Policy
        /// False alarms in a month of 30 days, by the model of the demand.
        package let modelledPerMonth: Double
        /// The same by replay of the trace; nil without one.
        package let replayedPerMonth: Double?
        /// Records lost in 95 of 100 thefts at most, by the worst strategy that adds calls.
        package let recordsLost: Double
        /// The share of legitimate calls that the throttle denies or delays.
        package let burdenedShare: Double
        /// Whether the alarm can be raised behind the throttle; where not, the throttle is alone.
        package let isHeard: Bool
        /// What devices, burdened calls and false alarms come to in a month, in the mean.
        package let monthlyCost: Double

        package init(
            rule: AlarmRule, throttle: Policy, falseAlarmsPerMonth: Double,
            replayedPerMonth: Double? = nil, recordsLost: Double, burdenedShare: Double,
            isHeard: Bool = true, monthlyCost: Double
        ) {
            self.monthlyCost = monthlyCost
            modelledPerMonth = falseAlarmsPerMonth
            self.replayedPerMonth = replayedPerMonth
            self.isHeard = isHeard
            self.rule = rule
            self.throttle = throttle
            self.recordsLost = recordsLost
            self.burdenedShare = burdenedShare
        }

        /// False alarms in a month of 30 days: by the model, or by replay where that has more.
        package var falseAlarmsPerMonth: Double { max(modelledPerMonth, replayedPerMonth ?? 0) }
    }

    /// A target that no choice meets together with the others.
    package struct Miss: Hashable, Sendable {
        /// The target in words, with its value.
        package let target: String
        /// The nearest that can be had, in the target's unit.
        package let nearest: Double
        /// By how many times the nearest exceeds the target.
        package let excess: Double
        /// Whether it is a share of all calls, which is told in percent.
        package let isShare: Bool

        package init(target: String, nearest: Double, excess: Double, isShare: Bool = false) {
            (self.target, self.nearest, self.excess) = (target, nearest, excess)
            self.isShare = isShare
        }
    }

    /// The targets.
    package let targets: TargetSettings
    /// The frontier: no other choice has both fewer false alarms and a smaller loss.
    package let frontier: [Point]
    /// Of the cheapest choices that meet every target the one that loses least; nil where there is
    /// none.
    package let recommended: Point?
    /// The targets that cannot be met; empty where there is a recommendation.
    package let misses: [Miss]
    /// Calls a second of the device, however many callers; nil where nobody says.
    package internal(set) var deviceRate: Double?
    /// What becomes of thieves under the recommended choice; nil where nobody can tell.
    package internal(set) var outlook: Outlook?

    /// A choice.
    package init(
        targets: TargetSettings, frontier: [Point], recommended: Point?, misses: [Miss],
        deviceRate: Double? = nil, outlook: Outlook? = nil
    ) {
        self.deviceRate = deviceRate
        self.outlook = outlook
        self.targets = targets
        self.frontier = frontier
        self.recommended = recommended
        self.misses = misses
    }
}

extension ThresholdChoice {
    /// Of the points that cost as little as any the one that loses least; nil of none.
    ///
    /// Costs that lie within 1 % of the least, or within 1 of the currency, are the same: what is
    /// assumed of prices is known no better, and less decides nothing.
    package static func cheapest(
        of points: [Point], by monthlyCost: (Point) -> Double
    ) -> Point? {
        let priced = points.map { (point: $0, cost: monthlyCost($0)) }
        guard let least = priced.map({ $0.cost }).min() else { return nil }
        let most = max(1.01 * least, least + 1)
        let equals = priced.filter { $0.cost <= most }
        return equals.min {
            ($0.point.recordsLost, $0.cost) < ($1.point.recordsLost, $1.cost)
        }?.point
    }

    /// The frontier with the recommended choice in its place, which another may beat in alarms and
    /// loss that costs more.
    package var listed: [Point] {
        guard let recommended, !frontier.contains(recommended) else { return frontier }
        let before = frontier.prefix {
            ($0.falseAlarmsPerMonth, -$0.recordsLost)
                <= (recommended.falseAlarmsPerMonth, -recommended.recordsLost)
        }
        return Array(before) + [recommended] + Array(frontier.dropFirst(before.count))
    }
}
