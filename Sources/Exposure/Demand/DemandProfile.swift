import Results
import Units

/// Legitimate demand as a distribution of counts for every hour of the week.
package struct DemandProfile: Hashable, Sendable {
    /// p: the length of the period that is counted.
    package let period: Nanoseconds
    /// The mean count of one period in each of the 168 hours of a week, from Monday 00:00.
    package let means: [Double]
    /// φ: variance over mean of the count of one period.
    package let dispersion: Double

    /// A profile from its parts.
    package init(period: Nanoseconds, means: [Double], dispersion: Double) {
        precondition(means.count == Self.hours, "a week has 168 hours")
        (self.period, self.means, self.dispersion) = (period, means, dispersion)
    }

    /// Hours of a week.
    package static let hours = 168

    /// D of a period within an hour of the week.
    package func distribution(inHour hour: Int) -> CountDistribution {
        CountDistribution(mean: means[hour % Self.hours], dispersion: dispersion)
    }

    /// The mean over a week, in operations a second.
    package var perSecond: Double {
        means.reduce(0, +) / Double(Self.hours) / period.seconds.value
    }

    /// The mean of the busiest hour of a week, in operations a second.
    package var busiestPerSecond: Double { (means.max() ?? 0) / period.seconds.value }
}
