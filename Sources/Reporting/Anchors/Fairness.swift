import Regression
import Results

/// How evenly an anchor served callers who called at once: the calls of the least served over those
/// of the most served one, 1 where all are equal.
struct Fairness {
    /// The load.
    let load: String
    /// The median over its rounds.
    let median: Double
    /// The worst of its rounds.
    let worst: Double

    /// Below this one caller got less than half of what another got.
    static let bound = 0.5

    /// Of several loads that in which the median is worst; nil where none has several callers.
    init?(worstOf results: [CellResult]) {
        let found = results.compactMap(Self.init(of:))
        guard let worst = found.min(by: { $0.median < $1.median }) else { return nil }
        self = worst
    }

    private init?(of result: CellResult) {
        let shares = result.usable.compactMap { $0.watch?.fairness }
        guard result.cell.callers > 1, let median = SignTest(shares).median,
            let worst = shares.min()
        else { return nil }
        (load, self.median, self.worst) = (result.cell.loadName, median, worst)
    }

    /// Whether one caller is served at another's cost.
    var isUnfair: Bool { median < Self.bound }
}

/// How long one call in a thousand took against the usual one, where several called at once.
struct Stall {
    /// The load.
    let load: String
    /// p99.9 over p50 of the service times.
    let ratio: Double

    /// From here on a call that is held up is no usual call that took somewhat longer.
    static let bound = 100.0

    /// Of several loads that in which the ratio is largest; nil where too few calls were made by
    /// several callers.
    init?(worstOf results: [CellResult]) {
        let found = results.compactMap(Self.init(of:))
        guard let worst = found.max(by: { $0.ratio < $1.ratio }) else { return nil }
        self = worst
    }

    private init?(of result: CellResult) {
        guard result.cell.callers > 1, let usual = result.service.p50, usual > 0,
            let rare = result.service.p999
        else { return nil }
        (load, ratio) = (result.cell.loadName, Double(rare) / Double(usual))
    }

    /// Whether callers stand still at times.
    var isWorthTelling: Bool { ratio >= Self.bound }
}
