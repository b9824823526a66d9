import Regression
import Units

/// Gates that are played from the rounds to the verdict, at a tolerance of 5 %.
enum PlayedGate: String, CaseIterable, Sendable {
    /// 20 blocks of four rounds in the order ABBA or BAAB, each at once after the last.
    case duel
    /// 8 rounds against 8, far enough apart to be independent.
    case compare
    /// 8 rounds against 8, each run in one go, the second long after the first: what the rank-sum
    /// test does not promise to withstand.
    case compareInOneGo = "compare, in one go"

    /// The verdict on a candidate.
    ///
    /// - Parameter cost: what it costs, 1 for the baseline itself.
    func verdict(on machine: SharedMachine, cost: Double, seed: UInt64) -> GateVerdict {
        var run = MachineRun(machine, seed: seed)
        switch self {
        case .duel: return Self.judge(Self.duel(&run, cost))
        case .compare:
            let baseline = (0..<8).map { _ in run.independentRound(cost: 1) }
            let candidate = (0..<8).map { _ in run.independentRound(cost: cost) }
            return Self.judge(Self.compare(baseline, candidate))
        case .compareInOneGo:
            let baseline = (0..<8).map { _ in run.round(cost: 1) }
            _ = run.independentRound(cost: 1)
            let candidate = (0..<8).map { _ in run.round(cost: cost) }
            return Self.judge(Self.compare(baseline, candidate))
        }
    }

    private typealias Found = (pWorse: Double, upper: Double?)

    private static func judge(_ found: [Found]) -> GateVerdict {
        let adjusted = Holm.adjusted(found.map(\.pWorse))
        if adjusted.contains(where: { $0 < GateRule.level }) { return .regressed }
        let isBounded = found.allSatisfy { ($0.upper ?? .infinity) < GateRule().limit }
        return isBounded ? .pass : .inconclusive
    }

    private static func duel(_ run: inout MachineRun, _ cost: Double) -> [Found] {
        var ratios: [Metric: [Double]] = [:]
        for block in 0..<20 {
            let order = block.isMultiple(of: 2) ? [1, cost, cost, 1] : [cost, 1, 1, cost]
            let rounds = order.map { run.round(cost: $0) }
            let sign: Double = block.isMultiple(of: 2) ? 1 : -1
            for metric in SharedMachine.metrics {
                let costs = rounds.map { $0[metric].flatMap(metric.logCost) ?? .nan }
                ratios[metric, default: []].append(
                    sign * ((costs[1] + costs[2]) / 2 - (costs[0] + costs[3]) / 2))
            }
        }
        return SharedMachine.metrics.map { metric in
            let test = SignTest(ratios[metric] ?? [])
            return (test.pAbove(GateRule().limit), test.upperBound(level: GateRule.level))
        }
    }

    private static let distribution = RankSumDistribution(8, 8)

    private static func compare(
        _ baseline: [[Metric: Double]], _ candidate: [[Metric: Double]]
    ) -> [Found] {
        SharedMachine.metrics.map { metric in
            let test = RankSum(
                baseline: baseline.compactMap { $0[metric].flatMap(metric.logCost) },
                candidate: candidate.compactMap { $0[metric].flatMap(metric.logCost) },
                distribution: distribution)
            return (test.pAbove(GateRule().limit), test.upperBound(level: GateRule.level))
        }
    }
}
