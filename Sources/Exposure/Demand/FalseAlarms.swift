import Foundation
import Latency
import Results
import Units

/// How often an alarm fires on legitimate demand alone.
///
/// An onset is a period at whose end at least M of the last N breach, where at the end of the one
/// before fewer did: an alarm that goes on is counted once, at its beginning.
package struct FalseAlarms: Hashable, Sendable {
    /// Onsets in a month of 30 days.
    package let perMonth: Double
    /// Where the true rate lies with 95 %; nil for no interval.
    package let interval: ClosedRange<Double>?
    /// How the rate and its interval were found, in a sentence.
    package let method: String

    /// A rate.
    package init(perMonth: Double, interval: ClosedRange<Double>?, method: String) {
        (self.perMonth, self.interval, self.method) = (perMonth, interval, method)
    }

    /// A month: 30 days.
    package static let month = Seconds(30 * 86_400)

    /// By the model of a profile.
    package init(of profile: DemandProfile, under rule: AlarmRule) {
        self.init(
            perMonth: Self.perMonth(of: profile, under: rule), interval: nil,
            method: "by the demand's profile, periods taken to be independent; no interval")
    }

    /// Onsets a month in the profile's long run, its periods taken to be independent.
    ///
    /// Exact: an onset at t needs a breach at t, M − 1 among the N − 1 periods before, and a quiet
    /// period N before t. With independent periods these three have a product for a probability,
    /// the second that of a Poisson binomial distribution (Wang, Statistica Sinica 3, 1993). For
    /// one mean throughout and M = N it is (1 − p) p^M a period.
    package static func perMonth(of profile: DemandProfile, under rule: AlarmRule) -> Double {
        precondition(rule.period == profile.period, "a profile is stated at its alarm's period")
        let week = WeekOfPeriods(profile)
        return perMonth(of: week, dispersion: profile.dispersion, under: rule)
    }

    static func perMonth(
        of week: WeekOfPeriods, dispersion: Double, under rule: AlarmRule
    ) -> Double {
        let breaching = week.means.map {
            CountDistribution(mean: $0, dispersion: dispersion).probability(breaching: rule)
        }
        let onsets = OnsetRate(
            breaching: breaching, kinds: week.kinds, datapointsToAlarm: rule.datapointsToAlarm,
            evaluationPeriods: rule.evaluationPeriods)
        return onsets.perPeriod * (month.value / rule.period.seconds.value)
    }

    /// The least threshold at which a profile's alarms are no more than so many a month; nil where
    /// the alarm watches for too few operations.
    ///
    /// A threshold so low that the alarm is hardly ever off has few onsets too. Those are passed
    /// over: the busiest hour breaches at most M of N + 1 periods, from where on a higher threshold
    /// has fewer onsets in every hour.
    package static func threshold(
        for settings: AlarmSettings, demand: DemandProfile, falseAlarmsPerMonth target: Double
    ) -> RecordCount? {
        guard settings.comparison == .greaterThan || settings.comparison == .greaterOrEqual else {
            return nil
        }
        let (week, dispersion) = (WeekOfPeriods(demand), demand.dispersion)
        let busiest = CountDistribution(mean: week.means.max() ?? 0, dispersion: dispersion)
        let share = Double(settings.datapointsToAlarm) / Double(settings.evaluationPeriods + 1)
        let shift: UInt64 = settings.comparison == .greaterOrEqual ? 1 : 0
        let isMet = { (count: UInt64) in
            let rule = settings.rule(at: RecordCount(count + shift))
            return perMonth(of: week, dispersion: dispersion, under: rule) <= target
        }
        var low = busiest.quantile(upperTail: share)
        guard !isMet(low) else { return RecordCount(low + shift) }
        var step = UInt64(max(1, busiest.variance.squareRoot()))
        var high = low
        repeat {
            low = high
            high += step
            step *= 2
            guard high < 1 << 62 else { return nil }
        } while !isMet(high)
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if isMet(middle) { high = middle } else { low = middle }
        }
        return RecordCount(high + shift)
    }
}

extension CountDistribution {
    /// The probability that a period breaches.
    package func probability(breaching rule: AlarmRule) -> Double {
        let threshold = rule.threshold.count
        return switch rule.settings.comparison {
        case .greaterThan: probability(above: threshold)
        case .greaterOrEqual: threshold > 0 ? probability(above: threshold - 1) : 1
        case .lessThan: threshold > 0 ? probability(upTo: threshold - 1) : 0
        case .lessOrEqual: probability(upTo: threshold)
        }
    }
}
