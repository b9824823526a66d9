import Foundation
import Results
import Units

/// Legitimate demand under an alarm that added calls can raise: what is the same for every thief.
///
/// Periods begin at the edges of the clock, the first of a week with it; each has the demand of the
/// hour in which it begins, independent of the others.
package struct WatchedDemand: Sendable {
    /// The alarm.
    package let rule: AlarmRule
    /// p in seconds.
    let period: Double
    /// θ_max, or −1 where every count breaches.
    let quietLimit: Double
    /// What the alarm remembers.
    let memory: AlarmMemory
    /// Periods after which the demand repeats itself: those of a week, or 1 where it is steady.
    let cycle: Int
    /// The distinct demands.
    let tails: [TailTable]
    /// Which of them each period of a cycle has.
    let kinds: [Int]
    /// P(D > θ_max) of each kind.
    private(set) var ownBreaches: [Double]
    /// The most that a period counts unless the thief alone has more; infinite where nobody said
    /// what there is to be shared.
    private var cap = Double.infinity

    /// The demand under an alarm.
    ///
    /// - Returns: nil where the alarm never fires for added calls.
    package init?(_ rule: AlarmRule, _ demand: DemandProfile) {
        guard let limit = Self.quietLimit(rule) else { return nil }
        quietLimit = limit
        self.rule = rule
        let period = rule.period.seconds.value
        self.period = period
        memory = AlarmMemory(
            datapointsToAlarm: rule.datapointsToAlarm, evaluationPeriods: rule.evaluationPeriods)
        // A profile of another period is taken to that of the alarm.
        let scale = period / demand.period.seconds.value
        let means = demand.means.map { $0 * scale }
        let isSteady = means.allSatisfy { $0 == means[0] }
        cycle = isSteady ? 1 : max(1, Int((Self.week / period).rounded()))
        var indices: [Double: Int] = [:]
        var tails: [TailTable] = []
        kinds = (0..<cycle).map { place in
            let hour = Int(Double(place) * period / Self.hour) % DemandProfile.hours
            if let known = indices[means[hour]] { return known }
            indices[means[hour]] = tails.count
            tails.append(
                TailTable(CountDistribution(mean: means[hour], dispersion: demand.dispersion)))
            return tails.count - 1
        }
        self.tails = tails
        ownBreaches = tails.map { $0.exactlyAbove(limit) }
    }

    /// The same demand under another alarm of the same period, without counting it again.
    ///
    /// - Returns: nil where the alarm never fires for added calls.
    package init?(_ rule: AlarmRule, like other: WatchedDemand) {
        precondition(rule.period == other.rule.period, "demand is counted in one period")
        guard let limit = Self.quietLimit(rule) else { return nil }
        quietLimit = limit
        self.rule = rule
        memory = AlarmMemory(
            datapointsToAlarm: rule.datapointsToAlarm, evaluationPeriods: rule.evaluationPeriods)
        (period, cycle, tails, kinds) = (other.period, other.cycle, other.tails, other.kinds)
        ownBreaches = tails.map { $0.exactlyAbove(limit) }
    }

    /// θ_max, or −1 where every count breaches; nil for an alarm on too few calls.
    private static func quietLimit(_ rule: AlarmRule) -> Double? {
        switch rule.settings.comparison {
        case .greaterThan: Double(rule.threshold.count)
        case .greaterOrEqual: Double(rule.threshold.count) - 1
        case .lessThan, .lessOrEqual: nil
        }
    }

    private static let hour = 3_600.0
    private static let week = 604_800.0

    /// θ_max − a: the most that the demand may come to in a period with so many added operations.
    ///
    /// A part of an operation counts as one.
    private func left(adding operations: Double) -> Double {
        // What sums of doubles are off by is no operation.
        (quietLimit - operations + 1e-6).rounded(.down)
    }

    /// The same where a period counts no more than so many operations.
    func capped(at most: Double) -> WatchedDemand {
        var capped = self
        capped.cap = most
        if most <= quietLimit { capped.ownBreaches = tails.map { _ in 0 } }
        return capped
    }

    /// Whether a period stays quiet, whatever the demand, since no more can be counted.
    private func isDeaf(adding operations: Double) -> Bool {
        max(cap, operations) <= quietLimit + 1e-6
    }

    /// P(D + a breaches) of a kind, for draws.
    func breach(_ kind: Int, adding operations: Double) -> Double {
        isDeaf(adding: operations) ? 0 : tails[kind].above(left(adding: operations))
    }

    /// P(D + a breaches) of each kind to all digits.
    func breaches(adding operations: Double) -> [Double] {
        if isDeaf(adding: operations) { return tails.map { _ in 0 } }
        return tails.map { $0.exactlyAbove(left(adding: operations)) }
    }

    /// E[min(most, max(0, θ_max − D))] of each kind: what there is to fill of a period.
    func roomBelow(atMost most: Double) -> [Double] {
        guard quietLimit > 0 else { return tails.map { _ in 0 } }
        return tails.map { table in
            let room = table.meanLeft(below: quietLimit)
            return min(most, room - table.meanLeft(below: max(0, quietLimit - most)))
        }
    }

    /// The mean over a cycle of a value of each kind.
    func mean(_ values: [Double]) -> Double {
        kinds.reduce(0) { $0 + values[$1] } / Double(cycle)
    }

    /// The kind of a period, counted from the beginning of some cycle.
    func kind(_ place: Int) -> Int { kinds[place % cycle] }
}
