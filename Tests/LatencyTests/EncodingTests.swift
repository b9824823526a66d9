import Testing
import Units

@testable import Latency

@Suite("A histogram survives the pipe to another process")
struct EncodingTests {
    @Test("decoding what was encoded gives every bucket back")
    func roundTrip() throws {
        for seed in 0..<8 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var histogram = LatencyHistogram(
                recording: generator.latencies(Int.random(in: 0..<300, using: &generator)))
            for latency in generator.latencies(5) {
                histogram.record(latency, count: .random(in: 1...1 << 16, using: &generator))
            }
            histogram.record(Nanoseconds(20), count: .random(in: 1...1 << 50, using: &generator))
            let bytes = HistogramEncoding.encode(histogram)
            let decoded = try HistogramEncoding.decode(bytes)
            #expect(decoded.bucketCounts == histogram.bucketCounts, "seed \(seed)")
            #expect(decoded.count == histogram.count, "seed \(seed)")
            #expect(decoded.longest == histogram.longest, "seed \(seed)")
            #expect(HistogramEncoding.encode(decoded) == bytes, "seed \(seed)")
        }
    }

    @Test("an empty histogram is a header alone")
    func empty() throws {
        let bytes = HistogramEncoding.encode(LatencyHistogram())
        #expect(bytes.count == 40)
        #expect(try HistogramEncoding.decode(bytes).count == 0)
    }

    @Test("the header is that of HdrHistogram's V2: cookie, length, digits, range, ratio")
    func header() {
        var histogram = LatencyHistogram()
        histogram.record(Nanoseconds(3), count: 5)
        // A run of three empty buckets is −3, ZigZag 5; a count of 5 is ZigZag 10.
        #expect(
            HistogramEncoding.encode(histogram) == [
                0x1c, 0x84, 0x93, 0x13, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3,
                0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x03, 0x46, 0x30, 0xb8, 0xa0, 0x00,
                0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 5, 10,
            ])
    }

    @Test("bytes cut short or gone on too long are refused at every length")
    func truncated() {
        var histogram = LatencyHistogram()
        histogram.record(.microseconds(20), count: 1_000)
        let bytes = HistogramEncoding.encode(histogram)
        for length in 0..<bytes.count {
            #expect(throws: HistogramEncodingError.truncated) {
                try HistogramEncoding.decode(Array(bytes[..<length]))
            }
        }
        #expect(throws: HistogramEncodingError.truncated) {
            try HistogramEncoding.decode(bytes + [0])
        }
    }

    @Test("another version, range or precision is refused")
    func unlike() {
        let bytes = HistogramEncoding.encode(LatencyHistogram())
        func error(at offset: Int) -> HistogramEncodingError? {
            var changed = bytes
            changed[offset] ^= 1
            do throws(HistogramEncodingError) {
                _ = try HistogramEncoding.decode(changed)
                return nil
            } catch {
                return error
            }
        }
        #expect((0..<4).allSatisfy { error(at: $0) == .unknownVersion })
        #expect((12..<32).allSatisfy { error(at: $0) == .unlikeRange })
    }

    @Test(
        "counts that no histogram of ours can hold are refused, and crash nobody",
        arguments: [
            // A run of 2⁶³ empty buckets.
            (.unlikeRange, Self.most),
            // A run of 2⁶³ − 1 empty buckets after one that is not.
            (.unlikeRange, [2, 0xfd] + [UInt8](repeating: 0xff, count: 8)),
            // A count beyond the last bucket: the run is 2¹⁹ buckets long.
            (.unlikeRange, [0xff, 0xff, 0x3f, 2]),
            // A count in the bucket after that of the longest latency.
            (.unlikeRange, Self.run(of: 34_000) + [2]),
            // Counts of 2⁶³ − 1, which no total holds.
            (.unlikeRange, Self.mostCount + Self.mostCount + Self.mostCount),
            // A number whose last byte is missing.
            (.truncated, [0x80]),
        ] as [(HistogramEncodingError, [UInt8])])
    func impossibleCounts(_ error: HistogramEncodingError, _ payload: [UInt8]) {
        #expect(throws: error) { try HistogramEncoding.decode(Self.encoded(payload)) }
    }

    @Test("a negative count, which is a run of empty buckets, may stand at the end")
    func trailingRun() throws {
        let decoded = try HistogramEncoding.decode(Self.encoded([2, 5]))
        #expect(decoded.count == 1 && decoded.value(at: .p50) == .zero)
    }

    @Test("random bytes after a good header never end the process")
    func garbage() {
        var refused = 0
        for seed in 0..<30 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let length = Int.random(in: 1...40, using: &generator)
            let payload = (0..<length).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: .min ... .max, using: &generator) : 0xff
            }
            do {
                // Whatever was read can be written again.
                let decoded = try HistogramEncoding.decode(Self.encoded(payload))
                let again = try HistogramEncoding.decode(HistogramEncoding.encode(decoded))
                #expect(again.bucketCounts == decoded.bucketCounts, "seed \(seed)")
                _ = decoded.value(at: .p999)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 5)
    }

    private static let mostCount = [0xfe] + [UInt8](repeating: 0xff, count: 8)
    private static let most = [UInt8](repeating: 0xff, count: 9)

    private static func encoded(_ payload: [UInt8]) -> [UInt8] {
        var header = HistogramEncoding.encode(LatencyHistogram())
        header[7] = UInt8(payload.count)
        return header + payload
    }

    /// ZigZag LEB128 of a run of empty buckets.
    private static func run(of buckets: UInt64) -> [UInt8] {
        var rest = 2 * buckets - 1
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
