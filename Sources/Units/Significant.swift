/// Numbers rounded for people: three significant digits, thousands grouped, no exponent below 10¹⁵.
package enum Significant {
    /// `1,234.5` becomes `1,230`, `0.04567` becomes `0.0457`; trailing zeros go.
    package static func text(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return value.isNaN ? "n/a" : value > 0 ? "∞" : "−∞" }
        guard value != 0 else { return "0" }
        guard value > 0 else { return "−" + text(-value, digits: digits) }
        // Nothing that is counted here is so small, and powers of ten beyond this overflow.
        guard value >= 1e-290 else { return "0" }
        var exponent = exponentOfTen(value)
        var scaled = (value * power(digits - 1 - exponent)).rounded()
        if scaled >= power(digits) {
            exponent += 1
            scaled = (value * power(digits - 1 - exponent)).rounded()
        }
        let shift = exponent - (digits - 1)
        guard exponent < 15 else { return "\(decimal(scaled, places: digits - 1))e\(exponent)" }
        if shift >= 0 { return grouped(UInt64(scaled * power(shift))) }
        return decimal(scaled, places: -shift)
    }

    /// A whole number with its thousands grouped by commas.
    package static func grouped(_ value: UInt64) -> String {
        var result = ""
        for (index, digit) in String(value).reversed().enumerated() {
            if index > 0, index % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return String(result.reversed())
    }

    /// `scaled / 10^places`, written without a rounding of its own.
    private static func decimal(_ scaled: Double, places: Int) -> String {
        var digits = String(UInt64(scaled))
        while digits.count <= places { digits = "0" + digits }
        let whole = UInt64(digits.dropLast(places)) ?? 0
        var fraction = String(digits.suffix(places))
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return fraction.isEmpty ? grouped(whole) : "\(grouped(whole)).\(fraction)"
    }

    private static func exponentOfTen(_ value: Double) -> Int {
        var exponent = 0
        var rest = value
        while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
        while rest < 1 { (rest, exponent) = (rest * 10, exponent - 1) }
        return exponent
    }

    private static func power(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<abs(exponent) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }
}
