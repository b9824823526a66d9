import Foundation
import Latency
import Regression
import Results
import Units

/// Runs and evidence to be judged.
enum GateSamples {
    /// A draw that is normal enough: twelve uniform ones, summed (mean 0, standard deviation 1).
    static func normal(_ generator: inout SeededGenerator) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0...1, using: &generator) }
    }

    /// A cell whose values spread by a share around the usual ones.
    ///
    /// - Parameter cost: by how much each metric costs more, 1 for nothing.
    static func cell(
        _ key: String = "a", rounds: Int = 7, spread: Double = 0.005,
        cost: [Metric: Double] = [:], isControl: Bool = false,
        _ generator: inout SeededGenerator
    ) -> GateCell {
        let usual: [Metric: Double] = [
            .throughput: 20_000, .serviceP50: 46_000, .serviceP99: 93_000, .cpuTime: 51_000,
        ]
        let values = (0..<rounds).map { round in
            GateRound(
                number: round + 1,
                values: Dictionary(
                    uniqueKeysWithValues: Metric.allCases.map { metric in
                        let value = (usual[metric] ?? 1) * exp(spread * normal(&generator))
                        let factor = cost[metric] ?? 1
                        return (metric, metric.isBetterWhenMore ? value / factor : value * factor)
                    }))
        }
        return GateCell(key: key, isControl: isControl, verdict: Verdict(), rounds: values)
    }

    /// A run with a control.
    static func run(
        _ name: String, _ cells: [GateCell], conditions: [String: String?] = ["cpu_model": "x"],
        controlCost: [Metric: Double] = [:], hasControl: Bool = true,
        _ generator: inout SeededGenerator
    ) -> GateRun {
        let control = cell(
            "a/null-module", rounds: 12, spread: 0.002, cost: controlCost, isControl: true,
            &generator)
        return GateRun(
            name: name, conditions: conditions, cells: cells + (hasControl ? [control] : []))
    }

    /// Evidence that passes, unless told otherwise.
    static func evidence(
        _ cell: String = "a", _ metric: Metric = .throughput, ratio: Double = 1,
        upper: Double? = 1.01, pWorse: Double = 1, pBetter: Double = 1, floor: Double? = 1.001,
        pairs: Int = 9
    ) -> Evidence {
        Evidence(
            cell: cell, metric: metric, baseline: 100, candidate: 100 / ratio, ratio: ratio,
            low: ratio / 1.01, high: ratio * 1.01, upper: upper, lower: ratio / 1.01,
            pWorse: pWorse, pBetter: pBetter, floor: floor, pairs: pairs)
    }

    /// A comparison of such evidence, with a control that stood still.
    static func comparison(
        _ evidence: [Evidence], kind: Comparison.Kind = .stored,
        control: [Evidence] = [GateSamples.evidence("null-module")]
    ) -> Comparison {
        var comparison = Comparison(
            kind: kind, baseline: "old", candidate: "new", rule: GateRule())
        comparison.evidence = evidence
        comparison.control = control
        return comparison
    }
}
