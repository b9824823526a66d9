/// A size in bytes, written `256B`, `4KiB` or `1MiB`; a plain number is bytes.
package struct ByteCount: Quantity {
    /// How many bytes.
    package let count: Int

    /// A size of `count` bytes.
    package init(_ count: Int) { self.count = count }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.count < right.count }
}

extension ByteCount {
    private static let units: [(name: String, count: UInt64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    package init(parsing text: String) throws(UnitError) {
        guard let decimal = DecimalWithUnit(text),
            let factor = decimal.unit.isEmpty
                ? 1 : Self.units.first(where: { $0.name == decimal.unit })?.count,
            let count = decimal.scaled(by: factor), let size = Int(exactly: count)
        else { throw UnitError("a size", text, remedy: "write it as 256B, 4KiB or 1MiB") }
        self.init(size)
    }

    package var description: String {
        for unit in Self.units where count > 0 && UInt64(count) % unit.count == 0 {
            return "\(UInt64(count) / unit.count)\(unit.name)"
        }
        return "\(count)B"
    }
}
