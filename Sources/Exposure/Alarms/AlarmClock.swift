import Results
import Units

/// When an alarm is evaluated, and at which stretches of time each evaluation looks.
///
/// Instants count from 1970-01-01 00:00 in the time zone of the alarm. Source: Amazon CloudWatch
/// User Guide. "Alarm evaluation": every minute for periods of a minute and more, every 10 s for
/// those of 10, 20 and 30 s, and every hour, up to the full hour, where N · p exceeds a day. "Alarm
/// evaluation window": a sliding window reaches back from the evaluation; a wall-clock window is
/// evaluated as often, but looks at the periods of the clock that are over, so that nothing new is
/// seen but at their edges, which for weeks are Mondays.
package struct AlarmClock: Hashable, Sendable {
    /// The alarm.
    package let rule: AlarmRule
    /// How far apart two evaluations are that can differ.
    package let step: Nanoseconds
    /// The longest time of which both the step and the period are multiples: counts of grains are
    /// all that an alarm needs.
    package let grain: Nanoseconds
    /// An instant of evaluation.
    private let edge: Nanoseconds

    private static let shortStep = Nanoseconds.seconds(10)
    private static let minute = Nanoseconds.seconds(60)
    private static let hour = Nanoseconds.seconds(3_600)
    private static let day = Nanoseconds.seconds(86_400)
    private static let week = Nanoseconds.seconds(604_800)
    /// 1970-01-05 was a Monday.
    private static let firstMonday = Nanoseconds.seconds(4 * 86_400)

    /// The clock of an alarm without flaws.
    package init(_ rule: AlarmRule) {
        self.rule = rule
        let period = rule.period
        edge = period == Self.week ? Self.firstMonday : .zero
        if rule.settings.window == .wallClock {
            step = period
        } else if period < Self.minute {
            step = Self.shortStep
        } else {
            let looksBeyondADay = period.count > Self.day.count / Int64(rule.evaluationPeriods)
            step = looksBeyondADay ? Self.hour : Self.minute
        }
        grain = Self.commonMeasure(step, period)
    }

    /// The first evaluation at an instant or after it.
    package func evaluation(notBefore instant: Nanoseconds) -> Nanoseconds {
        let past = (instant - edge).count % step.count
        guard past != 0 else { return instant }
        return Nanoseconds(instant.count - past + (past > 0 ? step.count : 0))
    }

    /// What an evaluation sees of the period that is so many before its newest, which is 0.
    package func stretch(_ age: Int, at evaluation: Nanoseconds) -> Range<Nanoseconds> {
        let end = Nanoseconds(evaluation.count - Int64(age) * rule.period.count)
        return end - rule.period..<end
    }

    /// Grains in a period.
    package var grainsInPeriod: Int { Int(rule.period.count / grain.count) }

    /// Grains from one evaluation to the next.
    package var grainsInStep: Int { Int(step.count / grain.count) }

    /// Euclid's algorithm.
    private static func commonMeasure(_ one: Nanoseconds, _ other: Nanoseconds) -> Nanoseconds {
        var (larger, smaller) = (one.count, other.count)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return Nanoseconds(larger)
    }
}

extension AlarmClock {
    /// How many evaluations find their newest period breaching.
    ///
    /// - Parameter counts: operations in successive grains from an evaluation on; nil where nothing
    ///   is known.
    package func breaches(of counts: [Double?]) -> Int {
        var alarm = ClockedAlarm(self)
        var breaches = 0
        for count in counts where alarm.receive(count) != nil {
            if let newest = alarm.newest, rule.isBreached(by: newest) { breaches += 1 }
        }
        return breaches
    }

    /// When the alarm goes off, each time that it does, from the beginning of the first grain.
    ///
    /// - Parameter counts: operations in successive grains from an evaluation on; nil where nothing
    ///   is known.
    package func onsets(in counts: [Double?]) -> [Nanoseconds] {
        var alarm = ClockedAlarm(self)
        var onsets: [Nanoseconds] = []
        for (index, count) in counts.enumerated() {
            let before = alarm.state
            guard alarm.receive(count) == .alarm, before != .alarm else { continue }
            onsets.append(Nanoseconds(Int64(index + 1) * grain.count))
        }
        return onsets
    }
}
