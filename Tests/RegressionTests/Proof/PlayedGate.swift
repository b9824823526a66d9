import Foundation
import Regression
import Results
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
        case .duel: return Self.duel(&run, cost)
        case .compare:
            let baseline = (0..<8).map { _ in run.independentRound(cost: 1) }
            let candidate = (0..<8).map { _ in run.independentRound(cost: cost) }
            return Self.compare(baseline, candidate)
        case .compareInOneGo:
            let baseline = (0..<8).map { _ in run.round(cost: 1) }
            _ = run.independentRound(cost: 1)
            let candidate = (0..<8).map { _ in run.round(cost: cost) }
            return Self.compare(baseline, candidate)
        }
    }

    private static let rule = GateRule(metrics: SharedMachine.metrics)

    private static func duel(_ run: inout MachineRun, _ cost: Double) -> GateVerdict {
        var ratios: [Metric: [Double]] = [:]
        for block in 0..<20 {
            let order = block.isMultiple(of: 2) ? [1, cost, cost, 1] : [cost, 1, 1, cost]
            let rounds = order.map { run.round(cost: $0) }
            let sign: Double = block.isMultiple(of: 2) ? 1 : -1
            for metric in rule.metrics {
                let costs = rounds.map { $0[metric].flatMap(metric.logCost) ?? .nan }
                ratios[metric, default: []].append(
                    sign * ((costs[1] + costs[2]) / 2 - (costs[0] + costs[3]) / 2))
            }
        }
        var comparison = Comparison(kind: .duel, baseline: "A", candidate: "B", rule: rule)
        comparison.evidence = rule.metrics.map { evidence($0, SignTest(ratios[$0] ?? [])) }
        return comparison.judged().verdict
    }

    private static func evidence(_ metric: Metric, _ test: SignTest) -> Evidence {
        let interval = test.interval(level: GateRule.level)
        let ratio = exp(test.median ?? .nan)
        return Evidence(
            cell: "a cell", metric: metric, baseline: 1, candidate: ratio, ratio: ratio,
            low: interval.map { exp($0.lowerBound) }, high: interval.map { exp($0.upperBound) },
            upper: test.upperBound(level: GateRule.level).map { exp($0) },
            lower: test.lowerBound(level: GateRule.level).map { exp($0) },
            pWorse: test.pAbove(rule.limit), pBetter: test.pBelow(-rule.limit), floor: nil,
            pairs: test.count)
    }

    private static func compare(
        _ baseline: [[Metric: Double]], _ candidate: [[Metric: Double]]
    ) -> GateVerdict {
        Comparison(stored("A", baseline), stored("B", candidate), rule: rule).verdict
    }

    private static func stored(_ name: String, _ values: [[Metric: Double]]) -> GateRun {
        let rounds = values.enumerated().map { GateRound(number: $0 + 1, values: $1) }
        let cell = GateCell(key: "a cell", isControl: false, verdict: Verdict(), rounds: rounds)
        return GateRun(name: name, conditions: [:], cells: [cell])
    }
}
