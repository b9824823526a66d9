import Units

/// What a throttle and an alarm shall achieve together.
package struct TargetSettings: Codable, Hashable, Sendable {
    /// The most false alarms a month of 30 days.
    package var falseAlarmsPerMonth: Double
    /// The largest share of legitimate calls that may be denied or delayed by the throttle.
    package var burdenedShare: Probability
    /// The most records lost in 95 of 100 thefts, whatever calls the thief adds.
    package var recordsLost: RecordCount
    /// Within how long from the thief's first call.
    package var within: Nanoseconds

    /// Targets; the loss by default is that of the first hour.
    package init(
        falseAlarmsPerMonth: Double, burdenedShare: Probability, recordsLost: RecordCount,
        within: Nanoseconds = .seconds(3_600)
    ) {
        self.falseAlarmsPerMonth = falseAlarmsPerMonth
        self.burdenedShare = burdenedShare
        self.recordsLost = recordsLost
        self.within = within
    }

    /// Targets where nobody names any.
    package static let usual = TargetSettings(
        falseAlarmsPerMonth: 1, burdenedShare: Probability(0.001),
        recordsLost: RecordCount(3_000_000))
}
