/// The last bits that were pushed, the newest at index 0; unset before the first.
struct BitRing: Hashable, Sendable {
    private let length: Int
    /// All of the bits, the newest lowest, where they fit in one word: a copy allocates nothing.
    private var word: UInt64 = 0
    /// The bits in a circle, where they do not.
    private var circle: [UInt64]
    private var newest = 0

    private static let bits = UInt64.bitWidth

    /// A ring of unset bits.
    init(length: Int) {
        self.length = length
        circle =
            length > Self.bits
            ? [UInt64](repeating: 0, count: (length + Self.bits - 1) / Self.bits) : []
    }

    /// The bit that was pushed so many pushes before the newest, fewer than the length.
    subscript(age: Int) -> Bool {
        guard length > Self.bits else { return word >> UInt64(age) & 1 == 1 }
        let index = newest >= age ? newest - age : newest - age + length
        return circle[index / Self.bits] >> UInt64(index % Self.bits) & 1 == 1
    }

    /// Adds a bit; the oldest is forgotten.
    mutating func push(_ bit: Bool) {
        guard length > Self.bits else {
            word = (word << 1 | (bit ? 1 : 0)) & (.max >> UInt64(Self.bits - length))
            return
        }
        newest = newest + 1 == length ? 0 : newest + 1
        let mask = UInt64(1) << UInt64(newest % Self.bits)
        if bit {
            circle[newest / Self.bits] |= mask
        } else {
            circle[newest / Self.bits] &= ~mask
        }
    }
}
