/// Operations per period, kept as the exact pair that was written (`500/s`, `30k/min`, `50/d`).
package struct Rate: Quantity {
    /// Operations in one period, at least 1.
    package let count: UInt64
    /// The period: a second, a minute, an hour or a day.
    package let period: Nanoseconds

    /// `count` operations each `period`.
    package init(_ count: UInt64, per period: Nanoseconds = .seconds(1)) {
        precondition(count > 0 && period.count > 0, "a rate is positive")
        self.count = count
        self.period = period
    }

    /// Operations per second.
    package var perSecond: Double { Double(count) / period.seconds.value }

    package static func < (left: Rate, right: Rate) -> Bool {
        let crossed = (
            UInt128(left.count) * UInt128(right.period.count.magnitude),
            UInt128(right.count) * UInt128(left.period.count.magnitude)
        )
        return crossed.0 < crossed.1
    }
}

extension Rate {
    private static let periods: [(name: String, short: String, length: Nanoseconds)] = [
        ("s", "ps", .seconds(1)), ("min", "pmin", .seconds(60)), ("h", "ph", .seconds(3_600)),
        ("d", "pd", .seconds(86_400)),
    ]

    package init(parsing text: String) throws(UnitError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2,
            let period = Self.periods.first(where: { $0.name == parts[1] }),
            let count = try? RecordCount(parsing: String(parts[0]))
        else {
            throw UnitError("a rate", text, remedy: "write it as 500/s, 30k/min, 100/h or 50/d")
        }
        guard count.count > 0 else {
            throw UnitError("a rate", text, remedy: "it must be more than zero")
        }
        self.init(count.count, per: period.length)
    }

    package var description: String { "\(RecordCount(count))/\(periodName.name)" }

    /// The form without a slash that stands in a cell's key: `500ps`, `30kpmin`.
    package var keyForm: String { "\(RecordCount(count))\(periodName.short)" }

    private var periodName: (name: String, short: String) {
        let known = Self.periods.first { $0.length == period }
        return known.map { ($0.name, $0.short) } ?? (period.description, "per\(period)")
    }
}
