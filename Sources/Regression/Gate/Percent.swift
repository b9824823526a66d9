import Units

/// Cost ratios as people read them.
enum Percent {
    /// A share, as in "5 %".
    static func share(_ value: Double) -> String { "\(Significant.text(value * 100)) %" }

    /// What a cost ratio adds, as in "+12.3 %" or "−4 %".
    static func signed(_ ratio: Double) -> String {
        let added = rounded(ratio)
        return (added > 0 ? "+" : "") + "\(Significant.text(added)) %"
    }

    /// What a cost ratio means, as in "12.3 % worse".
    static func change(_ ratio: Double) -> String {
        let added = rounded(ratio)
        guard added != 0 else { return "the same" }
        return "\(Significant.text(abs(added))) % \(added > 0 ? "worse" : "better")"
    }

    /// What a ratio adds in percent, to a hundredth of one: nobody measures finer.
    private static func rounded(_ ratio: Double) -> Double {
        (ratio * 10_000 - 10_000).rounded() / 100
    }
}
