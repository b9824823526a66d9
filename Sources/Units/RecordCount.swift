/// A number of records, operations or calls, written `10k`, `1M`, `1G` or in full.
package struct RecordCount: Quantity {
    /// How many.
    package let count: UInt64

    /// `count` records.
    package init(_ count: UInt64) { self.count = count }

    package static func < (left: RecordCount, right: RecordCount) -> Bool {
        left.count < right.count
    }
}

extension RecordCount {
    private static let units: [(name: String, count: UInt64)] = [
        ("P", 1_000_000_000_000_000), ("T", 1_000_000_000_000), ("G", 1_000_000_000),
        ("M", 1_000_000), ("k", 1_000), ("", 1),
    ]
    private static let words: [(name: String, count: UInt64)] = [
        ("quadrillion", 1_000_000_000_000_000), ("trillion", 1_000_000_000_000),
        ("billion", 1_000_000_000), ("million", 1_000_000),
    ]

    package init(parsing text: String) throws(UnitError) {
        guard let decimal = DecimalWithUnit(text),
            let unit = Self.units.first(where: { $0.name == decimal.unit }),
            let count = decimal.scaled(by: unit.count)
        else {
            throw UnitError(
                "a count", text, remedy: "write it as 500, 10k, 1M or 1G (at most 1.8e19)")
        }
        self.init(count)
    }

    /// The shortest exact form: 30,000 is `30k`, 1,500 is `1500`.
    package var description: String {
        guard count > 0 else { return "0" }
        for unit in Self.units where count % unit.count == 0 {
            return "\(count / unit.count)\(unit.name)"
        }
        return String(count)
    }

    /// For sentences: `10 million`, `1.5 billion`, `10,000`.
    package var inWords: String {
        for unit in Self.words where count >= unit.count && count % (unit.count / 10) == 0 {
            let tenth = count % unit.count / (unit.count / 10)
            let fraction = tenth > 0 ? ".\(tenth)" : ""
            return "\(Significant.grouped(count / unit.count))\(fraction) \(unit.name)"
        }
        return Significant.grouped(count)
    }
}
