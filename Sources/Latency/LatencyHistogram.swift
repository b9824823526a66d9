import Histogram
import Units

/// Latencies in nanoseconds, three significant digits, from 1 ns to an hour.
///
/// Recording costs about 20 ns and allocates nothing; about 270 KB whatever is recorded.
package struct LatencyHistogram: Equatable, Sendable {
    @usableFromInline var histogram: Histogram<UInt64>

    /// The longest latency that can be told apart; a longer one counts as this.
    package static let longest = Nanoseconds.seconds(3_600)

    @usableFromInline static let longestCount: UInt64 = 3_600_000_000_000

    /// An empty histogram.
    package init() {
        histogram = Histogram(
            highestTrackableValue: Self.longestCount, numberOfSignificantValueDigits: .three)
    }

    /// Records one latency; a negative one, which only a broken clock gives, counts as 0.
    @inlinable package mutating func record(_ latency: Nanoseconds) {
        histogram.record(Swift.min(UInt64(Swift.max(latency.count, 0)), Self.longestCount))
    }

    /// Records `count` latencies of the same length.
    package mutating func record(_ latency: Nanoseconds, count: UInt64) {
        histogram.record(min(UInt64(max(latency.count, 0)), Self.longestCount), count: count)
    }

    /// Adds all that another histogram recorded.
    package mutating func merge(_ other: LatencyHistogram) { histogram.add(other.histogram) }

    /// How many latencies were recorded.
    package var count: UInt64 { histogram.totalCount }

    /// The longest recorded, to three digits; nil where nothing was.
    package var longest: Nanoseconds? {
        count == 0 ? nil : Nanoseconds(Int64(clamping: histogram.max))
    }

    /// The mean of what was recorded in nanoseconds; nil where nothing was.
    package var mean: Double? { PortableHistogram(self).mean }

    /// The latency that the share `percentile` of calls did not exceed, without regard to support.
    package func value(at percentile: Percentile) -> Nanoseconds? {
        guard count > 0 else { return nil }
        let value = histogram.valueAtPercentile(percentile.share * 100)
        return Nanoseconds(Int64(clamping: value))
    }

    /// The same, but nil unless enough calls support it.
    package func supportedValue(at percentile: Percentile) -> Nanoseconds? {
        count >= percentile.callsNeeded ? value(at: percentile) : nil
    }

    /// Count of every bucket in order, the last non-empty one last.
    var bucketCounts: [UInt64] {
        guard count > 0 else { return [] }
        let layout = BucketLayout.latency
        // Asked bucket by bucket: the library's own walk costs fifty times as much.
        return (0...layout.bucket(of: histogram.max)).map { bucket in
            histogram.countForValue(layout.values(in: bucket).lowerBound)
        }
    }
}

/// A percentile that the reports give, with the calls it takes to state it.
package struct Percentile: Hashable, Sendable {
    /// The share of calls that are no slower, in 0..<1.
    package let share: Double

    /// A percentile by its share, such as 0.99.
    package init(_ share: Double) {
        precondition((0..<1).contains(share) && share > 0, "a percentile lies between 0 and 1")
        self.share = share
    }

    /// The median.
    package static let p50 = Percentile(0.5)
    /// 90 %.
    package static let p90 = Percentile(0.9)
    /// 99 %.
    package static let p99 = Percentile(0.99)
    /// 99.9 %.
    package static let p999 = Percentile(0.999)

    /// The least number of calls whose maximum exceeds the percentile with 99 % confidence:
    /// n ≥ ln 0.01 / ln share, so 459 for p99 and 4,603 for p99.9. Necessary, not sufficient.
    package var callsNeeded: UInt64 {
        UInt64((logarithm(0.01) / logarithm(share)).rounded(.up))
    }
}
