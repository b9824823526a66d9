import Exposure
import Latency
import Results
import Throttling
import Units

/// How figures are put for people: three digits, units in words, intervals in brackets.
enum Wording {
    /// `93,500`.
    static func number(_ value: Double) -> String { Significant.text(value) }

    /// The cell's key as code, with the class where two classes share it.
    static func cell(_ cell: Cell) -> String {
        let suffix = cell.mixed == nil ? "" : " \(cell.callerClass.rawValue)"
        return "`\(cell.key)`\(suffix)"
    }

    /// `93,500/s (93,000–94,100)`.
    static func rate(_ interval: Interval) -> String {
        let bounds =
            both(interval.low, interval.high)
            .map { " (\(Significant.text($0.0))–\(Significant.text($0.1)))" } ?? ""
        return "\(Significant.text(interval.estimate))/s\(bounds)"
    }

    /// `12.3 µs`; empty where the figure lacks support.
    static func latency(_ nanoseconds: Int64?) -> String {
        nanoseconds.map { Nanoseconds($0).seconds.inWords } ?? "—"
    }

    /// `5.55 hours`, with its interval or "set by the throttle".
    static func time(_ theft: Theft) -> String {
        guard !theft.seconds.isNever else { return "never" }
        if theft.isSetByThrottle { return "\(theft.seconds.inWords), set by the throttle" }
        guard let low = theft.low, let high = theft.high, low.inWords != high.inWords else {
            return theft.seconds.inWords
        }
        return "\(theft.seconds.inWords) (\(low.inWords) to \(high.inWords))"
    }

    /// A number of records: exact where a throttle sets it, three digits where it was measured.
    static func records(_ loss: Loss) -> String {
        let isMeasured = loss.low.map { $0 < loss.records * 0.999 } ?? false
        return isMeasured || loss.records >= 1e15
            ? Significant.text(loss.records)
            // A whole number may come as a little less of two roundings.
            : Significant.grouped(UInt64(loss.records * (1 + 1e-12)))
    }

    /// `a, b and c`.
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.joined() }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }

    /// A share of the whole; "all" only where it is all.
    static func share(_ fraction: Double) -> String {
        if fraction >= 1 { return "all" }
        // A share that rounds to the whole is not yet all of it.
        if fraction > 0.9995 { return "over 99.9 %" }
        // Less than one in a million is none that anybody would meet.
        if fraction > 0, fraction < 1e-6 { return "under 0.0001 %" }
        return Probability(max(0, fraction)).inPercent
    }

    /// How often something is, or what it costs: less than a millionth is told as that.
    static func small(_ value: Double) -> String {
        value > 0 && value < 1e-6 ? "under 0.000001" : Significant.text(value)
    }

    /// `VALID`, or what is to be known of it: `VALID: no steady state (1 of 5 rounds)`.
    static func verdict(_ verdict: Verdict) -> String {
        verdict.reasonText.isEmpty ? verdict.word : "\(verdict.word): \(verdict.reasonText)"
    }

    /// `how many times longer`, such as `3.4×`.
    static func factor(_ value: Double) -> String { "\(Significant.text(value))×" }

    /// `1.02 (0.99–1.05)`.
    static func ratio(_ interval: Interval) -> String {
        Significant.text(interval.estimate) + bounds(interval)
    }

    /// `60.3× (50–72)`.
    static func factor(_ interval: Interval) -> String {
        factor(interval.estimate) + bounds(interval)
    }

    /// ` (0.99–1.05)`; nothing where there are none.
    private static func bounds(_ interval: Interval) -> String {
        both(interval.low, interval.high)
            .map { " (\(Significant.text($0.0))–\(Significant.text($0.1)))" } ?? ""
    }

    /// The PKCS#11 calls that the service time of an operation covers.
    static func timedCalls(of operation: String) -> String {
        switch operation {
        case "unwrap": "C_UnwrapKey + C_DestroyObject"
        case "mac": "C_SignInit + C_Sign"
        default: "C_DecryptInit + C_Decrypt"
        }
    }
}
