import Foundation

/// A table as RFC 4180 text: UTF-8, one header line, `.` as the decimal sign, empty for "not
/// available".
package struct CSVTable: Sendable {
    /// The header.
    package let columns: [String]
    /// The rows; each has a field for every column.
    package private(set) var rows: [[Field]] = []
    /// To how many digits the text gives numbers; nil for as many as tell them apart.
    private let digits: Int?

    /// One field.
    package enum Field: Hashable, Sendable, ExpressibleByStringLiteral {
        /// Text, quoted where it must be.
        case text(String)
        /// A whole number.
        case integer(Int64)
        /// A count that may exceed a signed number.
        case count(UInt64)
        /// A number; infinity is written `inf`, as every CSV reader's float parser takes it.
        case number(Double)
        /// Not available.
        case empty

        package init(stringLiteral value: String) { self = .text(value) }

        /// A number, or empty.
        package static func optional(_ value: Double?) -> Field { value.map(number) ?? .empty }
        /// A whole number, or empty.
        package static func optional(_ value: Int64?) -> Field { value.map(integer) ?? .empty }

        func encoded(digits: Int?) -> String {
            switch self {
            case .text(let text): Self.quoted(text)
            case .integer(let value): String(value)
            case .count(let value): String(value)
            case .number(let value): value.isNaN ? "" : "\(Self.rounded(value, digits))"
            case .empty: ""
            }
        }

        private static func rounded(_ value: Double, _ digits: Int?) -> Double {
            guard let digits, value.isFinite else { return value }
            return Double(String(format: "%.\(digits - 1)e", value)) ?? value
        }

        private static func quoted(_ text: String) -> String {
            // Scalar by scalar: a comma with a combining mark is a character of its own.
            let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
            guard text.unicodeScalars.contains(where: special.contains) else { return text }
            var quoted = "\"".unicodeScalars
            for scalar in text.unicodeScalars {
                if scalar == "\"" { quoted.append(scalar) }
                quoted.append(scalar)
            }
            quoted.append("\"")
            return String(quoted)
        }
    }

    /// A table with a header and no row.
    ///
    /// - Parameter digits: to how many digits the text gives numbers, at least one, so that what
    ///   was computed ends before the rounding of doubles shows; nil for all.
    package init(columns: [String], digits: Int? = nil) {
        precondition(digits ?? 1 > 0, "a number has digits")
        (self.columns, self.digits) = (columns, digits)
    }

    /// Adds a row.
    package mutating func append(_ row: [Field]) {
        precondition(row.count == columns.count, "a row has a field for every column")
        rows.append(row)
    }

    /// The table as text, lines ended by CR LF as the standard has it.
    package var text: String {
        let header = columns.map { Field.text($0).encoded(digits: nil) }.joined(separator: ",")
        let body = rows.map { row in
            row.map { $0.encoded(digits: digits) }.joined(separator: ",")
        }
        return ([header] + body).joined(separator: "\r\n") + "\r\n"
    }
}
