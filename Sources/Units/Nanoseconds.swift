/// A length of time, or an instant of a monotonic clock, in whole nanoseconds (up to 292 years).
///
/// Every decision of a throttle and every measured latency is counted in these: a clock kept in
/// doubles loses nanoseconds once it has run for a few months.
package struct Nanoseconds: Quantity {
    /// The count; negative only for a difference of two instants.
    package var count: Int64

    /// A length of `count` nanoseconds.
    @inlinable package init(_ count: Int64) { self.count = count }

    /// No time at all.
    @inlinable package static var zero: Nanoseconds { Nanoseconds(0) }
    /// The longest time that can be told.
    @inlinable package static var max: Nanoseconds { Nanoseconds(.max) }

    /// A length in whole microseconds.
    package static func microseconds(_ count: Int64) -> Nanoseconds { .init(count * 1_000) }
    /// A length in whole milliseconds.
    package static func milliseconds(_ count: Int64) -> Nanoseconds { .init(count * 1_000_000) }
    /// A length in whole seconds.
    package static func seconds(_ count: Int64) -> Nanoseconds { .init(count * 1_000_000_000) }

    /// The same length in seconds, for the models.
    package var seconds: Seconds { Seconds(Double(count) / 1e9) }

    @inlinable package static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
        left.count < right.count
    }
    @inlinable package static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        Nanoseconds(left.count + right.count)
    }
    @inlinable package static func += (left: inout Nanoseconds, right: Nanoseconds) {
        left = left + right
    }
    @inlinable package static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        Nanoseconds(left.count - right.count)
    }
}

extension Nanoseconds {
    private static let units: [(name: String, count: UInt64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    package init(parsing text: String) throws(UnitError) {
        let forms = "write it as 250us, 5ms, 90s, 15m, 1h or 30d"
        guard let decimal = DecimalWithUnit(text),
            let unit = Self.units.first(where: { $0.name == decimal.unit })
        else { throw UnitError("a duration", text, remedy: forms) }
        guard let count = decimal.scaled(by: unit.count), let signed = Int64(exactly: count) else {
            throw UnitError(
                "a duration", text, remedy: "it must be whole nanoseconds, 292 years at most")
        }
        self.init(signed)
    }

    /// The shortest exact form with one unit, such as `90s` or `1h`.
    package var description: String {
        guard count != 0 else { return "0s" }
        let sign = count < 0 ? "-" : ""
        for unit in Self.units where count.magnitude % unit.count == 0 {
            return "\(sign)\(count.magnitude / unit.count)\(unit.name)"
        }
        return "\(count)ns"
    }
}
