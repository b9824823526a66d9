/// A probability or a share between 0 and 1, written `0.05` or `5%`.
package struct Probability: Quantity {
    /// The share, 0 to 1.
    package let value: Double

    /// A share; the value must lie in 0...1.
    package init(_ value: Double) {
        precondition((0...1).contains(value), "a probability lies between 0 and 1")
        self.value = value
    }

    package static func < (left: Probability, right: Probability) -> Bool {
        left.value < right.value
    }

    package init(parsing text: String) throws(UnitError) {
        let percent = text.hasSuffix("%")
        guard let number = Double(percent ? String(text.dropLast()) : text),
            (0...(percent ? 100 : 1)).contains(number)
        else {
            throw UnitError("a probability", text, remedy: "write it as 0.05 or 5%, from 0 to 1")
        }
        // Read with its exponent, so that 0.7% is the same double as 0.007.
        self.init(percent ? Double(text.dropLast() + "e-2") ?? number / 100 : number)
    }

    package var description: String { "\(value)" }

    /// The share in percent with three significant digits, such as `4.71 %`.
    package var inPercent: String { "\(Significant.text(value * 100)) %" }
}
