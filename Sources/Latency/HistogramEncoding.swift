/// The HdrHistogram V2 encoding, uncompressed: a 40-byte header, then the bucket counts as ZigZag
/// LEB128 numbers in which a negative one is a run of empty buckets.
///
/// Format: HdrHistogram's `AbstractHistogram.encodeIntoByteBuffer` (V2, cookie 0x1c849303).
package enum HistogramEncoding {
    /// What stands first, without the half byte that says how wide a count is: V2 has one width.
    private static let cookie: UInt32 = 0x1c84_9303
    static let headerLength = 40

    /// The histogram as bytes.
    package static func encode(_ histogram: LatencyHistogram) -> [UInt8] {
        encode(PortableHistogram(histogram))
    }

    /// The histogram as bytes; its unit is not among them.
    package static func encode(_ histogram: PortableHistogram) -> [UInt8] {
        let payload = encodeCounts(histogram.buckets)
        var bytes: [UInt8] = []
        bytes.appendBigEndian(markedAsV2(cookie))
        bytes.appendBigEndian(UInt32(payload.count))
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt32(histogram.layout.digits))
        bytes.appendBigEndian(histogram.layout.lowest)
        bytes.appendBigEndian(histogram.layout.highest)
        bytes.appendBigEndian((1.0).bitPattern)
        return bytes + payload
    }

    /// Reads a histogram of our own layout.
    ///
    /// - Throws: `HistogramEncodingError` where the bytes are cut short, of another version, or of
    ///   another range or precision.
    package static func decode(
        _ bytes: [UInt8]
    ) throws(HistogramEncodingError) -> LatencyHistogram {
        let header = try Header(bytes)
        guard header.layout == BucketLayout.latency else { throw .unlikeRange }
        let portable = try decode(bytes, after: header, unit: .nanoseconds)
        do {
            return try LatencyHistogram(portable)
        } catch {
            throw .unlikeRange
        }
    }

    /// Reads a histogram of any range and precision, whichever tool wrote it.
    ///
    /// - Parameter unit: what its values are counted in, where that is known.
    /// - Throws: `HistogramEncodingError`.
    package static func decodePortable(
        _ bytes: [UInt8], unit: ValueUnit?
    ) throws(HistogramEncodingError) -> PortableHistogram {
        try decode(bytes, after: try Header(bytes), unit: unit)
    }

    /// The cookie as V2 writes it.
    static func markedAsV2(_ cookie: UInt32) -> UInt32 { cookie | 0x10 }

    /// Whether the bytes begin with a cookie, whatever width of counts it names.
    static func begin(_ bytes: [UInt8], with cookie: UInt32) -> Bool {
        bytes.bigEndian(at: 0, as: UInt32.self) & ~0xf0 == cookie
    }
}

extension HistogramEncoding {
    private struct Header {
        let payloadLength: Int
        let shift: UInt32
        let ratio: Double
        /// nil where no histogram has the range and the precision that the header states.
        let layout: BucketLayout?

        init(_ bytes: [UInt8]) throws(HistogramEncodingError) {
            guard bytes.count >= headerLength else { throw .truncated }
            guard begin(bytes, with: cookie) else { throw .unknownVersion }
            payloadLength = Int(bytes.bigEndian(at: 4, as: UInt32.self))
            shift = bytes.bigEndian(at: 8, as: UInt32.self)
            layout = BucketLayout(
                lowest: bytes.bigEndian(at: 16, as: UInt64.self),
                highest: bytes.bigEndian(at: 24, as: UInt64.self),
                digits: Int(bytes.bigEndian(at: 12, as: UInt32.self)))
            ratio = Double(bitPattern: bytes.bigEndian(at: 32, as: UInt64.self))
        }
    }

    private static func decode(
        _ bytes: [UInt8], after header: Header, unit: ValueUnit?
    ) throws(HistogramEncodingError) -> PortableHistogram {
        guard let layout = header.layout else { throw .impossibleLayout }
        guard bytes.count == headerLength + header.payloadLength else { throw .truncated }
        guard header.shift == 0, header.ratio == 1 else { throw .scaled }
        let buckets = try decodeCounts(bytes[headerLength...], bucketsMax: Int64(layout.count))
        guard let histogram = PortableHistogram(layout: layout, unit: unit, buckets: buckets)
        else { throw .unlikeRange }
        return histogram
    }

    private static func encodeCounts(_ buckets: [PortableHistogram.Bucket]) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = 0
        for bucket in buckets {
            if bucket.index > next { bytes.appendZigZag(Int64(next - bucket.index)) }
            bytes.appendZigZag(Int64(clamping: bucket.count))
            next = bucket.index + 1
        }
        return bytes
    }

    private static func decodeCounts(
        _ payload: ArraySlice<UInt8>, bucketsMax: Int64
    ) throws(HistogramEncodingError) -> [PortableHistogram.Bucket] {
        var buckets: [PortableHistogram.Bucket] = []
        var rest = payload
        var index: Int64 = 0
        while !rest.isEmpty {
            guard let number = rest.popZigZag() else { throw .truncated }
            if number < 0 {
                // Compared before it is negated: the least number has no opposite.
                guard number >= index - bucketsMax else { throw .unlikeRange }
                index -= number
            } else {
                guard index < bucketsMax else { throw .unlikeRange }
                // Some tools write a single empty bucket as a count of zero.
                if number > 0 {
                    buckets.append(.init(index: Int(index), count: UInt64(number)))
                }
                index += 1
            }
        }
        return buckets
    }
}
