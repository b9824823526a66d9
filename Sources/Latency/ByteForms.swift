/// Numbers as the HdrHistogram encodings write them.
extension [UInt8] {
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The number that begins at `offset`, where there must be enough bytes.
    func bigEndian<Value: FixedWidthInteger>(at offset: Int, as: Value.Type) -> Value {
        self[offset..<offset + Value.bitWidth / 8].reduce(0) { $0 << 8 | Value($1) }
    }

    /// LEB128 of the ZigZag form, at most nine bytes, the ninth whole (HdrHistogram's own variant).
    mutating func appendZigZag(_ value: Int64) {
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
    /// Takes one number off the front; nil where its last byte is missing.
    mutating func popZigZag() -> Int64? {
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
