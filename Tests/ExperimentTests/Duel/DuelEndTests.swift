import Regression
import Testing

@testable import Experiment

@Suite("The end of a duel")
struct DuelEndTests {
    /// Eight blocks of equal anchors, which pass.
    private var tally: DuelTally {
        let comparison = Comparison(
            kind: .duel, baseline: "a", candidate: "b", rule: GateRule(metrics: [.serviceP50]))
        var tally = DuelTally(comparison, cells: ["c"], looks: DuelLooks(first: 8, most: 8))
        for number in 1...8 {
            let pair = DuelRounds.Pair(
                [.serviceP50: 100 + Double(number % 2)], [.serviceP50: 100 + Double(number % 3)])
            tally.add([
                DuelBlock(
                    number: number, isMirrored: DuelBlock.isMirrored(number),
                    rounds: DuelRounds(baseline: pair, candidate: pair), control: nil)
            ])
        }
        return tally
    }

    private func loss(isAnchors: Bool) -> DuelBlockRunner.Loss {
        DuelBlockRunner.Loss(
            role: .candidate, cell: "c", reason: isAnchors ? "wrong plaintext" : "woke too late",
            isInvalid: true, isAnchors: isAnchors, isFinal: false)
    }

    @Test("blocks that the host spoiled are left out, and told")
    func hostLosses() throws {
        let found = try DuelEnd(.complete, [loss(isAnchors: false)]).judge(tally)
        #expect(found.verdict == .pass && found.invalid.isEmpty)
        #expect(found.notes == ["1 block was lost and left out: candidate, c: woke too late."])
    }

    @Test("wrong answers in one block alone are no PASS, however good the others are")
    func wrongAnswers() throws {
        let losses = [loss(isAnchors: false), loss(isAnchors: true), loss(isAnchors: true)]
        let found = try DuelEnd(.complete, losses).judge(tally)
        #expect(found.verdict == .invalid)
        #expect(found.invalid.map(\.cell) == ["c"] && found.invalid.map(\.side) == ["candidate"])
        #expect(found.invalid[0].reasons == ["wrong plaintext"])
    }
}
