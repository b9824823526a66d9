import Units

/// The HdrHistogram V2 encoding, uncompressed: a 40-byte header, then the bucket counts as ZigZag
/// LEB128 numbers in which a negative one is a run of empty buckets.
///
/// Format: HdrHistogram's `AbstractHistogram.encodeIntoByteBuffer` (V2, cookie 0x1c849303).
package enum HistogramEncoding {
    private static let cookie: UInt32 = 0x1c84_9303 | 0x10
    private static let headerLength = 40
    private static let digits: UInt32 = 3
    /// No bucket lies beyond: 1,024 for each doubling up to 2⁴² ns, which is over an hour.
    private static let bucketsMax: Int64 = 33 << 10

    /// The histogram as bytes.
    package static func encode(_ histogram: LatencyHistogram) -> [UInt8] {
        let payload = encodeCounts(histogram.bucketCounts)
        var bytes: [UInt8] = []
        bytes.appendBigEndian(cookie)
        bytes.appendBigEndian(UInt32(payload.count))
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(digits)
        bytes.appendBigEndian(UInt64(1))
        bytes.appendBigEndian(LatencyHistogram.longestCount)
        bytes.appendBigEndian((1.0).bitPattern)
        return bytes + payload
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `HistogramEncodingError` where the bytes are cut short, of another version, or of
    ///   another range or precision.
    package static func decode(
        _ bytes: [UInt8]
    ) throws(HistogramEncodingError) -> LatencyHistogram {
        guard bytes.count >= headerLength else { throw .truncated }
        guard bytes.bigEndian(at: 0, as: UInt32.self) == cookie else { throw .unknownVersion }
        let length = Int(bytes.bigEndian(at: 4, as: UInt32.self))
        guard bytes.bigEndian(at: 12, as: UInt32.self) == digits,
            bytes.bigEndian(at: 16, as: UInt64.self) == 1,
            bytes.bigEndian(at: 24, as: UInt64.self) == LatencyHistogram.longestCount
        else { throw .unlikeRange }
        guard bytes.count == headerLength + length else { throw .truncated }
        return try decodeCounts(bytes[headerLength...])
    }

    private static func encodeCounts(_ counts: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        var empty: Int64 = 0
        for count in counts {
            guard count > 0 else {
                empty += 1
                continue
            }
            if empty > 0 { bytes.appendZigZag(-empty) }
            empty = 0
            bytes.appendZigZag(Int64(clamping: count))
        }
        return bytes
    }

    private static func decodeCounts(
        _ payload: ArraySlice<UInt8>
    ) throws(HistogramEncodingError) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        var rest = payload
        var index: Int64 = 0
        var total: UInt128 = 0
        while !rest.isEmpty {
            guard let number = rest.popZigZag() else { throw .truncated }
            if number < 0 {
                // Compared before it is negated: the least number has no opposite.
                guard number >= -bucketsMax else { throw .unlikeRange }
                index += -number
            } else {
                let latency = value(ofBucket: index)
                total += UInt128(number) * UInt128(latency.count + 1)
                // All calls together take no longer than a clock can tell.
                guard latency <= LatencyHistogram.longest, total <= UInt128(Int64.max) else {
                    throw .unlikeRange
                }
                histogram.record(latency, count: UInt64(number))
                index += 1
            }
            guard index <= bucketsMax else { throw .unlikeRange }
        }
        return histogram
    }

    /// The lowest value of a bucket: 2,048 buckets of one unit, then 1,024 for each doubling.
    private static func value(ofBucket index: Int64) -> Nanoseconds {
        guard index >= 2_048 else { return Nanoseconds(index) }
        let doubling = (index >> 10) - 1
        return Nanoseconds(((index & 1_023) + 1_024) << doubling)
    }
}

/// Why bytes are not a histogram of ours.
package enum HistogramEncodingError: Error, Equatable, Sendable {
    /// The bytes end too soon, or go on too long.
    case truncated
    /// The cookie is not that of V2.
    case unknownVersion
    /// The range or the precision differs, so the counts cannot be merged.
    case unlikeRange
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    fileprivate func bigEndian<Value: FixedWidthInteger>(at offset: Int, as: Value.Type) -> Value {
        self[offset..<offset + Value.bitWidth / 8].reduce(0) { $0 << 8 | Value($1) }
    }

    /// LEB128 of the ZigZag form, at most nine bytes, the ninth whole (HdrHistogram's own variant).
    fileprivate mutating func appendZigZag(_ value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            guard rest >= 0x80 else { return append(UInt8(rest)) }
            append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func popZigZag() -> Int64? {
        var value: UInt64 = 0
        for position in 0..<9 {
            guard let byte = popFirst() else { return nil }
            let bits = position < 8 ? UInt64(byte & 0x7f) : UInt64(byte)
            value |= bits << (7 * position)
            if position < 8, byte & 0x80 == 0 { break }
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
