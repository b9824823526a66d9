import Units

/// How the values of an axis are written, and with it where its round values lie.
package enum ValueUnit: Sendable, CaseIterable {
    /// Three significant digits, thousands grouped: `0.5`, `12,000`.
    case plain
    /// With the prefixes of counts: `500`, `10k`, `1.5M`.
    case prefixed
    /// Counts in words: `10,000`, `1 million`.
    case records
    /// Bytes in powers of two: `256 B`, `4 KiB`.
    case bytes
    /// Seconds as durations of everyday life: `10 ms`, `15 min`, `30 days`, `100 years`.
    case duration
    /// A share of one, in percent: `5 %`.
    case percent

    /// The value as it stands beside a tick.
    package func text(_ value: Double) -> String {
        guard value.isFinite else {
            return self == .duration && value > 0 ? "never" : Significant.text(value)
        }
        // Smaller than any quantity of ours, and than the scaling by powers of ten can hold.
        guard value == 0 || abs(value) >= 1e-120 else { return text(0) }
        return switch self {
        case .plain: Significant.text(value)
        case .prefixed: Self.scaled(value, by: Self.prefixes, joint: "")
        case .records: Self.inWords(value)
        case .bytes: Self.scaled(value, by: Self.byteUnits, joint: " ")
        case .duration: Self.duration(value)
        case .percent: "\(Significant.text(value * 100)) %"
        }
    }

    private static let prefixes: [(name: String, size: Double)] = [
        ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3),
    ]
    private static let byteUnits: [(name: String, size: Double)] = [
        ("TiB", 1_099_511_627_776), ("GiB", 1_073_741_824), ("MiB", 1_048_576), ("KiB", 1_024),
        ("B", 0),
    ]
    /// The names of durations from a year down; a unit is used from its own size upwards.
    private static let durations: [(name: String, plural: String, seconds: Double)] = [
        ("year", "years", 31_557_600), ("day", "days", 86_400), ("h", "h", 3_600),
        ("min", "min", 60), ("s", "s", 1), ("ms", "ms", 1e-3), ("µs", "µs", 1e-6),
        ("ns", "ns", 1e-9),
    ]

    /// The value in the largest unit that is no larger than it.
    private static func scaled(
        _ value: Double, by units: [(name: String, size: Double)], joint: String
    ) -> String {
        guard let unit = units.first(where: { abs(value) >= $0.size * 0.9995 }) else {
            return Significant.text(value)
        }
        return Significant.text(value / max(unit.size, 1)) + joint + unit.name
    }

    private static func inWords(_ value: Double) -> String {
        guard value >= 1e6, value < 1e18 else { return Significant.text(value) }
        // Rounded first, so that a value between round ones still reads "1.23 million".
        let words: [(name: String, size: Double)] = [
            ("quadrillion", 1e15), ("trillion", 1e12), ("billion", 1e9), ("million", 1e6),
        ]
        return scaled(value, by: words, joint: " ")
    }

    private static func duration(_ seconds: Double) -> String {
        guard seconds != 0 else { return "0" }
        // The slack of `Seconds.inWords`: 59.98 s reads as a minute, never as "60 s".
        let unit =
            durations.first { abs(seconds) >= $0.seconds * 0.9995 }
            ?? durations[durations.count - 1]
        let amount = seconds / unit.seconds
        let text = unit.name == "year" ? inWords(amount) : Significant.text(amount)
        return "\(text) \(text == "1" ? unit.name : unit.plural)"
    }
}
