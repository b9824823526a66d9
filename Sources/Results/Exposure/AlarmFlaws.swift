import Throttling
import Units

extension AlarmSettings {
    /// What stands against the alarm, in the order of its keys; empty where nothing does.
    ///
    /// The bounds are those of CloudWatch (PutMetricAlarm: `Period`, `EvaluationPeriods`,
    /// `DatapointsToAlarm`, `EvaluationWindow`), and a threshold must leave both answers open.
    package var flaws: [Flaw] {
        [periodFlaw, evaluationPeriodsFlaw, datapointsFlaw, thresholdFlaw].compactMap { $0 }
    }

    /// The periods below a minute.
    private static let shortPeriods: [Nanoseconds] = [.seconds(10), .seconds(20), .seconds(30)]
    /// The periods that have edges on the clock.
    private static let clockPeriods: [Nanoseconds] = [
        minute, .seconds(300), hour, day, week,
    ]
    private static let minute = Nanoseconds.seconds(60)
    private static let hour = Nanoseconds.seconds(3_600)
    private static let day = Nanoseconds.seconds(86_400)
    private static let week = Nanoseconds.seconds(604_800)

    /// The longest time that may be looked back on.
    private var longestLook: Nanoseconds { period < Self.hour ? Self.day : Self.week }

    private var hasKnownPeriod: Bool {
        Self.shortPeriods.contains(period)
            || period >= Self.minute && period.count % Self.minute.count == 0
    }

    private var periodFlaw: Flaw? {
        guard hasKnownPeriod else {
            return Flaw(
                "period", period, "is none that an alarm has: take 10s, 20s, 30s or whole minutes")
        }
        guard period <= Self.week else {
            return Flaw("period", period, "is longer than an alarm looks back: take at most 7d")
        }
        guard window == .sliding || Self.clockPeriods.contains(period) else {
            return Flaw(
                "period", period,
                "has no edges on the clock: take 1m, 5m, 1h, 1d or 7d, or 'window: sliding'")
        }
        return nil
    }

    private var evaluationPeriodsFlaw: Flaw? {
        guard evaluationPeriods >= 1 else {
            return Flaw(
                "evaluation-periods", evaluationPeriods, "looks at nothing: take at least 1")
        }
        guard hasKnownPeriod, period <= Self.week else { return nil }
        let most = longestLook.count / period.count
        guard evaluationPeriods <= most else {
            return Flaw(
                "evaluation-periods", evaluationPeriods,
                "periods of \(period) are more than the \(longestLook) that an alarm looks back: "
                    + "take at most \(most)")
        }
        return nil
    }

    private var datapointsFlaw: Flaw? {
        guard datapointsToAlarm >= 1 else {
            return Flaw(
                "datapoints-to-alarm", datapointsToAlarm,
                "would need no breach to alarm: take at least 1")
        }
        guard datapointsToAlarm <= max(1, evaluationPeriods) else {
            return Flaw(
                "datapoints-to-alarm", datapointsToAlarm,
                "is more than the \(evaluationPeriods) of 'evaluation-periods': take at most "
                    + "\(max(1, evaluationPeriods))")
        }
        return nil
    }

    private var thresholdFlaw: Flaw? {
        guard let threshold, threshold.count == 0 else { return nil }
        return switch comparison {
        case .greaterOrEqual:
            Flaw("threshold", threshold, "is always reached with '>=': take at least 1, or '>'")
        case .lessThan:
            Flaw("threshold", threshold, "is never undercut with '<': take at least 1, or '<='")
        case .greaterThan, .lessOrEqual: nil
        }
    }
}
