import Units

/// How a theft by one strategy ends under one throttle and one alarm.
///
/// A theft is contained once the alarm has fired and the delays after it are over. One that no
/// alarm ends goes on until the horizon.
package struct Containment: Hashable, Sendable {
    /// The strategy.
    package let strategy: Strategy
    /// The share of the thefts that an alarm ends before the horizon.
    package let isContained: Double
    /// Seconds from the thief's first call until the alarm, of those whom it ends; nil for none.
    package let alarm: Summary?
    /// W: seconds from the thief's first call to the last, the horizon for those whom none ends.
    package let window: Summary
    /// What is lost by then, of each data set that was asked for.
    package let losses: [ContainedLoss]
    /// Records a second that the strategy takes in the long run while nobody stops it.
    package let recordsPerSecond: Double
    /// What the thief holds after a time; nil for one who opens what others open anyway.
    var course: Course?

    /// A containment.
    package init(
        strategy: Strategy, isContained: Double, alarm: Summary?, window: Summary,
        losses: [ContainedLoss], recordsPerSecond: Double
    ) {
        self.strategy = strategy
        self.isContained = isContained
        self.alarm = alarm
        self.window = window
        self.losses = losses
        self.recordsPerSecond = recordsPerSecond
    }
}

/// What is lost of one data set when the theft ends.
package struct ContainedLoss: Hashable, Sendable {
    /// N.
    package let dataset: RecordCount
    /// Records lost.
    package let records: Summary
    /// The mean at the lower and the upper bound of the measured rate; nil without an interval.
    package let low: Double?
    package let high: Double?
    /// The share of the thefts in which all of it leaves first.
    package let allLeave: Double
    /// The least time in which the strategy opens all of it, if nobody stops it.
    package let timeToAll: Seconds
    /// The mean share of the value that is lost by a thief who picks; nil without a value curve.
    package let valueShare: Double?

    /// A loss.
    package init(
        dataset: RecordCount, records: Summary, low: Double?, high: Double?, allLeave: Double,
        timeToAll: Seconds, valueShare: Double?
    ) {
        self.dataset = dataset
        self.records = records
        self.low = low
        self.high = high
        self.allLeave = allLeave
        self.timeToAll = timeToAll
        self.valueShare = valueShare
    }

    /// The mean share of the data set.
    package var fraction: Double { records.mean / Double(dataset.count) }
}

/// A distribution over thefts, in the unit of what is distributed.
package struct Summary: Hashable, Sendable {
    /// The mean.
    package let mean: Double
    /// Half of the thefts lie below.
    package let p50: Double
    /// 95 of 100 lie below.
    package let p95: Double
    /// The mean of those that begin at the worst moment of a period.
    package let worstPhase: Double

    /// A distribution.
    package init(mean: Double, p50: Double, p95: Double, worstPhase: Double) {
        self.mean = mean
        self.p50 = p50
        self.p95 = p95
        self.worstPhase = worstPhase
    }
}
