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
    /// test alone does not promise to withstand.
    case compareInOneGo = "compare, in one go"
    /// The same with the negative control beside every round, as runs have it.
    case controlledCompare = "compare, in one go, with a control"

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
        case .compareInOneGo, .controlledCompare:
            let baseline = (0..<8).map { _ in (run.round(cost: 1), run.round(cost: 1)) }
            _ = run.independentRound(cost: 1)
            let candidate = (0..<8).map { _ in (run.round(cost: cost), run.round(cost: 1)) }
            let hasControl = self == .controlledCompare
            return Self.compare(
                baseline.map(\.0), candidate.map(\.0),
                control: hasControl ? (baseline.map(\.1), candidate.map(\.1)) : nil)
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
        _ baseline: [[Metric: Double]], _ candidate: [[Metric: Double]],
        control: ([[Metric: Double]], [[Metric: Double]])? = nil
    ) -> GateVerdict {
        Comparison(
            stored("A", baseline, control: control?.0),
            stored("B", candidate, control: control?.1), rule: rule
        ).verdict
    }

    private static func stored(
        _ name: String, _ values: [[Metric: Double]], control: [[Metric: Double]]?
    ) -> GateRun {
        func cell(_ key: String, _ values: [[Metric: Double]]) -> GateCell {
            GateCell(
                key: key, isControl: key == "control", verdict: Verdict(),
                rounds: values.enumerated().map { GateRound(number: $0 + 1, values: $1) })
        }
        return GateRun(
            name: name, conditions: [:],
            cells: [cell("a cell", values)] + (control.map { [cell("control", $0)] } ?? []))
    }
}
