import Regression
import Results
import Units

/// How promises and what became of them are put for people.
enum CapacityWording {
    /// `99 of 100 calls within 20 ms`.
    static func promise(_ promise: Promise) -> String {
        var (part, whole, digits) = (promise.percentileMillionths, 100_000_000, 6)
        while digits > 0, part % 10 == 0 {
            (part, whole, digits) = (part / 10, whole / 10, digits - 1)
        }
        let within = promise.includesLimit ? "within" : "in less than"
        return "\(Significant.grouped(UInt64(part))) of \(Significant.grouped(UInt64(whole))) "
            + "calls \(within) \(promise.limit.seconds.inWords)"
    }

    /// `1,240`: calls a second to four digits, which a resolution of half a percent needs.
    static func rate(_ rate: Rate) -> String { perSecond(rate.perSecond) }

    /// The same of a number of calls a second.
    static func perSecond(_ rate: Double) -> String { Significant.text(rate, digits: 4) }

    /// A share of late calls in percent, to two digits.
    static func share(_ share: Double) -> String {
        share <= 0 ? "0 %" : "\(Significant.text(min(share, 1) * 100, digits: 2)) %"
    }

    /// `0.31 % (0.12–0.8 %)`.
    static func lateShare(_ judgement: StepJudgement) -> String {
        // Less than one call in a million cannot be told from none.
        let low = judgement.low < 1e-6 ? 0 : judgement.low
        return "\(share(judgement.lateShare)) (\(Significant.text(low * 100, digits: 2))–"
            + "\(share(judgement.high)))"
    }

    /// `4 callers in 2 processes`.
    static func callers(_ callers: Int, processes: Int) -> String {
        "\(callers) caller\(callers == 1 ? "" : "s") in "
            + (processes == 1 ? "one process" : "\(processes) processes")
    }

    /// A remark with a capital letter and a full stop.
    static func sentence(_ remark: String) -> String {
        remark.capitalizedFirst + (remark.hasSuffix(".") ? "" : ".")
    }
}
