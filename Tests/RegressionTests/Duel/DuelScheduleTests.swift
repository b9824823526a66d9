import Regression
import Testing

@Suite("How long a duel goes on")
struct DuelScheduleTests {
    @Test("the level is spent over the looks, and never more than all of it")
    func looks() {
        let usual = DuelLooks(first: 20, most: 40)
        #expect(usual.blocks == [20, 30, 40])
        #expect(usual.made(after: 40, isOver: true).map(\.share) == [0.5, 0.25, 0.25])
        #expect(usual.made(after: 19, isOver: false).isEmpty)
        #expect(usual.made(after: 7, isOver: true).isEmpty)
        #expect(DuelLooks(first: 8, most: 8).made(after: 8, isOver: true).map(\.share) == [1])
        for most in [8, 9, 10, 21, 40] {
            for first in Set([8, most / 2, most - 1, most]) where first >= 8 {
                let looks = DuelLooks(first: first, most: most)
                for kept in 0...most {
                    let made = looks.made(after: kept, isOver: true)
                    #expect(made.reduce(0) { $0 + $1.share } <= 1)
                    #expect(kept < 8 || made.last?.blocks == kept)
                    #expect(made.starts(with: looks.made(after: kept, isOver: false)))
                }
            }
        }
    }

    @Test("so many blocks are needed that all of them on one side can be REGRESSED")
    func needed() {
        let looks = DuelLooks(first: 10, most: 20)
        #expect(looks.neededBlocks(tests: 1) == 8)
        #expect(looks.neededBlocks(tests: 4) == 10)
        #expect(DuelLooks(first: 10, most: 10).neededBlocks(tests: 4) == 9)
        #expect(looks.neededBlocks(tests: 5) == 10 && looks.neededBlocks(tests: 6) == 11)
    }

    @Test("an undecided duel gets more blocks up to the cap, a decided one ends at its look")
    func course() {
        var asked = 0
        var schedule = DuelSchedule(DuelLooks(first: 8, most: 12))
        for kept in 1...11 {
            #expect(
                schedule.keep {
                    asked += 1
                    return .inconclusive
                } == .goOn, "block \(kept)")
        }
        #expect(asked == 2)
        #expect(schedule.keep { .inconclusive } == .stop(.cap))
        for verdict in [GateVerdict.pass, .regressed, .invalid] {
            var schedule = DuelSchedule(DuelLooks(first: 8, most: 12))
            for _ in 1...7 { #expect(schedule.keep { verdict } == .goOn) }
            #expect(schedule.keep { verdict } == .stop(.decided))
        }
    }

    @Test("five blocks lost in a row end it, and so do as many as there may be")
    func losses() {
        var schedule = DuelSchedule(DuelLooks(first: 8, most: 12))
        for _ in 1...4 { #expect(schedule.lose() == .goOn) }
        #expect(schedule.keep { .pass } == .goOn)
        #expect(schedule.next == 6)
        for _ in 1...4 { #expect(schedule.lose() == .goOn) }
        #expect(schedule.lose() == .stop(.losses))
        var sparse = DuelSchedule(DuelLooks(first: 8, most: 12))
        var answer = DuelSchedule.Answer.goOn
        while answer == .goOn, sparse.lost < 100 {
            _ = sparse.keep { .inconclusive }
            answer = sparse.lose()
        }
        #expect(sparse.lost == 12)
    }
}
