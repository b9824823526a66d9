import Units

/// One theft period by period, for a picture: what is usual, what the thief adds, when it is
/// noticed and ended.
package struct DetectionStory: Hashable, Sendable {
    /// One period of the alarm.
    package struct Period: Hashable, Sendable {
        /// When it begins, in seconds from the thief's first call; negative before it.
        package let start: Seconds
        /// The middle 90 % of the legitimate counts, and their mean.
        package let usual: (low: Double, mean: Double, high: Double)
        /// The thief's operations.
        package let attack: Double
        /// Records that the thief holds at its end.
        package let lost: Double

        package init(
            start: Seconds, usual: (low: Double, mean: Double, high: Double), attack: Double,
            lost: Double
        ) {
            (self.start, self.usual, self.attack, self.lost) = (start, usual, attack, lost)
        }

        package static func == (left: Period, right: Period) -> Bool {
            left.start == right.start && left.usual == right.usual
                && left.attack == right.attack && left.lost == right.lost
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(start)
            hasher.combine(attack)
        }
    }

    /// The strategy that is told of.
    package let strategy: Strategy
    /// p.
    package let period: Nanoseconds
    /// θ.
    package let threshold: RecordCount
    /// The periods, some before the first call and some after the last.
    package let periods: [Period]
    /// Seconds from the first call to the alarm; nil where there is none.
    package let alarm: Seconds?
    /// Seconds from the first call to the last; nil where the theft goes on.
    package let contained: Seconds?

    /// A story.
    package init(
        strategy: Strategy, period: Nanoseconds, threshold: RecordCount, periods: [Period],
        alarm: Seconds?, contained: Seconds?
    ) {
        self.strategy = strategy
        self.period = period
        self.threshold = threshold
        self.periods = periods
        self.alarm = alarm
        self.contained = contained
    }
}
