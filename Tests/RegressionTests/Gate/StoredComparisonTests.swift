import Foundation
import Regression
import Results
import Testing
import Units

@Suite("Two stored runs")
struct StoredComparisonTests {
    private func compare(
        seed: UInt64 = 1, rounds: Int = 7, spread: Double = 0.005, cost: [Metric: Double] = [:],
        controlCost: [Metric: Double] = [:], rule: GateRule = GateRule()
    ) -> Comparison {
        var generator = SeededGenerator(seed: seed)
        let old = GateSamples.cell(rounds: rounds, spread: spread, &generator)
        let new = GateSamples.cell(rounds: rounds, spread: spread, cost: cost, &generator)
        return Comparison(
            GateSamples.run("old", [old], &generator),
            GateSamples.run("new", [new], controlCost: controlCost, &generator), rule: rule)
    }

    @Test("runs of one quiet anchor pass", arguments: 1...20)
    func same(seed: UInt64) {
        let comparison = compare(seed: seed)
        #expect(comparison.verdict == .pass, "seed \(seed): \(comparison.reasons)")
        #expect(comparison.evidence.map(\.metric) == Metric.allCases)
        #expect(comparison.control.count == 4)
    }

    @Test("what costs a tenth more is found by its metric", arguments: Metric.allCases)
    func slower(metric: Metric) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let comparison = compare(seed: seed, cost: [metric: 1.1])
            #expect(comparison.verdict == .regressed, "seed \(seed): \(comparison.reasons)")
            let worst = try #require(comparison.evidence.max { $0.ratio < $1.ratio })
            #expect(worst.metric == metric && abs(worst.ratio - 1.1) < 0.02, "seed \(seed)")
            // All seven above all seven, in one order of C(14, 7).
            #expect(abs(worst.pWorse * 3_432 - 1) < 1e-9, "seed \(seed)")
            #expect((worst.low ?? 2) < 1.1 && (worst.high ?? 0) > 1.1, "seed \(seed)")
        }
    }

    @Test(
        "with fewer rounds than are needed nothing is called REGRESSED, nor PASS", arguments: 3...5)
    func fewRounds(rounds: Int) {
        for cost in [1, 2.0] {
            let comparison = compare(rounds: rounds, cost: [.throughput: cost])
            #expect(comparison.verdict == .inconclusive && comparison.neededPairs == 6)
            #expect(comparison.reasons.contains { $0.contains("6 are needed") })
        }
    }

    @Test("one or two rounds are said to be fewer than three", arguments: 1...2)
    func hardlyAny(rounds: Int) {
        let comparison = compare(rounds: rounds)
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.reasons.first?.hasPrefix("a has fewer than three rounds") == true)
        #expect(comparison.evidence.allSatisfy { $0.floor == nil })
    }

    @Test("fewer metrics are fewer tests")
    func metrics() {
        let rule = GateRule(metrics: [.throughput])
        let comparison = compare(rounds: 5, cost: [.throughput: 1.2], rule: rule)
        #expect(comparison.verdict == .regressed && comparison.neededPairs == 5)
        #expect(comparison.evidence.map(\.metric) == [.throughput])
        #expect(comparison.control.map(\.metric) == [.throughput])
    }

    @Test("where the module that does nothing moved nothing is blamed on the anchor")
    func movedControl() {
        let costs: [Metric: Double] = [.throughput: 1.2, .cpuTime: 1.2]
        let comparison = compare(cost: costs, controlCost: costs)
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.reasons.first?.contains("a/null-module") == true)
        #expect(compare(cost: costs).verdict == .regressed)
    }

    @Test("a noisy host leaves open only what the host has part in")
    func deviceElsewhere() {
        func verdict(ofCPUShare share: Double, _ seed: UInt64) -> GateVerdict {
            var generator = SeededGenerator(seed: seed)
            let runs = ["old", "new"].map { name in
                let cell = GateSamples.cell(cost: [.cpuTime: share], &generator)
                let control = GateSamples.cell(
                    "a/null-module", spread: 0.15, isControl: true, &generator)
                return GateRun(name: name, conditions: [:], cells: [cell, control])
            }
            let rule = GateRule(metrics: [.throughput, .serviceP50, .serviceP99])
            return Comparison(runs[0], runs[1], rule: rule).verdict
        }
        let seeds = 1...20 as ClosedRange<UInt64>
        #expect(seeds.count { verdict(ofCPUShare: 1, $0) == .inconclusive } >= 18)
        #expect(seeds.count { verdict(ofCPUShare: 0.01, $0) == .pass } == 20)
    }

    @Test("a run that differs from itself beyond the tolerance is too noisy to decide")
    func floor() throws {
        var generator = SeededGenerator(seed: 1)
        var old = GateSamples.cell(rounds: 8, spread: 0.001, &generator)
        for index in old.rounds.indices where !index.isMultiple(of: 2) {
            old.rounds[index].values[.throughput]? /= 1.1
        }
        let comparison = Comparison(
            GateSamples.run("old", [old], &generator), GateSamples.run("new", [old], &generator),
            rule: GateRule())
        let found = try #require(comparison.evidence.first)
        let floor = try #require(found.floor)
        #expect(abs(log(floor) - log(1.1) / 2.0.squareRoot()) < 0.002)
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.reasons.first?.contains("too noisy") == true)
    }

    @Test("cells of one run alone are named, and the rest is compared")
    func cells() {
        var generator = SeededGenerator(seed: 4)
        let cells = ["a", "b", "c"].map { GateSamples.cell($0, &generator) }
        let comparison = Comparison(
            GateSamples.run("old", [cells[0], cells[1]], &generator),
            GateSamples.run("new", [cells[2], cells[1]], &generator), rule: GateRule())
        #expect(comparison.missing == ["a"] && comparison.extra == ["c"])
        #expect(Set(comparison.evidence.map(\.cell)) == ["b"] && comparison.verdict == .pass)
        #expect(comparison.reasons.contains("Only in the baseline, and not compared: a."))
        let other = Comparison(
            GateSamples.run("old", [cells[0]], &generator),
            GateSamples.run("new", [cells[2]], &generator), rule: GateRule())
        #expect(other.verdict == .invalid)
        #expect(other.reasons.first == "'old' and 'new' have no cell in common.")
    }

    @Test("runs of unlike conditions are not compared unless that is asked for")
    func conditions() {
        var generator = SeededGenerator(seed: 5)
        let cell = GateSamples.cell("a", &generator)
        let slow = GateSamples.cell("a", cost: [.throughput: 2], &generator)
        let old = GateSamples.run(
            "old", [cell], conditions: ["cpu_model": "x", "module_sha256": "1", "smt": nil],
            &generator)
        let new = GateSamples.run(
            "new", [slow], conditions: ["cpu_model": "x", "module_sha256": "2", "smt": nil],
            &generator)
        let refused = Comparison(old, new, rule: GateRule())
        #expect(refused.verdict == .invalid && refused.evidence.isEmpty)
        #expect(refused.differences.map(\.condition) == ["module_sha256"])
        #expect(refused.advice.hasPrefix("Say --new-module"))
        let allowed = Comparison(old, new, rule: GateRule(), allowsDifferences: true)
        #expect(allowed.verdict == .regressed)
        #expect(allowed.reasons.first?.hasPrefix("Compared although conditions differ") == true)
        let changed = Comparison(old, new, rule: GateRule(), changing: ["module_sha256"])
        #expect(changed.verdict == .regressed && changed.differences.isEmpty)
    }

    @Test("a cell that is INVALID in either run makes the comparison so", arguments: [true, false])
    func invalid(isBaseline: Bool) {
        var generator = SeededGenerator(seed: 6)
        let good = GateSamples.cell("a", &generator)
        var bad = good
        bad.verdict = Verdict(reasons: ["late (1 of 7 rounds)"])
        let comparison = Comparison(
            GateSamples.run("old", [isBaseline ? bad : good], &generator),
            GateSamples.run("new", [isBaseline ? good : bad], &generator), rule: GateRule())
        #expect(comparison.verdict == .invalid && comparison.evidence.isEmpty)
        #expect(
            comparison.reasons.first
                == "a is INVALID in '\(isBaseline ? "old" : "new")': late (1 of 7 rounds).")
    }

    @Test("a metric without values in a round is told and not tested")
    func untested() {
        var generator = SeededGenerator(seed: 7)
        let old = GateSamples.cell("a", &generator)
        var new = GateSamples.cell("a", &generator)
        for index in new.rounds.indices {
            new.rounds[index].values[.cpuTime] = index == 0 ? 0 : nil
            if index < 2 { new.rounds[index].values[.serviceP99] = nil }
        }
        let comparison = Comparison(
            GateSamples.run("old", [old], &generator), GateSamples.run("new", [new], &generator),
            rule: GateRule())
        // The baseline has them, and they may be what became slower.
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.untested.allSatisfy { $0.isLost })
        #expect(comparison.evidence.map(\.metric) == [.throughput, .serviceP50])
        #expect(
            comparison.untested.map(\.reason) == [
                "too few calls a round for a 99th percentile in 2 of 7 rounds",
                "no CPU times of callers that wait",
            ])
        #expect(
            comparison.reasons.contains(
                "Not compared: CPU time per call of a, as there are no CPU times of callers that "
                    + "wait."))
    }

    @Test("without a control the host is not known to have stood still, which is said")
    func noControl() {
        var generator = SeededGenerator(seed: 8)
        let cell = GateSamples.cell("a", &generator)
        let comparison = Comparison(
            GateSamples.run("old", [cell], &generator),
            GateSamples.run("new", [cell], hasControl: false, &generator), rule: GateRule())
        #expect(comparison.verdict == .pass && comparison.missing.isEmpty)
        #expect(comparison.reasons.contains { $0.hasPrefix("There is no negative control") })
    }

    @Test("identical anchors are hardly ever called REGRESSED, however noisy the host")
    func falseAlarms() {
        var alarms: [UInt64] = []
        for seed in 1...300 as ClosedRange<UInt64> {
            let spread = [0.01, 0.05, 0.2][Int(seed % 3)]
            if compare(seed: seed, spread: spread).verdict == .regressed { alarms.append(seed) }
        }
        // At most 0.01 each: nine or more of 300 come with a chance of 0.004.
        #expect(alarms.count < 9, "seeds \(alarms)")
    }
}
