import Units

extension Metric {
    /// What it is called in sentences.
    var words: String {
        switch self {
        case .throughput: "throughput"
        case .serviceP50: "service p50"
        case .serviceP99: "service p99"
        case .cpuTime: "CPU time per call"
        }
    }

    /// A value in its own unit.
    func text(_ value: Double) -> String {
        self == .throughput ? "\(Significant.text(value))/s" : Seconds(value / 1e9).inWords
    }
}

extension Evidence {
    /// Whether the ratio over the control's leaves more open than the ratio itself, whose one-sided
    /// bound lies within its interval.
    var isBoundedByControl: Bool {
        guard let upper, let high else { return false }
        return upper > high
    }

    /// The cell and the metric.
    var place: String { "\(cell), \(metric.words)" }

    /// What was found, as in "12.3 % worse, +10.1 % to +14.5 % with 99 % confidence (46.2 µs, then
    /// 51.9 µs)".
    var finding: String {
        let values = "(\(metric.text(baseline)), then \(metric.text(candidate)))"
        guard let low, let high else { return "\(Percent.change(ratio)) \(values)" }
        return "\(Percent.change(ratio)), \(Percent.signed(low)) to \(Percent.signed(high)) with "
            + "99 % confidence \(values)"
    }
}
