import Foundation
import Regression
import Testing

@Suite("A duel errs as seldom as it says")
struct DuelErrorRateTests {
    private let rule = GateRule(metrics: [.throughput, .serviceP50])
    private let looks = DuelLooks(first: 20, most: 40)

    /// The verdicts of so many duels, each played to its end as the schedule has it.
    private func verdicts(
        _ count: Int, _ change: (inout DrawnBlocks) -> Void
    ) -> [GateVerdict: Int] {
        var counts: [GateVerdict: Int] = [:]
        for seed in 1...count {
            var drawn = DrawnBlocks(seed: UInt64(seed))
            drawn.metrics = rule.metrics
            drawn.hasControl = false
            change(&drawn)
            var schedule = DuelSchedule(looks)
            let comparison = Comparison(
                kind: .duel, baseline: "a", candidate: "b", rule: rule)
            var tally = DuelTally(comparison, cells: ["c"], looks: looks)
            var verdict = GateVerdict.inconclusive
            var answer = DuelSchedule.Answer.goOn
            while answer == .goOn {
                tally.add([drawn.block(schedule.next)])
                answer = schedule.keep {
                    verdict = tally.evidence(isOver: false).judged().verdict
                    return verdict
                }
            }
            counts[verdict, default: 0] += 1
        }
        return counts
    }

    @Test(
        "a candidate at the very tolerance is hardly ever REGRESSED, and as seldom passes",
        arguments: [false, true])
    func boundary(hasOutliers: Bool) {
        let count = 1_000
        let found = verdicts(count) { drawn in
            (drawn.shift, drawn.spread) = (rule.limit, 0.01)
            drawn.hasOutliers = hasOutliers
        }
        #expect(found[.regressed, default: 0] <= count / 100, "\(found)")
        #expect(found[.pass, default: 0] <= count / 100, "\(found)")
    }

    @Test("who looked after every block at the full level would cry wolf more often than that")
    func peeking() {
        let count = 300
        var wolves = 0
        let rule = GateRule(metrics: [.serviceP50])
        let every = stride(from: 8, through: 40, by: 2).map {
            DuelLooks(first: $0, most: $0).made(after: $0, isOver: true)[0]
        }
        for seed in 1...count {
            var drawn = DrawnBlocks(seed: UInt64(seed))
            (drawn.shift, drawn.hasControl) = (rule.limit, false)
            var sample = DuelSample(cell: "c")
            for number in 1...40 { sample.add(drawn.block(number)) }
            let p = sample.evidence(rule, looks: every).first?.pWorse ?? 1
            if p < GateRule.level { wolves += 1 }
        }
        #expect(wolves > count / 100, "\(wolves)")
    }

    @Test("identical anchors pass, and one that costs twice the tolerance more is REGRESSED")
    func power() {
        let same = verdicts(100) { $0.spread = 0.02 }
        #expect(same[.pass, default: 0] >= 98, "\(same)")
        let slower = verdicts(100) { ($0.shift, $0.spread) = (log(1.1), 0.02) }
        #expect(slower[.regressed, default: 0] >= 98, "\(slower)")
    }

    @Test("where what does nothing moved, no difference is put down to the anchor")
    func movedControl() {
        var drawn = DrawnBlocks(seed: 3)
        drawn.shift = 0.3
        let comparison = Comparison(kind: .duel, baseline: "a", candidate: "b", rule: rule)
        var tally = DuelTally(comparison, cells: ["c"], looks: looks)
        for number in 1...20 {
            var block = drawn.block(number)
            block.control = block.rounds
            tally.add([block])
        }
        #expect(tally.evidence(isOver: true).judged().verdict == .inconclusive)
        #expect(tally.evidence(isOver: true).control.allSatisfy { $0.pairs == 20 })
    }
}
