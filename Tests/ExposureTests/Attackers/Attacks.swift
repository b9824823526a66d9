import Exposure
import Results
import Throttling
import Units

/// Attacks built in code.
enum Attacks {
    /// A demand of so many operations a second at all hours.
    static func steady(
        _ perSecond: Double, period: Nanoseconds = .seconds(60), dispersion: Double = 1
    ) -> DemandProfile {
        DemandProfile(
            period: period,
            means: [Double](
                repeating: perSecond * period.seconds.value, count: DemandProfile.hours),
            dispersion: dispersion)
    }

    /// A demand that doubles by day and halves by night.
    static func diurnal(
        _ perSecond: Double, period: Nanoseconds = .seconds(60), dispersion: Double = 1
    ) -> DemandProfile {
        DemandProfile(
            period: period,
            means: (0..<DemandProfile.hours).map { hour in
                let factor = (8..<18).contains(hour % 24) ? 1.8 : hour % 24 < 6 ? 0.3 : 0.7
                return perSecond * factor * period.seconds.value
            }, dispersion: dispersion)
    }

    /// An alarm of M of N periods.
    static func rule(
        _ threshold: UInt64, _ m: Int = 3, of n: Int = 3, period: Nanoseconds = .seconds(60),
        comparison: AlarmComparison = .greaterThan
    ) -> AlarmRule {
        AlarmSettings(
            period: period, threshold: nil, comparison: comparison, evaluationPeriods: n,
            datapointsToAlarm: m
        ).rule(at: RecordCount(threshold))
    }

    /// An attack on an anchor of a rate.
    static func attack(
        _ throttle: Policy = .none, perSecond rates: [Double] = [20_000],
        recordsPerOperation: UInt64 = 1, rule: AlarmRule? = rule(30_000),
        demand: DemandProfile? = steady(200), delays: DelaySettings? = nil,
        horizon: Nanoseconds = .seconds(86_400), confidence: Double = 0.95,
        value: ValueCurve? = nil, draws: Int = 640, seed: UInt64 = 1
    ) throws -> Attack {
        Attack(
            try Runs.projection(
                throttle, perSecond: rates, recordsPerOperation: recordsPerOperation),
            rule: rule, demand: demand, delays: delays, horizon: horizon,
            confidence: Probability(confidence), value: value, draws: draws, seed: seed)
    }

    /// A data set without end.
    static let endless = RecordCount(1_000_000_000_000_000)
}
