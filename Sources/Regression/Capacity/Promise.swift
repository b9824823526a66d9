import Foundation
import Units

/// A promise on response times: which share of the calls is answered within which time, such as
/// `p99<20ms`.
package struct Promise: Hashable, Sendable, CustomStringConvertible {
    /// The percentile in millionths of a percent, so that 99.9 is exact; above 0, below 100 %.
    package let percentileMillionths: Int
    /// The limit on the response time.
    package let limit: Nanoseconds
    /// Whether an answer at the limit itself keeps the promise (`<=`).
    package let includesLimit: Bool

    /// Millionths of a percent in a whole.
    private static let whole = 100_000_000
    private static let millionth = 1_000_000

    /// A promise from its parts.
    ///
    /// - Parameter percentileMillionths: 99.9 % is 99,900,000.
    package init(percentileMillionths: Int, limit: Nanoseconds, includesLimit: Bool = false) {
        precondition(
            percentileMillionths > 0 && percentileMillionths < Self.whole,
            "a percentile lies between 0 and 100")
        precondition(limit > .zero, "a limit is more than no time")
        self.percentileMillionths = percentileMillionths
        self.limit = limit
        self.includesLimit = includesLimit
    }

    /// Reads `p99<20ms`, `p99.9<=5ms` or `p50 < 250us`.
    ///
    /// - Throws: `UnitError` with the text and the accepted forms.
    package init(parsing text: String) throws(UnitError) {
        let forms = "write it as p99<20ms, p99.9<=5ms or p50<250us"
        let packed = text.filter { $0 != " " }
        guard packed.first == "p", let sign = packed.firstIndex(of: "<") else {
            throw UnitError("a promise", text, remedy: forms)
        }
        var limit = packed[packed.index(after: sign)...]
        let includesLimit = limit.first == "="
        if includesLimit { limit.removeFirst() }
        guard let percentile = Self.millionths(packed[..<sign].dropFirst()) else {
            throw UnitError("a promise", text, remedy: forms)
        }
        guard percentile > 0, percentile < Self.whole else {
            throw UnitError(
                "a promise", text, remedy: "its percentile must lie between 0 and 100, as in p99")
        }
        guard let length = try? Nanoseconds(parsing: String(limit)) else {
            throw UnitError("a promise", text, remedy: forms)
        }
        guard length > .zero else {
            throw UnitError("a promise", text, remedy: "its limit must be more than no time")
        }
        self.init(
            percentileMillionths: percentile, limit: length, includesLimit: includesLimit)
    }

    /// The text `99.9` as 99,900,000; nil where it is no decimal of six places at most.
    private static func millionths(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.allSatisfy({ $0 == "." || $0.isASCII && $0.isNumber }), parts.count <= 2,
            let first = parts.first, first.count <= 9, let percents = Int(first)
        else { return nil }
        guard parts.count == 2 else { return percents * millionth }
        guard (1...6).contains(parts[1].count),
            let fraction = Int(parts[1] + String(repeating: "0", count: 6 - parts[1].count))
        else { return nil }
        return percents * millionth + fraction
    }

    /// The one form in which it is written: `p99.9<=5ms`.
    package var description: String {
        "\(percentileName)\(includesLimit ? "<=" : "<")\(limit)"
    }

    /// The percentile's name: `p99.9`.
    package var percentileName: String {
        let (percents, rest) = percentileMillionths.quotientAndRemainder(
            dividingBy: Self.millionth)
        guard rest > 0 else { return "p\(percents)" }
        var fraction = String(String(rest + Self.millionth).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "p\(percents).\(fraction)"
    }

    /// The share of calls that may be late: 0.01 for p99.
    package var allowedLateShare: Double {
        Double(Self.whole - percentileMillionths) / Double(Self.whole)
    }

    /// Whether a call answered after so long breaks the limit.
    package func isLate(_ response: Nanoseconds) -> Bool {
        includesLimit ? response > limit : response >= limit
    }

    /// The fewest independent calls that can show the promise kept, all of them in time: the least
    /// n with (1 − allowed)^n ≤ 1 − confidence, 459 for p99 at 99 %.
    package func neededCalls(confidence: Double = 0.99) -> Int {
        precondition(confidence > 0 && confidence < 1, "a confidence lies inside 0 and 1")
        return Int(
            (Foundation.log1p(-confidence) / Foundation.log1p(-allowedLateShare)).rounded(.up))
    }
}

extension Promise: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
