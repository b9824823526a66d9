import Testing
import Units

@testable import Throttling

@Suite("Every limit, alone and with others, keeps what a throttle promises")
struct LedgerTests {
    @Test("a refused call changes nothing and is let in when the refusal says, not before")
    func retryAfterIsHonest() {
        for seed in 0..<4_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = DrawnLimits.limit(&generator)
            var state = ArrayState(limit)
            var now = Nanoseconds(Int64(generator.magnitude(upTo: 1 << 55)))
            var refusals = 0
            while refusals < 10 {
                let (before, units) = (state.words, UInt64.random(in: 1...3, using: &generator))
                let decision = state.decide(at: now, units: units, .deny)
                guard case .deny(let retryAfter) = decision else {
                    if state.ledger.wordCount == 0 { break }
                    now = Bool.random(using: &generator) ? now : now + Nanoseconds(1)
                    continue
                }
                refusals += 1
                func message() -> Comment { "seed \(seed): \(limit), \(units) units at \(now)" }
                #expect(state.words == before, message())
                expectHonest(state, now, retryAfter, units, message)
                now = retryAfter == .max ? now + Nanoseconds(1) : retryAfter
            }
        }
    }

    private func expectHonest(
        _ state: ArrayState, _ now: Nanoseconds, _ retryAfter: Nanoseconds, _ units: UInt64,
        _ message: () -> Comment
    ) {
        #expect(retryAfter > now, message())
        var probe = state
        if retryAfter == .max {
            let late = probe.decide(at: .seconds(4_000_000_000), units: units, .deny)
            #expect(late == .deny(retryAfter: .max), message())
            return
        }
        let early = probe.decide(at: retryAfter - Nanoseconds(1), units: units, .deny)
        #expect(early == .deny(retryAfter: retryAfter), message())
        let delay = state.ledger.delay
        #expect(
            probe.decide(at: retryAfter, units: units, .deny)
                == (delay > .zero ? .wait(until: retryAfter + delay) : .admit), message())
    }

    @Test("a caller with patience is let in where the refusal says, and waits no longer than it")
    func patience() {
        for seed in 0..<4_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = DrawnLimits.limit(&generator)
            var state = ArrayState(limit)
            let longest = DrawnLimits.length(&generator)
            let onLimit = OnLimit.wait(atMost: longest)
            var now = Nanoseconds.zero
            for _ in 0..<60 {
                now = DrawnLimits.later(now, &generator)
                let (before, units) = (state.words, UInt64.random(in: 1...3, using: &generator))
                func message() -> Comment { "seed \(seed): \(limit), \(units) units at \(now)" }
                switch state.decide(at: now, units: units, onLimit) {
                case .admit: break
                case .wait(let until):
                    #expect(until > now && until - now <= longest + state.ledger.delay, message())
                case .deny(let retryAfter):
                    #expect(state.words == before, message())
                    guard retryAfter < .max else { continue }
                    #expect(retryAfter > now, message())
                    var probe = state
                    let late = probe.decide(at: retryAfter, units: units, onLimit)
                    if case .deny = late { Issue.record("\(message()): \(late) at \(retryAfter)") }
                }
            }
        }
    }

    @Test("waiting callers are let in in the order in which they came")
    func order() {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = DrawnLimits.limit(&generator)
            var state = ArrayState(limit)
            var (now, last) = (Nanoseconds.zero, Nanoseconds.zero)
            for _ in 0..<60 {
                now = DrawnLimits.later(now, &generator)
                let units = UInt64.random(in: 1...2, using: &generator)
                let instant: Nanoseconds
                switch state.decide(at: now, units: units, .wait(atMost: .max)) {
                case .admit: instant = now
                case .wait(let until): instant = until
                case .deny: continue
                }
                #expect(instant >= last, "seed \(seed): \(limit) at \(now)")
                last = instant
            }
        }
    }

    @Test("a clock that stands still or runs backwards admits nothing extra")
    func strangeClocks() {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = DrawnLimits.limit(&generator)
            var state = ArrayState(limit)
            guard state.ledger.wordCount > 0 else { continue }
            let now = Nanoseconds(Int64(generator.magnitude(upTo: 1 << 55)))
            func isRefused(at instant: Nanoseconds) -> Bool {
                if case .deny = state.decide(at: instant, .deny) { true } else { false }
            }
            var admitted = 0
            while !isRefused(at: now) { admitted += 1 }
            #expect(admitted <= 40, "seed \(seed): \(limit)")
            for _ in 0..<50 {
                let earlier = Nanoseconds(.random(in: 0...now.count, using: &generator))
                for instant in [now, earlier, now - Nanoseconds(1)] {
                    #expect(isRefused(at: instant), "seed \(seed): \(limit) at \(instant)")
                }
            }
        }
    }

    @Test("who is overtaken between its clock and the state comes next, and is not sent away")
    func overtaken() {
        var state = ArrayState(
            .slidingWindow(
                SlidingWindow(
                    limit: RecordCount(3), window: .seconds(60))))
        #expect(state.decide(at: .milliseconds(900), .deny) == .admit)
        #expect(state.decide(at: .milliseconds(850), .deny) == .wait(until: .milliseconds(900)))
        // So late is no neighbour any more but another clock.
        #expect(
            state.decide(at: .milliseconds(100), .deny) == .deny(retryAfter: .milliseconds(900)))
        #expect(state.decide(at: .milliseconds(900), .deny) == .admit)
        #expect(
            state.decide(at: .milliseconds(899), .deny)
                == .deny(retryAfter: Nanoseconds(60_900_000_000)))
    }

    @Test("a request larger than a limit ever admits is refused for ever")
    func tooLarge() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = DrawnLimits.limit(&generator)
            guard limit.largestRequest < .max else { continue }
            var state = ArrayState(limit)
            let never = Decision.deny(retryAfter: .max)
            let units = limit.largestRequest + 1
            #expect(state.decide(at: .zero, units: units, .wait(atMost: .max)) == never)
            #expect(state.decide(at: .zero, units: units, .deny) == never, "seed \(seed): \(limit)")
            #expect(state.words.allSatisfy { $0 == 0 }, "seed \(seed): \(limit)")
        }
    }

    @Test("what several admit together is what each of them admits, and no one pays for a denial")
    func compositions() {
        for seed in 0..<1_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let members = (0..<2).map { _ in DrawnLimits.member(&generator) }
            guard !members.contains(where: { if case .tarpit = $0 { true } else { false } }) else {
                continue
            }
            var (both, alone) = (ArrayState(.all(members)), members.map(ArrayState.init))
            var now = Nanoseconds.zero
            for _ in 0..<60 {
                now = DrawnLimits.later(now, &generator)
                let units = UInt64.random(in: 1...2, using: &generator)
                // Each on its own, on a copy: only if all let it in do they all pay.
                var paid = alone
                let decisions = paid.indices.map { paid[$0].decide(at: now, units: units, .deny) }
                func message() -> Comment { "seed \(seed): \(members), \(units) units at \(now)" }
                if decisions.allSatisfy({ $0 == .admit }) {
                    alone = paid
                    #expect(both.decide(at: now, units: units, .deny) == .admit, message())
                } else {
                    let retries = decisions.map { decision in
                        if case .deny(let retryAfter) = decision { retryAfter } else { now }
                    }
                    #expect(
                        both.decide(at: now, units: units, .deny)
                            == .deny(retryAfter: retries.max() ?? now), message())
                }
            }
        }
    }
}
