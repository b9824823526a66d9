import Regression
import Testing

@Suite("The judge")
struct JudgeTests {
    private let worse = GateSamples.evidence(
        "b", ratio: 1.2, upper: 1.22, pWorse: 0.000_01, pairs: 9)
    private let fine = GateSamples.evidence()

    @Test("what lies within the tolerance passes, with the nearest bound named")
    func pass() {
        let near = GateSamples.evidence("b", .serviceP99, ratio: 1.02, upper: 1.031)
        let judged = GateSamples.comparison([fine, near]).judged()
        #expect(judged.verdict == .pass)
        #expect(
            judged.reasons == [
                "2 comparisons each lie within the tolerance of 5 % with 99 % confidence; nearest "
                    + "to it b, service p99: at most +3.1 %."
            ])
    }

    @Test("a cost beyond the tolerance is REGRESSED, the largest told first")
    func regressed() {
        let worst = GateSamples.evidence("c", .cpuTime, ratio: 1.5, upper: 1.6, pWorse: 0.000_02)
        let judged = GateSamples.comparison([fine, worse, worst]).judged()
        #expect(judged.verdict == .regressed)
        let adjusted = judged.evidence.map { ($0.pAdjusted ?? 0) * 100_000 }
        #expect(adjusted.map { $0.rounded() } == [100_000, 3, 4])
        #expect(judged.reasons.count == 2)
        #expect(
            judged.reasons.first
                == "c, CPU time per call: 50 % worse, +48.5 % to +51.5 % with 99 % confidence (100 "
                + "ns, then 66.7 ns), beyond the tolerance of 5 %, p < 0.0001 after adjustment for "
                + "3 tests.")
        #expect(judged.reasons.last?.hasPrefix("b, throughput: 20 % worse") == true)
    }

    @Test("what is surely dearer is told before what may be much dearer")
    func surest() {
        var wide = GateSamples.evidence("c", ratio: 1.5, upper: 2, pWorse: 0.000_02)
        wide.lower = 1.1
        let judged = GateSamples.comparison([wide, worse]).judged()
        #expect(judged.reasons.first?.hasPrefix("b, throughput: 20 % worse") == true)
        wide.lower = 1.3
        let wider = GateSamples.comparison([worse, wide]).judged()
        #expect(wider.reasons.first?.hasPrefix("c, throughput: 50 % worse") == true)
    }

    @Test("a chance of 0.01 among two tests is none: they are adjusted for their number")
    func adjusted() {
        let weak = GateSamples.evidence(ratio: 1.2, upper: 1.3, pWorse: 0.006)
        #expect(GateSamples.comparison([weak]).judged().verdict == .regressed)
        #expect(GateSamples.comparison([weak, fine]).judged().verdict == .inconclusive)
    }

    @Test("a control that moved outranks REGRESSED, in either direction", arguments: [1.2, 0.8])
    func movedControl(ratio: Double) {
        let moved = GateSamples.evidence(
            "null-module", .cpuTime, ratio: ratio, pWorse: ratio > 1 ? 0.001 : 1,
            pBetter: ratio < 1 ? 0.001 : 1)
        let still = GateSamples.evidence("null-module")
        let judged = GateSamples.comparison([worse], control: [still, moved]).judged()
        #expect(judged.verdict == .inconclusive)
        #expect(judged.reasons.first?.hasPrefix("The negative control moved: null-module") == true)
        #expect(judged.reasons.dropFirst().first?.contains("b, throughput: 20 % worse") == true)
        #expect(judged.advice.contains("anchorbench duel"))
        // The control's two metrics are four tests, in both directions.
        var faint = moved
        (faint.pWorse, faint.pBetter) = (faint.pWorse * 3, faint.pBetter * 3)
        faint.pWorse = min(faint.pWorse, 1)
        faint.pBetter = min(faint.pBetter, 1)
        #expect(
            GateSamples.comparison([worse], control: [still, faint]).judged().verdict
                == .regressed)
    }

    @Test("REGRESSED outranks INVALID, and INVALID outranks what is only undecided")
    func order() {
        let invalid = Comparison.InvalidCell(cell: "x", side: "new", reasons: ["late (1 of 9)"])
        for (evidence, verdict) in [(worse, GateVerdict.regressed), (fine, .invalid)] {
            var comparison = GateSamples.comparison([evidence])
            comparison.invalid = [invalid]
            let judged = comparison.judged()
            #expect(judged.verdict == verdict)
            #expect(judged.reasons.contains("x is INVALID in 'new': late (1 of 9)."))
        }
        var undecided = GateSamples.comparison([GateSamples.evidence(upper: 1.2)])
        #expect(undecided.judged().verdict == .inconclusive)
        undecided.invalid = [invalid]
        #expect(undecided.judged().verdict == .invalid)
    }

    @Test("nothing in common is INVALID")
    func nothing() {
        let judged = GateSamples.comparison([], control: []).judged()
        #expect(judged.verdict == .invalid)
        #expect(judged.reasons == ["'old' and 'new' have no cell in common."])
        let moved = GateSamples.evidence("null-module", ratio: 2, pWorse: 1e-9)
        #expect(GateSamples.comparison([], control: [moved]).judged().verdict == .invalid)
    }

    @Test("conditions that differ are INVALID unless they were allowed, which is said first")
    func differences() {
        var comparison = GateSamples.comparison([fine])
        comparison.differences = [
            Comparison.Difference(condition: "cpu_model", baseline: "A", candidate: nil)
        ]
        let refused = comparison.judged()
        #expect(refused.verdict == .invalid)
        #expect(
            refused.reasons.first
                == "cpu_model differs, so that the figures cannot be compared: 'A' in the "
                + "baseline, not known in the candidate.")
        #expect(refused.advice.contains("--allow-different-host"))
        comparison.allowsDifferences = true
        let allowed = comparison.judged()
        #expect(allowed.verdict == .pass)
        #expect(allowed.reasons.first?.hasPrefix("Compared although conditions differ") == true)
    }

    @Test("a bound at the tolerance, or none, is not below it", arguments: [1.05, 1.2, nil])
    func bound(upper: Double?) {
        let judged = GateSamples.comparison([fine, GateSamples.evidence("b", upper: upper)])
            .judged()
        #expect(judged.verdict == .inconclusive)
        #expect(judged.reasons.first?.hasPrefix("b, throughput ") == true)
        #expect(
            GateSamples.comparison([GateSamples.evidence(upper: 1.049)]).judged().verdict
                == .pass)
    }

    @Test(
        "a host on which one anchor differs from itself by more than the tolerance decides nothing")
    func noisyHost() {
        let noisy = GateSamples.evidence("b", floor: 1.06)
        let judged = GateSamples.comparison([fine, noisy]).judged()
        #expect(judged.verdict == .inconclusive)
        #expect(
            judged.reasons.first
                == "This host is too noisy for a PASS at a tolerance of 5 %: b, throughput differs "
                + "between the rounds of one anchor by +6 %.")
        #expect(judged.advice.hasPrefix("Take a quieter machine "))
        #expect(judged.advice.hasSuffix(", or allow a larger cost (--tolerance 7%)."))
        // Noise does not hide what shows all the same.
        #expect(GateSamples.comparison([worse, noisy]).judged().verdict == .regressed)
        #expect(
            GateSamples.comparison([GateSamples.evidence(floor: 1.05)]).judged().verdict == .pass)
    }

    @Test("too few rounds are INCONCLUSIVE with the number that is needed, never a PASS")
    func fewRounds() {
        let evidence = ["a", "b", "c"].map { GateSamples.evidence($0, pairs: 5) }
        let judged = GateSamples.comparison(evidence).judged()
        #expect(judged.verdict == .inconclusive && judged.neededPairs == 6)
        #expect(
            judged.reasons
                == ["5 rounds of each cannot show a regression among 3 tests: 6 are needed."])
        #expect(judged.advice == "Measure both with --for-gate or --rounds 6.")
        let two = GateSamples.comparison([GateSamples.evidence(pairs: 2)]).judged()
        #expect(two.verdict == .inconclusive)
        #expect(
            two.reasons.first == "a has fewer than three rounds, which say nothing of their "
                + "spread.")
    }

    @Test("a duel is judged by its blocks, and may ask for more than the judge")
    func duel() {
        let seven = GateSamples.comparison([GateSamples.evidence(pairs: 7)], kind: .duel).judged()
        #expect(seven.verdict == .inconclusive && seven.neededPairs == 8)
        #expect(seven.reasons.first?.hasPrefix("7 blocks cannot show") == true)
        var strict = GateSamples.comparison([GateSamples.evidence(pairs: 9)], kind: .duel)
        #expect(strict.judged().verdict == .pass)
        strict.neededPairs = 10
        #expect(strict.judged().verdict == .inconclusive)
    }

    @Test("an improvement is reported and not gated")
    func improvement() {
        let better = GateSamples.evidence("b", ratio: 0.8, upper: 0.82, pBetter: 0.000_1)
        let judged = GateSamples.comparison([fine, better]).judged()
        #expect(judged.verdict == .pass)
        #expect(judged.reasons.last?.hasPrefix("Improved, which is reported") == true)
        #expect(judged.reasons.last?.contains("b, throughput: 20 % better") == true)
    }

    @Test("a hundred regressions are told in few sentences")
    func many() {
        let all = (0..<100).map {
            GateSamples.evidence("c\($0)", ratio: 1.2, upper: 1.3, pWorse: 1e-9)
        }
        let judged = GateSamples.comparison(all).judged()
        #expect(judged.verdict == .regressed && judged.reasons.count == 6)
        #expect(judged.reasons.last == "And so 95 more comparisons.")
    }

    @Test("judging twice changes nothing")
    func twice() {
        let once = GateSamples.comparison([fine, worse]).judged()
        #expect(once.judged() == once)
    }

    @Test("rounds that would decide are fewer where the estimate lies far from the tolerance")
    func advice() throws {
        func rounds(_ ratio: Double) throws -> Int {
            let open = GateSamples.evidence(ratio: ratio, upper: ratio * 1.06)
            let judged = GateSamples.comparison([open]).judged()
            #expect(judged.verdict == .inconclusive)
            let match = try #require(judged.advice.firstMatch(of: #/--rounds (\d+)/#), "\(judged)")
            return try #require(Int(match.1))
        }
        #expect(try rounds(1.0) == 16 && rounds(1.02) == 44)
        let close = GateSamples.evidence(ratio: 1.049, upper: 1.1)
        #expect(
            GateSamples.comparison([close]).judged().advice.contains("near the tolerance itself"))
    }
}
