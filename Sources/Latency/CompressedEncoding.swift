import Foundation

/// The compressed V2 encoding, as histogram logs carry it: a cookie, the length of what follows,
/// and a zlib stream of the uncompressed encoding.
///
/// Format: HdrHistogram's `AbstractHistogram.encodeIntoCompressedByteBuffer` (cookie 0x1c849304).
extension HistogramEncoding {
    private static let compressedCookie: UInt32 = 0x1c84_9304
    private static let compressedHeaderLength = 8

    /// The most bytes that a zlib stream may unfold to: over twice what a byte for every bucket of
    /// five digits over an hour of nanoseconds takes.
    static let inflatedMax = 8 << 20

    /// The histogram as compressed bytes; its unit is not among them.
    package static func compress(_ histogram: PortableHistogram) -> [UInt8] {
        let stream = Zlib.compress(encode(histogram))
        var bytes: [UInt8] = []
        bytes.appendBigEndian(markedAsV2(compressedCookie))
        bytes.appendBigEndian(UInt32(stream.count))
        return bytes + stream
    }

    /// Reads compressed bytes, whichever tool wrote them.
    ///
    /// - Parameter unit: what the values are counted in, where that is known.
    /// - Throws: `HistogramEncodingError`.
    package static func decompress(
        _ bytes: [UInt8], unit: ValueUnit?
    ) throws(HistogramEncodingError) -> PortableHistogram {
        guard bytes.count >= compressedHeaderLength else { throw .truncated }
        guard begin(bytes, with: compressedCookie) else { throw .unknownVersion }
        let length = Int(bytes.bigEndian(at: 4, as: UInt32.self))
        guard bytes.count == compressedHeaderLength + length else { throw .truncated }
        let encoded: [UInt8]
        do throws(ZlibError) {
            encoded = try Zlib.decompress(
                Array(bytes[compressedHeaderLength...]), bytesMax: inflatedMax)
        } catch .tooLong {
            throw .tooLong
        } catch {
            throw .damagedStream
        }
        return try decodePortable(encoded, unit: unit)
    }

    /// The compressed bytes as base64 (RFC 4648), which always begins with `HIST`.
    package static func base64(_ histogram: PortableHistogram) -> String {
        Data(compress(histogram)).base64EncodedString()
    }

    /// Reads compressed bytes from base64.
    ///
    /// - Parameter unit: what the values are counted in, where that is known.
    /// - Throws: `HistogramEncodingError`.
    package static func decode(
        base64 text: some StringProtocol, unit: ValueUnit?
    ) throws(HistogramEncodingError) -> PortableHistogram {
        guard let data = Data(base64Encoded: String(text)) else { throw .notBase64 }
        return try decompress([UInt8](data), unit: unit)
    }
}
