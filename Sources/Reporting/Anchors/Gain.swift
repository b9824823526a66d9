import Latency
import Results

/// How much faster an anchor is under another load.
struct Gain {
    /// The rate over the usual one, with its interval between rounds.
    let ratio: Interval
    /// The load that was faster, or least slow.
    let load: String

    /// A change of less than a tenth changes no plan.
    static let bound = 1.1

    /// What the rounds show.
    enum Tendency {
        case faster, slower, unclear
    }

    /// One load over another of the same run; nil where one is missing.
    init?(of result: CellResult?, over usual: CellResult?) {
        guard let result, let usual, let ratio = result.paired(over: usual) else { return nil }
        self.ratio = ratio
        load = result.cell.loadName
    }

    /// Faster or slower by a tenth at least, with an interval that leaves out no change; a single
    /// round has none, and shows neither.
    var tendency: Tendency {
        guard let low = ratio.low, let high = ratio.high else { return .unclear }
        if ratio.estimate >= Self.bound, low > 1 { return .faster }
        if ratio.estimate <= 1 / Self.bound, high < 1 { return .slower }
        return .unclear
    }
}
