import Units

/// What stands in the rows of a drill: a thief's plaintext is right where it equals this.
package struct TruthBook: Codable, Sendable {
    private let seed: UInt64
    /// Length of a record in bytes.
    package let recordBytes: Int

    /// The book of a seed.
    package init(seed: UInt64, recordBytes: Int) {
        precondition(recordBytes > 0, "a record has a byte")
        self.seed = seed
        self.recordBytes = recordBytes
    }

    /// The record of a row: `customer 0000042 ` and characters that follow from the seed and the
    /// number. A record too short to hold both holds the characters only, or many would be equal.
    package func record(_ id: Int64) -> [UInt8] {
        var bytes = start(id)
        if bytes.count + Self.fewest > recordBytes { bytes = [] }
        bytes.reserveCapacity(recordBytes + Self.charactersOfDraw)
        // The numbers lie a step of the generator apart: their streams, begun there, would overlap.
        var mixer = SeededGenerator(seed: UInt64(bitPattern: id))
        var generator = SeededGenerator(seed: seed ^ mixer.next())
        while bytes.count < recordBytes {
            var draw = generator.next()
            for _ in 0..<Self.charactersOfDraw {
                bytes.append(Self.alphabet[Int(draw & 63)])
                draw >>= 6
            }
        }
        bytes.removeLast(bytes.count - recordBytes)
        return bytes
    }

    /// How many characters the seed decides at the least where a record begins with its number.
    private static let fewest = 8
    private static let charactersOfDraw = 10
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -".utf8)
    private static let title = Array("customer ".utf8)

    /// The title and the number, in seven digits or as many as it takes.
    private func start(_ id: Int64) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = id.magnitude
        while rest > 0 || digits.count < 7 {
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        return Self.title + digits.reversed() + [UInt8(ascii: " ")]
    }
}
