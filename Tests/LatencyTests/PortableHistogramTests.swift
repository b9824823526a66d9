import Testing
import Units

@testable import Latency

@Suite("A histogram of any layout is read, merged with its like, and refused to others")
struct PortableHistogramTests {
    @Test("every value lies in the bucket that its layout says, and the buckets leave no gap")
    func layouts() throws {
        for (lowest, highest, digits) in [
            (1, 3_600_000_000_000, 3), (0, 2, 1), (1, 2, 5), (16, 1 << 40, 4), (1_000, 1 << 62, 2),
            (1, UInt64(Int64.max), 5), (1 << 40, UInt64(Int64.max), 3),
        ] as [(UInt64, UInt64, Int)] {
            let layout = try #require(
                BucketLayout(lowest: lowest, highest: highest, digits: digits))
            #expect(layout.bucket(of: highest) < layout.count, "\(layout)")
            #expect(layout.values(in: 0).lowerBound == 0, "\(layout)")
            for index in stride(from: 1, to: layout.count, by: max(1, layout.count / 3_001)) {
                let values = layout.values(in: index)
                let before = layout.values(in: index - 1)
                #expect(values.lowerBound == before.upperBound + 1, "\(layout)")
                #expect(layout.bucket(of: values.lowerBound) == index, "\(layout)")
                #expect(layout.bucket(of: values.upperBound) == index, "\(layout)")
                #expect(values.contains(layout.middle(of: index)), "\(layout)")
            }
            // Beyond the first buckets a bucket is no wider than the precision.
            let last = layout.values(in: layout.count - 1)
            let precision = (0..<digits).reduce(1) { power, _ in 10 * power }
            #expect(last.upperBound - last.lowerBound <= last.lowerBound / UInt64(precision))
        }
    }

    @Test("a layout that no histogram has is refused")
    func impossibleLayouts() {
        for (lowest, highest, digits) in [
            (1, 1, 3), (1, 1_000, 0), (1, 1_000, 6), (501, 1_000, 3), (1, .max, 3),
            (1 << 60, 1 << 62, 3), (.max, .max, 3), (1, 1_000, .max),
        ] as [(UInt64, UInt64, Int)] {
            #expect(
                BucketLayout(lowest: lowest, highest: highest, digits: digits) == nil,
                "\(lowest)…\(highest), \(digits)")
        }
    }

    @Test("our own layout is that of the histogram that records")
    func ownLayout() {
        var generator = SeededGenerator(seed: 3)
        for latency in generator.latencies(40) {
            let histogram = LatencyHistogram(recording: [latency])
            let index = BucketLayout.latency.bucket(of: UInt64(latency.count))
            #expect(histogram.bucketCounts.count == index + 1, "\(latency)")
            #expect(
                UInt64(histogram.longest?.count ?? -1)
                    == BucketLayout.latency.values(in: index).upperBound, "\(latency)")
        }
    }

    @Test("conversion there and back keeps every bucket, and agrees on every percentile")
    func conversion() throws {
        for seed in 0..<4 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let histogram = LatencyHistogram(
                recording: generator.latencies(.random(in: 0...3_000, using: &generator)))
            let portable = PortableHistogram(histogram)
            #expect(portable.count == histogram.count && portable.unit == .nanoseconds)
            let back = try LatencyHistogram(portable)
            #expect(back.bucketCounts == histogram.bucketCounts, "seed \(seed)")
            for share in [0.001, 0.1, 0.5, 0.9, 0.99, 0.999] where histogram.count > 0 {
                let found = try #require(portable.value(at: Percentile(share)))
                let value = try #require(histogram.value(at: Percentile(share)))
                #expect(isNear(Nanoseconds(Int64(found)), value), "seed \(seed), \(share)")
            }
            #expect(portable.mean == histogram.mean, "seed \(seed)")
        }
    }

    @Test("merging is the same as recording everything in one histogram")
    func merging() throws {
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let (left, right) = (generator.latencies(300), generator.latencies(200))
            var merged = PortableHistogram(LatencyHistogram(recording: left))
            try merged.merge(PortableHistogram(LatencyHistogram(recording: right)))
            let whole = PortableHistogram(LatencyHistogram(recording: left + right))
            #expect(merged == whole, "seed \(seed)")
            let value = UInt64(left[0].count)
            #expect(merged.count(of: value) == whole.count(of: value) && whole.count(of: value) > 0)
        }
    }

    @Test("another range, precision or unit is refused, naming both, and nothing is added")
    func unlike() throws {
        let other = try #require(BucketLayout(lowest: 1, highest: 60_000_000, digits: 2))
        var histogram = try portable(.latency, .nanoseconds)
        let before = histogram
        #expect(throws: HistogramMergeError.layouts(.latency, other)) {
            try histogram.merge(portable(other, .nanoseconds))
        }
        #expect(throws: HistogramMergeError.units(.nanoseconds, .microseconds)) {
            try histogram.merge(portable(.latency, .microseconds))
        }
        #expect(throws: HistogramMergeError.outOfRange) {
            try histogram.merge(portable(.latency, nil, count: .max))
        }
        #expect(histogram == before)
        try histogram.merge(portable(.latency, nil))
        #expect(histogram.count == 2 && histogram.unit == .nanoseconds)
        let text = HistogramMergeError.layouts(.latency, other).description
        #expect(text.contains("1…3600000000000 to 3 digits"))
        #expect(text.contains("1…60000000 to 2 digits"))
    }

    @Test("only a histogram like ours becomes latencies")
    func alike() throws {
        let other = try #require(BucketLayout(lowest: 1, highest: 3_600_000_000_001, digits: 3))
        #expect(throws: HistogramMergeError.layouts(.latency, other)) {
            try LatencyHistogram(portable(other, .nanoseconds))
        }
        #expect(throws: HistogramMergeError.units(.nanoseconds, .seconds)) {
            try LatencyHistogram(portable(.latency, .seconds))
        }
        #expect(throws: HistogramMergeError.outOfRange) {
            try LatencyHistogram(portable(.latency, nil, count: 1 << 62))
        }
        #expect(try LatencyHistogram(portable(.latency, nil)).count == 1)
    }

    private func portable(
        _ layout: BucketLayout, _ unit: ValueUnit?, count: UInt64 = 1
    ) throws -> PortableHistogram {
        try #require(
            PortableHistogram(layout: layout, unit: unit, buckets: [.init(index: 7, count: count)]))
    }
}
