import Units

/// How long it takes to open a data set.
package struct Theft: Hashable, Sendable {
    /// N.
    package let dataset: RecordCount
    /// T(N).
    package let seconds: Seconds
    /// T(N) at the upper bound of the measured rate; nil without an interval.
    package let low: Seconds?
    /// T(N) at the lower bound of the measured rate; nil without an interval.
    package let high: Seconds?
    /// What holds the thief back.
    package let boundedBy: Bound
    /// Whether the throttle holds the thief back, and the measured rate makes no difference that
    /// three digits would show.
    package let isSetByThrottle: Bool
    /// T(N) over the time it takes with the key in memory; nil without a baseline, and where the
    /// thief joins records, which the baseline opens one at a time.
    package let anchorFactor: Double?

    /// N / T(N) in records a second.
    package var recordsPerSecond: Double {
        seconds.value > 0 ? Double(dataset.count) / seconds.value : .infinity
    }
}

/// What holds a thief back.
package enum Bound: String, Hashable, Sendable {
    /// The anchor's own speed.
    case hsm
    /// The throttle.
    case throttle
    /// His wish not to raise the alarm.
    case alarm
    /// The theft does not end.
    case never
}

/// What is gone after a time.
package struct Loss: Hashable, Sendable {
    /// N.
    package let dataset: RecordCount
    /// From the first stolen record to the thief's last call.
    package let window: Nanoseconds
    /// Records opened by then.
    package let records: Double
    /// The same at the lower bound of the measured rate; nil without an interval.
    package let low: Double?
    /// The same at the upper bound of the measured rate; nil without an interval.
    package let high: Double?

    /// The share of the data set.
    package var fraction: Double { records / Double(dataset.count) }
}
