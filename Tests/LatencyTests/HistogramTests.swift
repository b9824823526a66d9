import Testing
import Units

@testable import Latency

@Suite("A histogram keeps three digits of every latency")
struct HistogramTests {
    private static let shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999]

    @Test("percentiles are those of the sorted latencies, to three digits")
    func percentiles() throws {
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let latencies = generator.latencies(1 + Int.random(in: 0..<5_000, using: &generator))
            let histogram = LatencyHistogram(recording: latencies)
            let sorted = latencies.sorted()
            #expect(histogram.count == UInt64(sorted.count))
            for share in Self.shares {
                // The least latency that at least this share of the calls did not exceed.
                let rank = max(1, (share * Double(sorted.count)).rounded(.up))
                let exact = sorted[Int(rank) - 1]
                let found = try #require(histogram.value(at: Percentile(share)))
                #expect(
                    isNear(found, exact), "seed \(seed), p\(share * 100): \(found) for \(exact)")
            }
            let longest = try #require(histogram.longest)
            let last = sorted[sorted.count - 1]
            #expect(longest >= last && isNear(longest, last), "seed \(seed)")
            let mean = sorted.reduce(0) { $0 + Double($1.count) } / Double(sorted.count)
            #expect(abs((histogram.mean ?? 0) / mean - 1) < 1e-3, "seed \(seed)")
        }
    }

    @Test("merging is the same as recording everything in one histogram")
    func merging() {
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let parts = (0..<4).map { _ in
                generator.latencies(Int.random(in: 0..<500, using: &generator))
            }
            var merged = LatencyHistogram()
            for part in parts { merged.merge(LatencyHistogram(recording: part)) }
            let whole = LatencyHistogram(recording: parts.flatMap(\.self))
            #expect(merged.bucketCounts == whole.bucketCounts, "seed \(seed)")
            #expect(merged.count == whole.count, "seed \(seed)")
            #expect(merged.longest == whole.longest, "seed \(seed)")
            for share in Self.shares {
                let percentile = Percentile(share)
                #expect(merged.value(at: percentile) == whole.value(at: percentile), "seed \(seed)")
            }
        }
    }

    @Test("a latency recorded n times counts as n latencies")
    func counted() {
        var once = LatencyHistogram()
        for _ in 0..<500 { once.record(.microseconds(20)) }
        var atOnce = LatencyHistogram()
        atOnce.record(.microseconds(20), count: 500)
        #expect(once.bucketCounts == atOnce.bucketCounts && atOnce.count == 500)
    }

    @Test("an empty histogram has no figures")
    func empty() {
        let histogram = LatencyHistogram()
        #expect(histogram.count == 0 && histogram.bucketCounts.isEmpty)
        #expect(histogram.longest == nil && histogram.mean == nil)
        #expect(histogram.value(at: .p50) == nil && histogram.supportedValue(at: .p50) == nil)
    }

    @Test("what lies beyond an hour counts as an hour, and a negative latency as none")
    func clamped() {
        var histogram = LatencyHistogram()
        histogram.record(.max)
        #expect(histogram.count == 1)
        #expect(isNear(histogram.longest ?? .zero, LatencyHistogram.longest))
        histogram.record(Nanoseconds(-5))
        #expect(histogram.count == 2)
        #expect(histogram.value(at: .p50) == .zero)
    }

    @Test("a percentile is stated from the first number of calls that supports it, and not before")
    func support() {
        let needed: [(Percentile, UInt64)] = [
            (.p50, 7), (.p90, 44), (.p99, 459), (.p999, 4_603), (Percentile(0.9999), 46_050),
        ]
        for (percentile, calls) in needed {
            #expect(percentile.callsNeeded == calls)
            var histogram = LatencyHistogram()
            histogram.record(.microseconds(20), count: calls - 1)
            #expect(histogram.supportedValue(at: percentile) == nil, "\(calls - 1) calls")
            histogram.record(.microseconds(20))
            #expect(histogram.supportedValue(at: percentile) != nil, "\(calls) calls")
        }
    }

    @Test("a histogram takes about 270 KB, whatever is recorded")
    func footprint() {
        var histogram = LatencyHistogram()
        let before = histogram.histogram.estimatedFootprintInBytes
        var generator = SeededGenerator(seed: 1)
        for latency in generator.latencies(20_000) { histogram.record(latency) }
        histogram.record(.max, count: 1 << 40)
        #expect(histogram.histogram.estimatedFootprintInBytes == before)
        #expect((200_000...400_000).contains(before), "\(before) bytes")
    }
}

/// Whether two latencies agree to three significant digits.
func isNear(_ found: Nanoseconds, _ exact: Nanoseconds) -> Bool {
    abs(Double(found.count) - Double(exact.count)) <= Double(exact.count) / 1_000
}

extension LatencyHistogram {
    init(recording latencies: [Nanoseconds]) {
        self.init()
        for latency in latencies { record(latency) }
    }
}

extension SeededGenerator {
    /// Latencies from 0 ns to an hour, every magnitude as likely.
    mutating func latencies(_ count: Int) -> [Nanoseconds] {
        (0..<count).map { _ in
            let most = LatencyHistogram.longest.count >> Int64.random(in: 0..<42, using: &self)
            return Nanoseconds(.random(in: 0...most, using: &self))
        }
    }
}
