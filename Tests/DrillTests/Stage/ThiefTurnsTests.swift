import Foundation
import GateState
import Synchronization
import Testing
import Units

@testable import Drill

@Suite("When a thief calls")
struct ThiefTurnsTests {
    @Test("flat out he calls at once, until he is to stop")
    func flatOut() {
        let turns = ThiefTurns(.flatOut)
        #expect((0..<1_000).allSatisfy { _ in turns.awaitTurn() })
        turns.stop()
        #expect(!turns.awaitTurn())
    }

    @Test("a steady one calls evenly, and never before his turn")
    func steady() {
        let turns = ThiefTurns(.steady(perSecond: 100))
        let begin = MonotonicInstant.now() + .milliseconds(20)
        turns.begin(at: begin)
        for number in 0..<30 as Range<Int64> {
            #expect(turns.awaitTurn())
            let early = begin + .milliseconds(10 * number) - MonotonicInstant.now()
            #expect(early <= .zero, "turn \(number)")
        }
        #expect(MonotonicInstant.now() - begin < .seconds(60))
    }

    @Test("one who waits for a turn that is far off is let go at once where he is to stop")
    func stopped() {
        let turns = ThiefTurns(.steady(perSecond: 0.01))
        turns.begin(at: MonotonicInstant.now())
        #expect(turns.awaitTurn())
        Thread.detachNewThread {
            MonotonicInstant.wait(until: MonotonicInstant.now() + .milliseconds(50))
            turns.stop()
        }
        let start = MonotonicInstant.now()
        #expect(!turns.awaitTurn())
        #expect(MonotonicInstant.now() - start < .seconds(60))
    }

    @Test("one who fills periods keeps all calls of each within the limit, those of others too")
    func filling() throws {
        let site = try GateSite(identities: ["web", "thief"])
        let limit: UInt64 = 150
        let turns = ThiefTurns(
            .filling(
                FillingPace(
                    limit: limit, demand: 50, dispersion: 1, period: GateSite.period, flatOut: 0,
                    of: 3, gate: site.path)))
        let (gate, web) = (site.gate, try site.gate.claim("web"))
        let thief = try gate.claim("thief")
        let isFilled = Atomic<Bool>(false)
        let end = MonotonicInstant.now() + .seconds(60)
        let users = DispatchGroup()
        users.enter()
        Thread.detachNewThread {
            // No more than 50 a second, however late a turn of this is.
            while !isFilled.load(ordering: .relaxed), MonotonicInstant.now() < end {
                _ = gate.charge(.decrypt, units: 1, isCall: true, row: web)
                MonotonicInstant.wait(until: MonotonicInstant.now() + .milliseconds(20))
            }
            turns.stop()
            users.leave()
        }
        while turns.awaitTurn() {
            _ = gate.charge(.decrypt, units: 1, isCall: true, row: thief)
            // Until a period is over of which he had a good part: a busy machine spoils some.
            let periods = try site.snapshot().identities[1].periods.dropLast()
            guard periods.contains(where: { $0.calls.admitted > 50 }) else { continue }
            isFilled.store(true, ordering: .relaxed)
            turns.stop()
        }
        users.wait()
        let identities = try site.snapshot().identities
        var sums: [Nanoseconds: UInt64] = [:]
        for period in identities.flatMap(\.periods) {
            sums[period.start, default: 0] += period.calls.admitted
        }
        #expect(sums.values.allSatisfy { $0 <= limit }, "\(sums)")
        // Of 150 the others take 50, and he leaves some room besides.
        let taken = identities[1].periods.map(\.calls.admitted)
        #expect(taken.contains { $0 > 50 }, "\(taken)")
    }

    @Test("who sees no count takes nothing")
    func blind() {
        let turns = ThiefTurns(
            .filling(
                FillingPace(
                    limit: 1_000, demand: 0, dispersion: 1, period: .milliseconds(100),
                    flatOut: 0, of: 3, gate: "/nowhere/gate.state")))
        Thread.detachNewThread {
            MonotonicInstant.wait(until: MonotonicInstant.now() + .milliseconds(350))
            turns.stop()
        }
        #expect(!turns.awaitTurn())
    }

    @Test("one who pulses goes flat out in as many periods as may breach, and in no other")
    func pulse() {
        let (period, of, flatOut): (Int64, Int64, Int64) = (200_000_000, 3, 2)
        let turns = ThiefTurns(
            .filling(
                FillingPace(
                    limit: 1_000, demand: 0, dispersion: 1, period: Nanoseconds(period),
                    flatOut: Int(flatOut), of: Int(of), gate: "/nowhere/gate.state")))
        let end = MonotonicInstant.now() + .seconds(60)
        var given: [Int64: Int] = [:]
        while turns.awaitTurn() {
            given[MonotonicInstant.calendar().count / period, default: 0] += 1
            MonotonicInstant.wait(until: MonotonicInstant.now() + .milliseconds(1))
            // Three periods, of which one at least is quiet, or more: a busy machine spoils some.
            let full = given.filter { $0.key % of < flatOut && $0.value >= 5 }
            if full.count >= 3 || MonotonicInstant.now() > end { turns.stop() }
        }
        let loud = given.filter { $0.key % of < flatOut }
        // A turn may be given at the end of a period and be counted in the next.
        let quiet = given.filter { $0.key % of >= flatOut }
        #expect(quiet.values.allSatisfy { $0 <= 1 }, "\(given)")
        #expect(loud.values.count { $0 >= 5 } >= 3, "\(given)")
    }
}
