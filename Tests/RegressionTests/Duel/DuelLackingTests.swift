import Regression
import Testing
import Units

@Suite("Blocks of a duel that lack a metric")
struct DuelLackingTests {
    private let looks = DuelLooks(first: 20, most: 20)

    /// The metric of one round of a block is removed.
    private func stalled(_ block: DuelBlock) -> DuelBlock {
        var block = block
        block.rounds.candidate.second[.serviceP50] = nil
        return block
    }

    /// Blocks whose ratios are 1.001, 1.002 and so on; those of these numbers lack the metric.
    private func blocks(_ count: Int = 20, lacking: Set<Int>) -> [DuelBlock] {
        (1...count).map { number in
            let ratio = 1 + Double(number) / 1_000
            let block = DuelBlock(
                number: number, isMirrored: DuelBlock.isMirrored(number),
                rounds: DuelRounds(
                    baseline: .init(
                        [.throughput: 9, .serviceP50: 100], [.throughput: 9, .serviceP50: 100]),
                    candidate: .init(
                        [.throughput: 9, .serviceP50: 100 * ratio],
                        [.throughput: 9, .serviceP50: 100 * ratio])),
                control: nil)
            return lacking.contains(number) ? stalled(block) : block
        }
    }

    private func found(_ blocks: [DuelBlock]) -> Comparison {
        let rule = GateRule(metrics: [.throughput, .serviceP50])
        let comparison = Comparison(kind: .duel, baseline: "a", candidate: "b", rule: rule)
        var tally = DuelTally(comparison, cells: ["c"], looks: looks)
        blocks.forEach { tally.add([$0]) }
        return tally.evidence(isOver: true).judged()
    }

    private func close(_ left: Double?, _ right: Double) -> Bool {
        left.map { abs($0 - right) < 1e-9 } ?? false
    }

    @Test("one stalled round leaves its block out of the metric, and the others are compared")
    func leftOut() throws {
        let comparison = found(blocks(lacking: [7]))
        #expect(comparison.verdict == .pass && comparison.untested.isEmpty)
        let evidence = try #require(comparison.evidence.last)
        #expect(evidence.metric == .serviceP50 && evidence.pairs == 19)
        #expect(close(evidence.ratio, 1.011))
        // x(4) of the block at its cheapest and 19 more, x(17) of the block at its dearest and 19.
        #expect(close(evidence.low, 1.003) && close(evidence.high, 1.018))
        #expect(
            comparison.reasons.contains(
                "Left out of service p50 of c: block 7, where rounds of the candidate had too few "
                    + "calls for a median; the bounds hold whatever would have been found there."))
    }

    @Test("where more than one block in ten lacks it, it is not compared, and how many is told")
    func tooMany() {
        #expect(found(blocks(lacking: [3, 7])).untested.isEmpty)
        let comparison = found(blocks(lacking: [3, 7, 9]))
        #expect(comparison.evidence.map(\.metric) == [.throughput])
        #expect(
            comparison.untested.map(\.reason) == [
                "rounds that had too few calls for a median in 3 of 20 blocks"
            ])
        // The candidate may have become slower there.
        #expect(comparison.verdict == .inconclusive)
    }

    @Test("one stalled round of the baseline does not hide what the candidate lost")
    func lost() {
        var all = blocks(lacking: [3, 7, 9])
        all[11].rounds.baseline.first[.serviceP50] = nil
        #expect(found(all).untested.map(\.isLost) == [true])
        #expect(found(all).verdict == .inconclusive)
        for index in [2, 6, 8] { all[index].rounds.baseline.first[.serviceP50] = nil }
        // Now the baseline lacks it as often.
        #expect(found(all).untested.map(\.isLost) == [false])
    }

    @Test("where too few blocks would remain, it is not compared")
    func tooFew() {
        // Two tests at once take eight blocks.
        #expect(looks.neededBlocks(tests: 2) == 8)
        let sample = { (lacking: Set<Int>) in
            var sample = DuelSample(cell: "c")
            blocks(10, lacking: lacking).forEach { sample.add($0) }
            return sample
        }
        let rule = GateRule(metrics: [.serviceP50])
        #expect(sample([4]).untested(rule, needed: 9).isEmpty)
        #expect(sample([4]).untested(rule, needed: 10).count == 1)
        #expect(sample([4]).evidence(rule, looks: [], needed: 10).isEmpty)
        #expect(sample([]).evidence(rule, looks: [], needed: 10).count == 1)
    }

    @Test("no bound and no chance is better than with the values that are lacking")
    func cautious() throws {
        let rule = GateRule(metrics: [.serviceP50])
        for seed in 1...100 as ClosedRange<UInt64> {
            var drawn = DrawnBlocks(seed: seed)
            (drawn.shift, drawn.spread, drawn.hasControl) = (Double(seed % 3) * 0.03, 0.02, false)
            var (whole, lacking) = (DuelSample(cell: "c"), DuelSample(cell: "c"))
            var generator = SeededGenerator(seed: seed)
            let gone = Set((0..<4).map { _ in Int.random(in: 1...40, using: &generator) })
            for number in 1...40 {
                let block = drawn.block(number)
                whole.add(block)
                lacking.add(gone.contains(number) ? stalled(block) : block)
            }
            let made = DuelLooks(first: 20, most: 40).made(after: 40, isOver: true)
            let all = try #require(whole.evidence(rule, looks: made).first)
            let some = try #require(lacking.evidence(rule, looks: made).first)
            #expect((some.upper ?? .infinity) >= (all.upper ?? .infinity), "seed \(seed)")
            #expect((some.lower ?? 0) <= (all.lower ?? 0), "seed \(seed)")
            #expect(some.pWorse >= all.pWorse && some.pBetter >= all.pBetter, "seed \(seed)")
            #expect(some.upper != nil && some.lower != nil, "seed \(seed)")
        }
    }
}
