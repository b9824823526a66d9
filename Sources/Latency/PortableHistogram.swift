import Units

/// A histogram as HdrHistogram's tools exchange it: of any range, precision and unit.
///
/// It is for reading, merging and writing. What is recorded here is a `LatencyHistogram`, which
/// has one layout. Memory grows with the buckets in use, not with the range.
package struct PortableHistogram: Hashable, Sendable {
    /// One bucket in use.
    package struct Bucket: Hashable, Sendable {
        /// Its place in the layout.
        package let index: Int
        /// How many values it holds, at least 1.
        package let count: UInt64
    }

    /// The range and the precision.
    package let layout: BucketLayout
    /// The unit of the values; nil where nothing said so, which is read as nanoseconds.
    package private(set) var unit: ValueUnit?
    /// The buckets in use, in ascending order.
    package private(set) var buckets: [Bucket]
    /// How many values were recorded.
    package private(set) var count: UInt64

    /// - Parameter buckets: ascending, each within the layout.
    /// - Returns: nil where all counts together exceed 64 bits.
    init?(layout: BucketLayout, unit: ValueUnit?, buckets: [Bucket]) {
        var total: UInt64 = 0
        for bucket in buckets {
            let (sum, overflow) = total.addingReportingOverflow(bucket.count)
            guard !overflow else { return nil }
            total = sum
        }
        self.layout = layout
        self.unit = unit
        self.buckets = buckets
        count = total
    }

    /// The same latencies, in nanoseconds.
    package init(_ histogram: LatencyHistogram) {
        layout = .latency
        unit = .nanoseconds
        buckets = histogram.bucketCounts.enumerated().compactMap { index, count in
            count > 0 ? Bucket(index: index, count: count) : nil
        }
        count = histogram.count
    }

    /// Adds all that another histogram recorded.
    ///
    /// - Throws: `HistogramMergeError` where the layouts differ, where both name a unit and not
    ///   the same one, or where the counts exceed 64 bits; nothing is then added.
    package mutating func merge(_ other: PortableHistogram) throws(HistogramMergeError) {
        guard layout == other.layout else { throw .layouts(layout, other.layout) }
        let unit = try ValueUnit.common(unit, other.unit)
        let (total, overflow) = count.addingReportingOverflow(other.count)
        guard !overflow else { throw .outOfRange }
        self.unit = unit
        count = total
        buckets = Self.merged(buckets, other.buckets)
    }

    /// The sum of two lists of buckets, of which all counts together fit 64 bits.
    private static func merged(_ left: [Bucket], _ right: [Bucket]) -> [Bucket] {
        var merged: [Bucket] = []
        merged.reserveCapacity(left.count + right.count)
        var (rest, others) = (left[...], right[...])
        while let bucket = rest.first, let other = others.first {
            if bucket.index <= other.index { rest.removeFirst() }
            if other.index <= bucket.index { others.removeFirst() }
            if bucket.index == other.index {
                merged.append(Bucket(index: bucket.index, count: bucket.count + other.count))
            } else {
                merged.append(bucket.index < other.index ? bucket : other)
            }
        }
        return merged + rest + others
    }
}

extension PortableHistogram {
    /// How many of the recorded values share the bucket of `value`.
    package func count(of value: UInt64) -> UInt64 {
        let index = layout.bucket(of: value)
        return buckets.first { $0.index == index }?.count ?? 0
    }

    /// The highest value of the last bucket in use; nil where nothing was recorded.
    package var highest: UInt64? { buckets.last.map { layout.values(in: $0.index).upperBound } }

    /// The highest value of the bucket that the share `percentile` of values do not exceed, without
    /// regard to support; nil where nothing was recorded.
    package func value(at percentile: Percentile) -> UInt64? {
        // One unit in the last place less, so that a product never rounds into the next bucket.
        let rank = ((percentile.share * 100).nextDown * Double(count) / 100).rounded(.up)
        var total: UInt64 = 0
        let reached = buckets.first { bucket in
            total += bucket.count
            return Double(total) >= rank
        }
        return reached.map { layout.values(in: $0.index).upperBound }
    }

    /// The mean of the buckets' middles, in the histogram's unit; nil where nothing was recorded.
    package var mean: Double? {
        guard count > 0 else { return nil }
        let total: UInt128 = buckets.reduce(0) {
            $0 + UInt128(layout.middle(of: $1.index)) * UInt128($1.count)
        }
        return Double(total) / Double(count)
    }

    /// The standard deviation of the buckets' middles, in the histogram's unit; nil where nothing
    /// was recorded.
    package var standardDeviation: Double? {
        guard let mean else { return nil }
        let squares = buckets.reduce(0.0) { sum, bucket in
            let deviation = Double(layout.middle(of: bucket.index)) - mean
            return sum + deviation * deviation * Double(bucket.count)
        }
        return (squares / Double(count)).squareRoot()
    }
}

extension LatencyHistogram {
    /// The latencies of a histogram that is like ours.
    ///
    /// - Throws: `HistogramMergeError` where its layout is another, where it names a unit other
    ///   than nanoseconds, or where its values exceed an hour or what a clock can tell.
    package init(_ portable: PortableHistogram) throws(HistogramMergeError) {
        guard portable.layout == .latency else { throw .layouts(.latency, portable.layout) }
        _ = try ValueUnit.common(.nanoseconds, portable.unit)
        self.init()
        var total: UInt128 = 0
        for bucket in portable.buckets {
            let value = portable.layout.values(in: bucket.index).lowerBound
            total += UInt128(bucket.count) * UInt128(value + 1)
            // All calls together take no longer than a clock can tell.
            guard value <= Self.longestCount, total <= UInt128(Int64.max) else {
                throw .outOfRange
            }
            record(Nanoseconds(Int64(value)), count: bucket.count)
        }
    }
}
