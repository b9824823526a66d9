import Regression
import Results
import Testing
import Units

@Suite("Failed calls as evidence of a gate")
struct FailedCallsTests {
    private static func counts(_ failed: UInt64, of calls: UInt64) -> CallCounts {
        CallCounts(
            completed: calls - failed, failed: failed > 0 ? ["CKR_DEVICE_ERROR": failed] : [:])
    }

    private static func found(
        _ baseline: CallCounts?, _ candidate: CallCounts, cell: String = "a"
    ) -> FailedCalls {
        FailedCalls(cell: cell, baseline: baseline, candidate: candidate)
    }

    private static let findings: [(CallCounts?, CallCounts, FailedCalls.Finding)] = [
        (counts(0, of: 10_000), counts(500, of: 10_000), .worse),
        (counts(0, of: 100), counts(7, of: 100), .worse),
        (counts(0, of: 100), counts(6, of: 100), .alike),
        (counts(0, of: 10_000), counts(100, of: 10_000), .more),
        (counts(0, of: 10_000), counts(101, of: 10_000), .worse),
        (counts(500, of: 10_000), counts(500, of: 10_000), .alike),
        (counts(500, of: 10_000), counts(520, of: 10_000), .alike),
        (counts(500, of: 10_000), counts(800, of: 10_000), .worse),
        (counts(500, of: 10_000), counts(0, of: 10_000), .fewer),
        (nil, counts(500, of: 10_000), .unknown),
    ]

    @Test("the chance is that of fair coins where both were called equally often")
    func chance() {
        let seven = Self.found(Self.counts(0, of: 100), Self.counts(7, of: 100))
        #expect(abs(seven.pWorse - 1.0 / 128) < 1e-12 && seven.pBetter == 1)
        // Of 8 coins 7 or 8 fall on one side: 9 of 256.
        let eight = Self.found(Self.counts(1, of: 100), Self.counts(7, of: 100))
        #expect(abs(eight.pWorse - 9.0 / 256) < 1e-12)
        // A candidate called three times as often has three of four failures: 0.75 to the fifth.
        let often = Self.found(Self.counts(0, of: 100), Self.counts(5, of: 300))
        #expect(abs(often.pWorse - 0.237_304_687_5) < 1e-12)
    }

    @Test(
        "what counts is more than the baseline's, beyond chance, and above 1 % of the calls",
        arguments: findings)
    func finding(baseline: CallCounts?, candidate: CallCounts, finding: FailedCalls.Finding) {
        #expect(Self.found(baseline, candidate).finding == finding)
    }

