import CZlib

/// zlib streams (RFC 1950), whole in memory.
enum Zlib {
    /// The stream of `bytes`, at zlib's own choice between time and size.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var stream = [UInt8](repeating: 0, count: Int(length))
        let code = unsafe compress2(
            &stream, &length, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION)
        precondition(code == Z_OK, "zlib fails only where its buffer or all memory is too small")
        return Array(stream.prefix(Int(length)))
    }

    /// The bytes of a stream, `bytesMax` at most: a small stream can stand for gigabytes.
    ///
    /// - Throws: `ZlibError` where it is damaged or cut short, where something follows it, or
    ///   where it holds more than `bytesMax` bytes.
    static func decompress(_ stream: [UInt8], bytesMax: Int) throws(ZlibError) -> [UInt8] {
        // Room for what a histogram mostly takes; each further try has twice as much.
        var room = min(bytesMax, max(4_096, 4 * stream.count))
        while true {
            var bytes = [UInt8](repeating: 0, count: room)
            var (length, used) = (uLong(room), uLong(stream.count))
            switch unsafe uncompress2(&bytes, &length, stream, &used) {
            case Z_OK:
                guard used == stream.count else { throw .damaged }
                return Array(bytes.prefix(Int(length)))
            case Z_BUF_ERROR where room < bytesMax:
                room = min(bytesMax, 2 * room)
            case Z_BUF_ERROR:
                throw .tooLong
            default:
                throw .damaged
            }
        }
    }
}

/// Why a zlib stream is refused.
enum ZlibError: Error, Equatable {
    /// It is no zlib stream, is cut short, or something follows it.
    case damaged
    /// It holds more bytes than the caller allows.
    case tooLong
}
