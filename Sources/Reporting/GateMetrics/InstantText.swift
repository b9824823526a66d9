import Foundation
import Units

/// Instants since the Unix epoch as text in UTC, ISO 8601.
enum InstantText {
    private static let second: Int64 = 1_000_000_000

    /// `2026-03-01T12:00:00Z`, with a fraction of a second where there is one.
    static func text(_ instant: Nanoseconds) -> String {
        let (seconds, fraction) = instant.count.quotientAndRemainder(dividingBy: second)
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        guard fraction > 0 else { return whole }
        return "\(whole.dropLast()).\(decimals(fraction))Z"
    }

    /// To the second, for people.
    static func brief(_ instant: Nanoseconds) -> String {
        text(Nanoseconds(instant.count / second * second))
    }

    /// The instant that a text tells; nil where it is none of these.
    static func instant(_ text: String) -> Nanoseconds? {
        let parts = text.dropLast(text.hasSuffix("Z") ? 1 : 0).split(
            separator: ".", omittingEmptySubsequences: false)
        guard text.hasSuffix("Z"), (1...2).contains(parts.count),
            let date = try? Date("\(parts[0])Z", strategy: .iso8601)
        else { return nil }
        let digits = parts.count == 2 ? parts[1] : "0"
        guard (1...9).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }),
            let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count))
        else { return nil }
        return Nanoseconds(Int64(date.timeIntervalSince1970) * second + fraction)
    }

    /// A length or an instant in seconds, exactly: `12.5`.
    static func seconds(_ time: Nanoseconds) -> String {
        let (seconds, fraction) = max(0, time.count).quotientAndRemainder(dividingBy: second)
        return fraction == 0 ? "\(seconds)" : "\(seconds).\(decimals(fraction))"
    }

    /// Nanoseconds as the digits after the point, without zeros at their end.
    private static func decimals(_ fraction: Int64) -> String {
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits
    }
}
