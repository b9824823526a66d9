/// A text that could not be read as a quantity, with the forms that can.
package struct UnitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was to be read, in the field's words, such as "a duration".
    package let quantity: String
    /// The text as given.
    package let text: String
    /// Examples of what is accepted, or the bound that was broken.
    package let remedy: String

    /// Makes the error from its three parts.
    package init(_ quantity: String, _ text: String, remedy: String) {
        self.quantity = quantity
        self.text = text
        self.remedy = remedy
    }

    package var description: String { "'\(text)' is not \(quantity): \(remedy)" }
}

/// A quantity that is written the same way in a flag, a file and a result.
package protocol Quantity: Codable, Hashable, Sendable, CustomStringConvertible, Comparable {
    /// Reads the quantity from its one textual form.
    ///
    /// - Throws: `UnitError` naming the accepted forms.
    init(parsing text: String) throws(UnitError)
}

extension Quantity {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        try self.init(parsing: text)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Splits "12.5ms" into an exact decimal and its unit.
///
/// The number is `digits / 10^decimals`; nil where the text is no decimal and letters.
struct DecimalWithUnit {
    let digits: UInt64
    let decimals: Int
    let unit: Substring

    init?(_ text: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard !number.isEmpty, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }),
            let digits = UInt64(parts.joined())
        else { return nil }
        self.digits = digits
        decimals = parts.count == 2 ? parts[1].count : 0
        unit = text[number.endIndex...]
    }

    /// The number times `factor`, or nil where that is no whole number of 64 bits.
    func scaled(by factor: UInt64) -> UInt64? {
        var product = UInt128(digits) * UInt128(factor)
        for _ in 0..<decimals {
            guard product % 10 == 0 else { return nil }
            product /= 10
        }
        return UInt64(exactly: product)
    }
}
