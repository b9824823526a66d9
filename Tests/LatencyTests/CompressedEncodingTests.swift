import Foundation
import Testing
import Units

@testable import Latency

@Suite("A compressed histogram is read whoever wrote it, and damage never ends the process")
struct CompressedEncodingTests {
    @Test("decoding what was encoded gives every bucket back")
    func roundTrip() throws {
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let histogram = Self.histogram(&generator)
            let text = HistogramEncoding.base64(histogram)
            #expect(text.hasPrefix("HISTF"), "seed \(seed)")
            #expect(
                try HistogramEncoding.decode(base64: text, unit: nil) == histogram,
                "seed \(seed)")
        }
    }

    @Test("the header is a cookie and the length of the zlib stream")
    func header() throws {
        let histogram = PortableHistogram(LatencyHistogram(recording: [.microseconds(20)]))
        let bytes = HistogramEncoding.compress(histogram)
        let length = UInt8(bytes.count - 8)
        #expect(bytes.starts(with: [0x1c, 0x84, 0x93, 0x14, 0, 0, 0, length, 0x78]))
    }

    @Test("cut short, gone on, of another version or damaged, it is refused")
    func damaged() {
        var generator = SeededGenerator(seed: 1)
        let bytes = HistogramEncoding.compress(Self.histogram(&generator))
        for length in 0..<bytes.count {
            #expect(Self.error(Array(bytes[..<length])) == .truncated)
            // Even where the header agrees that this is all.
            if length >= 8 {
                #expect(Self.error(Self.framed(Array(bytes[8..<length]))) == .damagedStream)
            }
        }
        #expect(Self.error(bytes + [0]) == .truncated)
        #expect(Self.error(Self.framed(Array(bytes[8...]) + [0])) == .damagedStream)
        var other = bytes
        other[3] -= 1
        #expect(Self.error(other) == .unknownVersion)
    }

    @Test("a header that states the impossible is refused")
    func impossibleHeader() throws {
        let plain = HistogramEncoding.encode(LatencyHistogram())
        func error(_ bytes: [UInt8], at offset: Int) -> HistogramEncodingError? {
            var changed = plain
            changed.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            return Self.error(Self.framed(Zlib.compress(changed)))
        }
        #expect(error([0, 0, 0, 6], at: 12) == .impossibleLayout)
        #expect(error([0xff], at: 16) == .impossibleLayout)
        #expect(error([0xff], at: 24) == .impossibleLayout)
        #expect(error([0, 0, 0, 1], at: 8) == .scaled)
        #expect(error([0x40, 0], at: 32) == .scaled)
        #expect(error([0, 0, 0, 1], at: 4) == .truncated)
        #expect(error([0x1c, 0x84, 0x93, 0x02], at: 0) == .unknownVersion)
        #expect(error([0x1c], at: 0) == nil)
    }

    @Test("a stream that unfolds beyond all bounds is given up at the bound")
    func bomb() {
        let most = HistogramEncoding.inflatedMax
        for length in [most + 1, 8 * most] {
            let stream = Zlib.compress([UInt8](repeating: 0, count: length))
            #expect(stream.count < length / 500)
            #expect(Self.error(Self.framed(stream)) == .tooLong, "\(length) bytes")
        }
        let least = Zlib.compress([UInt8](repeating: 0, count: most))
        #expect(Self.error(Self.framed(least)) == .unknownVersion)
    }

    @Test("counts of every length of ZigZag survive, and those at its ends too")
    func zigZag() throws {
        var numbers: [Int64] = [0, 1, -1, .max, .min, .min + 1]
        for shift in 0..<63 {
            let power = Int64(1) << shift
            numbers += [power - 1, power, -power, -power - 1]
        }
        for number in numbers {
            var bytes: [UInt8] = []
            bytes.appendZigZag(number)
            var rest = bytes[...]
            #expect(bytes.count <= 9 && rest.popZigZag() == number && rest.isEmpty, "\(number)")
            for length in 0..<bytes.count {
                var cut = bytes[..<length]
                #expect(cut.popZigZag() == nil, "\(number)")
            }
        }
        let most = try #require(
            PortableHistogram(
                layout: .latency, unit: nil, buckets: [.init(index: 0, count: UInt64(Int64.max))]))
        #expect(
            try HistogramEncoding.decodePortable(HistogramEncoding.encode(most), unit: nil) == most)
    }

    @Test("random bytes, and good ones with a few changed, are read or refused and crash nobody")
    func fuzz() {
        var (read, refused) = (0, 0)
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var plain = HistogramEncoding.encode(Self.histogram(&generator, calls: 20))
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                plain[.random(in: 4..<plain.count, using: &generator)] =
                    UInt8.random(in: .min ... .max, using: &generator)
            }
            var compressed = Self.framed(Zlib.compress(plain))
            if seed % 4 == 0 {
                compressed[.random(in: 0..<compressed.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            let noise = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            for bytes in [compressed, noise, Self.framed(noise), Self.framed(Zlib.compress(noise))]
            {
                do {
                    let found = try HistogramEncoding.decompress(bytes, unit: nil)
                    // Whatever was read can be used, and written again.
                    _ = (found.value(at: .p999), found.mean, found.percentileDistribution())
                    let again = try HistogramEncoding.decompress(
                        HistogramEncoding.compress(found), unit: nil)
                    #expect(again == found, "seed \(seed)")
                    read += 1
                } catch {
                    refused += 1
                }
            }
        }
        #expect(read > 50 && refused > 1_000, "\(read) read, \(refused) refused")
    }

    @Test("text that is no base64 is refused")
    func base64() {
        for text in ["", "HIST", "not base64!", "HISTFAAAABx4nJNpmSzMwMDAxQABzFAaAAr+AJ8"] {
            #expect(throws: HistogramEncodingError.self) {
                try HistogramEncoding.decode(base64: text, unit: nil)
            }
        }
        #expect(throws: HistogramEncodingError.notBase64) {
            try HistogramEncoding.decode(base64: "HIST,", unit: nil)
        }
    }

    static func histogram(
        _ generator: inout SeededGenerator, calls: Int = 300
    ) -> PortableHistogram {
        let indices = generator.latencies(calls).map {
            BucketLayout.latency.bucket(of: UInt64($0.count))
        }
        let buckets = Set(indices).sorted().map { index in
            PortableHistogram.Bucket(
                index: index, count: .random(in: 1...1 << 50, using: &generator))
        }
        guard let histogram = PortableHistogram(layout: .latency, unit: nil, buckets: buckets)
        else { preconditionFailure("\(calls) counts below 2⁵¹ exceed 64 bits") }
        return histogram
    }

    /// A stream behind a header that agrees with its length.
    private static func framed(_ stream: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x1c, 0x84, 0x93, 0x14]
        bytes.appendBigEndian(UInt32(stream.count))
        return bytes + stream
    }

    private static func error(_ bytes: [UInt8]) -> HistogramEncodingError? {
        do throws(HistogramEncodingError) {
            _ = try HistogramEncoding.decompress(bytes, unit: nil)
            return nil
        } catch {
            return error
        }
    }
}
