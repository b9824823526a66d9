import Foundation
import Regression
import Results
import Testing
import Units

@Suite("What a candidate does not show passes no gate")
struct MissingEvidenceTests {
    private func runs(
        rounds: Int = 9, _ change: (inout GateRun, inout GateRun) -> Void
    ) -> Comparison {
        var generator = SeededGenerator(seed: 11)
        var old = GateSamples.run(
            "old",
            ["a", "b"].map { GateSamples.cell($0, rounds: rounds, spread: 0.002, &generator) },
            &generator)
        var new = GateSamples.run(
            "new",
            ["a", "b"].map { GateSamples.cell($0, rounds: rounds, spread: 0.002, &generator) },
            &generator)
        change(&old, &new)
        return Comparison(old, new, rule: GateRule())
    }

    @Test("runs that show everything pass")
    func whole() {
        #expect(runs { _, _ in }.verdict == .pass)
    }

    @Test("a percentile that a round of the candidate lacks may be what became slower")
    func lostPercentile() {
        let found = runs { _, new in new.cells[1].rounds[3].values[.serviceP99] = nil }
        #expect(found.verdict == .inconclusive)
        #expect(found.untested.map(\.isLost) == [true])
        #expect(found.reasons.contains { $0.contains("lacks may be what became slower: b") })
    }

    @Test("one that the baseline lacks as well is told, and no obstacle")
    func neverThere() {
        let found = runs { old, new in
            old.cells[1].rounds[0].values[.serviceP99] = nil
            new.cells[1].rounds[3].values[.serviceP99] = nil
        }
        #expect(found.verdict == .pass && found.untested.map(\.isLost) == [false])
    }

    @Test("one stalled round of many is left out of the metric, and counts against both sides")
    func oneStalled() throws {
        let whole = runs(rounds: 20) { _, _ in }
        let found = runs(rounds: 20) { _, new in new.cells[1].rounds[3].values[.serviceP99] = nil }
        #expect(found.verdict == .pass && found.untested.isEmpty)
        #expect(
            found.reasons.contains(
                "Left out of service p99 of b: round 4 of the candidate, which had too few calls "
                    + "for a 99th percentile; the bounds hold whatever would have been found "
                    + "there."))
        func evidence(_ comparison: Comparison) -> Evidence? {
            comparison.evidence.first { $0.cell == "b" && $0.metric == .serviceP99 }
        }
        let (some, all) = (try #require(evidence(found)), try #require(evidence(whole)))
        #expect(some.pairs == 19 && all.pairs == 20)
        let (upper, lower) = (try #require(some.upper), try #require(some.lower))
        #expect(upper >= (all.upper ?? .infinity) && lower <= (all.lower ?? 0))
        #expect(some.pWorse >= all.pWorse && some.pBetter >= all.pBetter)
    }

    @Test("three of twenty that stalled are too many")
    func threeStalled() {
        let found = runs(rounds: 20) { _, new in
            for index in 3..<6 { new.cells[1].rounds[index].values[.cpuTime] = nil }
        }
        #expect(found.verdict == .inconclusive)
        #expect(found.untested.map(\.reason) == ["no CPU time in 3 of 20 rounds"])
    }

    @Test(
        "a cell that a partial candidate did not come to is not passed over",
        arguments: [true, false])
    func partial(isPartial: Bool) {
        let found = runs { _, new in
            new.cells.remove(at: 1)
            new.isPartial = isPartial
        }
        #expect(found.missing == ["b"])
        #expect(found.verdict == (isPartial ? .inconclusive : .pass))
    }

    @Test("a control that moved hides no cell that is INVALID")
    func movedAndInvalid() {
        let moved = GateSamples.evidence("null-module", ratio: 1.2, pWorse: 1e-9)
        var comparison = GateSamples.comparison([GateSamples.evidence()], control: [moved])
        comparison.invalid = [
            Comparison.InvalidCell(cell: "b", side: "new", reasons: ["wrong plaintext"])
        ]
        let judged = comparison.judged()
        #expect(judged.verdict == .invalid)
        #expect(judged.reasons.contains { $0.contains("wrong plaintext") })
        #expect(judged.reasons.contains { $0.contains("negative control moved") })
    }

    @Test("there are rounds enough for the control to be seen to move")
    func controlCounts() {
        // Two tests alone take five rounds; eight of the control, in two directions, take seven.
        let control = (0..<8).map { GateSamples.evidence("null-module \($0)") }
        let two = Metric.allCases.prefix(2).map { GateSamples.evidence("a", $0) }
        #expect(GateSamples.comparison(two, control: []).judged().neededPairs == 5)
        #expect(GateSamples.comparison(two, control: control).judged().neededPairs == 7)
    }

    @Test("a baseline is written with the same bytes each time, its metrics by name")
    func sameBytes() throws {
        var generator = SeededGenerator(seed: 3)
        let run = GateSamples.run("old", [GateSamples.cell("a", &generator)], &generator)
        let copies = (0..<20).map { _ in
            var copy = run
            for cell in copy.cells.indices {
                for round in copy.cells[cell].rounds.indices {
                    let values = copy.cells[cell].rounds[round].values
                    copy.cells[cell].rounds[round].values = [:]
                    for (metric, value) in values.shuffled() {
                        copy.cells[cell].rounds[round].values[metric] = value
                    }
                }
            }
            return copy.baselineData
        }
        #expect(Set(copies).count == 1)
        #expect(String(decoding: copies[0], as: UTF8.self).contains(#""cpu-time":"#))
    }
}