    @Test("they are REGRESSED whatever metrics and control show, with codes and shares")
    func regressed() throws {
        let moved = GateSamples.evidence("null-module", ratio: 1.5, pWorse: 1e-9)
        for control in [GateSamples.evidence("null-module"), moved] {
            var comparison = GateSamples.comparison([GateSamples.evidence()], control: [control])
            comparison.failedCalls = [
                Self.found(Self.counts(0, of: 10_000), Self.counts(500, of: 10_000))
            ]
            let judged = comparison.judged()
            #expect(judged.verdict == .regressed && !judged.makesBaseline)
            let reason = try #require(judged.reasons.first)
            #expect(
                reason.hasPrefix(
                    "a, failed calls: 5 % of the calls failed with CKR_DEVICE_ERROR in the "
                        + "candidate, and none of the calls failed in the baseline, p < 0.0001"))
            #expect(judged.advice.contains("run.json"))
        }
    }

    @Test("what is too seldom, in both or gone is told and passes; what is new is no baseline")
    func told() {
        let cases: [(CallCounts, CallCounts, Bool)] = [
            (Self.counts(0, of: 10_000), Self.counts(90, of: 10_000), false),
            (Self.counts(500, of: 10_000), Self.counts(500, of: 10_000), true),
            (Self.counts(500, of: 10_000), Self.counts(0, of: 10_000), true),
            (Self.counts(0, of: 100), Self.counts(6, of: 100), false),
            (Self.counts(0, of: 10_000), Self.counts(3, of: 10_000), true),
        ]
        for (baseline, candidate, makesBaseline) in cases {
            var comparison = GateSamples.comparison([GateSamples.evidence()])
            comparison.failedCalls = [Self.found(baseline, candidate)]
            let judged = comparison.judged()
            #expect(judged.verdict == .pass, "\(judged.reasons)")
            #expect(judged.makesBaseline == makesBaseline, "\(baseline) \(candidate)")
            let isGone = candidate.failures == 0
            #expect(judged.reasons.contains { $0.hasPrefix("Improved") } == isGone)
        }
    }

    @Test("what nobody knows of the baseline does not pass where many calls fail")
    func unknown() {
        let cases: [(UInt64, GateVerdict)] = [(500, .inconclusive), (50, .pass)]
        for (failed, verdict) in cases {
            var comparison = GateSamples.comparison([GateSamples.evidence()])
            comparison.failedCalls = [Self.found(nil, Self.counts(failed, of: 10_000))]
            let judged = comparison.judged()
            #expect(judged.verdict == verdict, "\(judged.reasons)")
            #expect(judged.advice.contains("new baseline") == (verdict == .inconclusive))
        }
    }

    @Test("two stored runs share the level over their cells, and cells without failures count")
    func stored() {
        func run(_ name: String, _ calls: [CallCounts?], seed: UInt64) -> GateRun {
            var generator = SeededGenerator(seed: seed)
            let cells = calls.enumerated().map { index, calls in
                var cell = GateSamples.cell("c\(index)", &generator)
                cell.calls = calls
                return cell
            }
            return GateSamples.run(name, cells, &generator)
        }
        let (clean, seven) = (Self.counts(0, of: 100), Self.counts(7, of: 100))
        let rule = GateRule(tolerance: 0.5)
        let one = Comparison(run("old", [clean], seed: 1), run("new", [seven], seed: 2), rule: rule)
        #expect(one.verdict == .regressed && one.failing.map(\.cell) == ["c0"])
        let two = Comparison(
            run("old", [clean, clean], seed: 1), run("new", [clean, seven], seed: 2), rule: rule)
        #expect(two.verdict == .pass && two.failedCalls.map(\.cell) == ["c1"])
        #expect(two.failedCalls.map(\.pWorse) == one.failedCalls.map { 2 * $0.pWorse })
        let old = Comparison(run("old", [nil], seed: 1), run("new", [seven], seed: 2), rule: rule)
        #expect(old.verdict == .inconclusive)
    }

    @Test("a first run of which many calls fail is refused as a baseline, with the code")
    func first() {
        var generator = SeededGenerator(seed: 1)
        let cases: [(UInt64, Bool)] = [(100, true), (101, false)]
        for (failed, isBaseline) in cases {
            var cell = GateSamples.cell("a", &generator)
            cell.calls = Self.counts(failed, of: 10_000)
            let run = GateSamples.run("new", [cell], &generator)
            let comparison = Comparison(first: run, rule: GateRule())
            #expect(run.canBeBaseline == isBaseline)
            #expect(comparison.verdict == (isBaseline ? .inconclusive : .invalid))
            let told = comparison.reasons.joined().contains("failed with CKR_DEVICE_ERROR")
            #expect(told == !isBaseline, "\(comparison.reasons)")
        }
    }

    @Test("a duel counts the calls of its blocks, and decides at its looks alone")
    func duel() {
        var drawn = DrawnBlocks(seed: 1)
        let looks = DuelLooks(first: 8, most: 16)
        let begun = Comparison(
            kind: .duel, baseline: "old", candidate: "new",
            rule: GateRule(tolerance: 0.5, metrics: [.serviceP50]))
        var tally = DuelTally(begun, cells: ["a"], looks: looks)
        for number in 1...8 {
            #expect(tally.evidence(isOver: false).judged().verdict != .regressed)
            var block = drawn.block(number)
            block.rounds.baselineCalls = Self.counts(0, of: 100)
            block.rounds.candidateCalls = Self.counts(5, of: 100)
            tally.add([block])
        }
        let judged = tally.evidence(isOver: false).judged()
        #expect(judged.verdict == .regressed, "\(judged.reasons)")
        #expect(judged.failing.map(\.candidate) == [Self.counts(40, of: 800)])
    }
}
