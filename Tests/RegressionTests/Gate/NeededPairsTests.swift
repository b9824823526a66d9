import Regression
import Testing

@Suite("How many rounds a gate needs")
struct NeededPairsTests {
    @Test(
        "so many rounds reach up to so many tests, and not one more",
        arguments: [(5, 2), (6, 9), (7, 34), (8, 128), (9, 486)])
    func rounds(rounds: Int, tests: Int) {
        #expect(NeededPairs.rounds(forTests: tests) == rounds)
        #expect(NeededPairs.rounds(forTests: tests + 1) == rounds + 1)
    }

    @Test("with one round less than needed, even values that are all apart show nothing")
    func reach() throws {
        for tests in [1, 2, 3, 9, 10, 34, 56] {
            let needed = NeededPairs.rounds(forTests: tests)
            for (rounds, isReached) in [(needed, true), (needed - 1, false)] {
                let test = RankSum(
                    baseline: (0..<rounds).map(Double.init),
                    candidate: (0..<rounds).map { Double($0 + 1_000) },
                    distribution: RankSumDistribution(rounds, rounds))
                let adjusted = Holm.adjusted(
                    [test.pAbove(0)] + Array(repeating: 1, count: tests - 1))
                #expect((adjusted[0] < GateRule.level) == isReached, "\(tests) tests, \(rounds)")
            }
        }
    }

    @Test("no duel has fewer than eight blocks, and many tests need more")
    func blocks() {
        #expect(NeededPairs.blocks(forTests: 1) == 8 && NeededPairs.blocks(forTests: 2) == 8)
        // 2^-9 × 4 is 0.0078, 2^-8 × 4 is 0.0156.
        #expect(NeededPairs.blocks(forTests: 4) == 9)
        #expect(NeededPairs.blocks(forTests: 100) == 14)
    }
}
