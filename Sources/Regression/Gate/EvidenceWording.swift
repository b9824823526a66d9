import Foundation
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

/// Numbers of things, and lists of them that stay short.
enum Counted {
    /// As in "1 round" or "5 rounds".
    static func text(_ count: Int, _ noun: String) -> String {
        "\(Significant.grouped(UInt64(max(count, 0)))) \(noun)\(count == 1 ? "" : "s")"
    }

    /// The first few, and how many more there are.
    static func list(_ items: [String], most: Int = 3, separator: String = ", ") -> String {
        guard items.count > most + 1 else { return items.joined(separator: separator) }
        return items.prefix(most).joined(separator: separator)
            + " and \(Significant.grouped(UInt64(items.count - most))) more"
    }
}
