/// The negative controls of two runs, round by round: how slow the host was.
struct ControlPairs {
    private let pairs: [(baseline: GateCell, candidate: GateCell)]

    /// The valid controls that both runs have.
    init(_ baseline: GateRun, _ candidate: GateRun) {
        let others = candidate.cells.filter { $0.isControl && $0.verdict.isValid }
        pairs = baseline.cells.filter { $0.isControl && $0.verdict.isValid }.compactMap { cell in
            others.first { $0.key == cell.key }.map { (cell, $0) }
        }
    }

    /// The logarithms of what the control cost in the rounds of a cell, by its throughput, which is
    /// the steadiest of its metrics, times the share of the cell's cost that a slow host makes
    /// dearer.
    ///
    /// - Returns: nil for a control itself, without one, or where one lacks a round.
    func costs(
        of metric: Metric, beside cell: GateCell, _ other: GateCell
    ) -> (baseline: [Double], candidate: [Double])? {
        guard !cell.isControl,
            let pair = pairs.first(where: { Self.subject($0.baseline) == Self.subject(cell) })
                ?? pairs.first,
            let baseline = Self.costs(of: pair.baseline, in: cell.rounds),
            let candidate = Self.costs(of: pair.candidate, in: other.rounds)
        else { return nil }
        let share =
            metric == .cpuTime ? 1 : max(Self.hostShare(of: cell), Self.hostShare(of: other))
        return (baseline.map { $0 * share }, candidate.map { $0 * share })
    }

    /// The largest share of its time in which a cell can have waited for this host: how many of
    /// its cores the callers kept busy, at most 1. The rest of the time it waited for a device
    /// elsewhere, which knows nothing of how fast this host is.
    ///
    /// - Returns: 1 where the CPU time of some round is not known.
    private static func hostShare(of cell: GateCell) -> Double {
        let busy = cell.rounds.map { round -> Double in
            guard let cpu_ns = round.values[.cpuTime], let rate = round.values[.throughput]
            else { return 1 }
            return cpu_ns / 1e9 * rate
        }
        return min(1, busy.max() ?? 1)
    }

    private static func costs(of control: GateCell, in rounds: [GateRound]) -> [Double]? {
        let known = Dictionary(control.rounds.map { ($0.number, $0) }) { first, _ in first }
        let costs = rounds.compactMap { round in
            known[round.number]?.values[.throughput].flatMap(Metric.throughput.logCost)
        }
        return costs.count == rounds.count ? costs : nil
    }

    /// What is done with what: the first two parts of a key.
    private static func subject(_ cell: GateCell) -> [Substring] {
        Array(cell.key.split(separator: "/").prefix(2))
    }
}
