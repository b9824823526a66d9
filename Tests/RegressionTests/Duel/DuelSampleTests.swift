import Foundation
import Regression
import Testing

@Suite("What the blocks of a duel show")
struct DuelSampleTests {
    private let rule = GateRule(metrics: [.serviceP50])

    /// Blocks with these cost ratios.
    private func sample(_ ratios: [Double]) -> DuelSample {
        var sample = DuelSample(cell: "c")
        for (index, ratio) in ratios.enumerated() {
            let number = index + 1
            sample.add(
                DuelBlock(
                    number: number, isMirrored: DuelBlock.isMirrored(number),
                    rounds: DuelRounds(
                        baseline: .init([.serviceP50: 100], [.serviceP50: 100]),
                        candidate: .init(
                            [.serviceP50: 100 * ratio], [.serviceP50: 100 * ratio])),
                    control: nil))
        }
        return sample
    }

    private func evidence(_ ratios: [Double], looks: [DuelLooks.Look]) throws -> Evidence {
        try #require(sample(ratios).evidence(rule, looks: looks).first)
    }

    private func close(_ left: Double?, _ right: Double) -> Bool {
        left.map { abs($0 - right) < 1e-9 } ?? false
    }

    @Test(
        "the bounds are order statistics: x(4) and x(17) of 20 blocks, x(1) and x(10) of 10",
        arguments: [(20, 4), (10, 1)])
    func orderStatistics(blocks: Int, place: Int) throws {
        let ratios = (1...blocks).map { 1 + Double($0) / 1_000 }
        for looks in [DuelLooks(first: blocks, most: blocks), DuelLooks(first: blocks, most: 99)] {
            let found = try evidence(
                ratios.reversed(), looks: looks.made(after: blocks, isOver: false))
            #expect(
                close(found.low, ratios[place - 1]) && close(found.high, ratios[blocks - place]))
            #expect(abs(found.ratio - 1 - Double(blocks + 1) / 2_000) < 1e-6)
            #expect(found.pairs == blocks && found.baseline == 100)
        }
    }

    @Test("fewer than eight blocks give an estimate and no bound")
    func tooFew() throws {
        let looks = DuelLooks(first: 8, most: 8)
        let few = try evidence(
            Array(repeating: 1.5, count: 7), looks: looks.made(after: 7, isOver: true))
        #expect(close(few.ratio, 1.5) && few.upper == nil && few.low == nil && few.pWorse == 1)
        let enough = try evidence(
            Array(repeating: 1.5, count: 8), looks: looks.made(after: 8, isOver: true))
        #expect(close(enough.upper, 1.5) && enough.pWorse == 1.0 / 256)
    }

    @Test("a p counts as itself over the look's share, and the best look counts")
    func shares() throws {
        // Of 20 blocks 19 lie above, of 30 all but the last ten.
        let ratios = [1.0] + Array(repeating: 1.2, count: 19) + Array(repeating: 1.0, count: 10)
        let looks = DuelLooks(first: 20, most: 40)
        let first = try evidence(ratios, looks: looks.made(after: 20, isOver: false))
        #expect(abs(first.pWorse - 2 * 21 / pow(2, 20)) < 1e-12)
        let both = try evidence(ratios, looks: looks.made(after: 30, isOver: false))
        #expect(both.pWorse == first.pWorse)
        #expect(close(both.lower, 1.2) && close(both.upper, 1.2))
    }

    @Test("drift that is even falls on both alike, whatever the order of the block")
    func drift() throws {
        var drawn = DrawnBlocks(seed: 1)
        (drawn.shift, drawn.spread, drawn.drift) = (0.2, 0, 0.01)
        var sample = DuelSample(cell: "c")
        for number in 1...20 {
            let block = drawn.block(number)
            #expect(abs((block.rounds.logRatio(of: .serviceP50) ?? 0) - 0.2) < 1e-12)
            sample.add(block)
        }
        let looks = DuelLooks(first: 20, most: 20).made(after: 20, isOver: true)
        let found = try #require(sample.evidence(rule, looks: looks).first)
        #expect(close(found.floor, 1))
        let still = try #require(sample.control(rule, looks: looks).first)
        #expect(close(still.ratio, 1) && still.cell != "c")
    }

    @Test("the floor is what identical anchors would have shown, however unlike these two are")
    func floor() throws {
        let looks = DuelLooks(first: 20, most: 20).made(after: 20, isOver: true)
        var shares: [Double] = []
        for seed in 1...100 {
            var drawn = DrawnBlocks(seed: UInt64(seed))
            (drawn.shift, drawn.spread, drawn.hasControl) = (0.5, 0.02, false)
            var sample = DuelSample(cell: "c")
            for number in 1...20 { sample.add(drawn.block(number)) }
            let found = try #require(sample.evidence(rule, looks: looks).first)
            let (low, high) = (try #require(found.low), try #require(found.high))
            shares.append(log(try #require(found.floor)) / (log(high / low) / 2))
        }
        let typical = shares.sorted()[50]
        #expect(abs(typical - 1) < 0.15, "\(typical)")
    }

    @Test("the same blocks give the same bits, in whatever order they came")
    func bits() throws {
        var drawn = DrawnBlocks(seed: 7)
        let blocks = (1...20).map { drawn.block($0) }
        let looks = DuelLooks(first: 20, most: 20).made(after: 20, isOver: true)
        func ratio(_ blocks: [DuelBlock]) -> [Double?] {
            var sample = DuelSample(cell: "c")
            blocks.forEach { sample.add($0) }
            return sample.evidence(rule, looks: looks).flatMap { [$0.ratio, $0.low, $0.upper] }
        }
        #expect(ratio(blocks) == ratio(blocks) && ratio(blocks) == ratio(blocks.reversed()))
    }

    @Test("a metric that most blocks lack is untested, with the reason, and no evidence")
    func untested() throws {
        let comparison = Comparison(kind: .duel, baseline: "a", candidate: "b", rule: GateRule())
        var tally = DuelTally(comparison, cells: ["c"], looks: DuelLooks(first: 8, most: 8))
        for (index, block) in sample(Array(repeating: 1, count: 8)).blocks.enumerated() {
            var block = block
            if index < 3 {
                for anchor in [\DuelRounds.baseline, \.candidate] {
                    block.rounds[keyPath: anchor].first[.serviceP99] = 200
                    block.rounds[keyPath: anchor].second[.serviceP99] = 200
                }
            }
            tally.add([block])
        }
        let found = tally.evidence(isOver: true)
        #expect(found.evidence.map(\.metric) == [.serviceP50])
        #expect(found.untested.map(\.metric) == [.throughput, .serviceP99, .cpuTime])
        #expect(
            found.untested[1].reason
                == "rounds that had too few calls for a 99th percentile in 5 of 8 blocks")
        #expect(tally.table.rows.count == 8 * Metric.allCases.count)
    }
}
