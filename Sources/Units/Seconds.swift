/// A projected length of time in seconds: what a model yields, as long as ages, or never.
///
/// Held as a double, because 10¹⁸ records at one a day outlast every integer clock. Decisions are
/// taken on `Nanoseconds`, never on this.
package struct Seconds: Codable, Hashable, Sendable, Comparable {
    /// Seconds; infinite for never.
    package var value: Double

    /// A length of `value` seconds.
    package init(_ value: Double) { self.value = value }

    /// Longer than any time: the theft does not end.
    package static let never = Seconds(.infinity)
    /// No time at all.
    package static let zero = Seconds(0)

    /// Whether the end is never reached.
    package var isNever: Bool { value == .infinity }

    package static func < (left: Seconds, right: Seconds) -> Bool { left.value < right.value }

    /// A length in everyday words with two or three significant digits: `1.4 hours`, `3.2 years`.
    package var inWords: String {
        guard !value.isNaN else { return "n/a" }
        guard value != .infinity else { return "never" }
        let units: [(name: String, seconds: Double)] = [
            ("year", 31_557_600), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1),
            ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9),
        ]
        guard value > 0 else { return "0 seconds" }
        var index = units.firstIndex { value >= $0.seconds } ?? units.count - 1
        var amount = Significant.text(value / units[index].seconds)
        // 59.96 s rounds to sixty: say one minute.
        if index > 0, amount == Significant.text(units[index - 1].seconds / units[index].seconds) {
            (index, amount) = (index - 1, "1")
        }
        let unit = units[index]
        let plural = amount == "1" || unit.seconds < 1 ? "" : "s"
        return "\(amount) \(unit.name)\(plural)"
    }
}

extension Seconds {
    /// The length after "per": `minute`, `15 minutes`.
    package var asPeriod: String {
        inWords.hasPrefix("1 ") ? String(inWords.dropFirst(2)) : inWords
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? .infinity : try container.decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if isNever { try container.encodeNil() } else { try container.encode(value) }
    }
}
