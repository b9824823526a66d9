import Testing
import Throttling
import Units

@Suite("A policy's envelope follows from its limit, its scope and what a call is charged")
struct PolicyEnvelopeTests {
    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(500), burst: RecordCount(100)))
    private static let fixed = Limit.fixedWindow(
        FixedWindow(limit: RecordCount(1_000), window: .seconds(60), phase: .seconds(12)))
    private static let sliding = Limit.slidingWindow(
        SlidingWindow(limit: RecordCount(1_000), window: .seconds(60)))
    private static let breaker = Limit.breaker(
        Breaker(threshold: RecordCount(1_000), window: .seconds(60), lockout: .seconds(600)))
    private static let budget = Limit.budget(Budget(quota: RecordCount(50_000), period: .day))

    @Test("what neither counts nor times a call bounds nothing")
    func unbounded() {
        for limit in [
            Limit.none, .concurrency(RecordCount(4)), .delay(.milliseconds(5)),
            .all([.concurrency(RecordCount(4)), .delay(.milliseconds(5))]),
        ] {
            let policy = Policy(limit)
            #expect(policy.envelope(servedAt: 10, identities: 3) == .unbounded)
            #expect(policy.envelopeFromEpoch() == .unbounded)
            #expect(policy.sustainedRate == nil)
        }
    }

    @Test("a call of several units takes as many from a limit, and one too large is never let in")
    func units() {
        func envelope(_ limit: Limit, _ units: UInt64) -> Envelope {
            Policy(limit).envelopeFromEpoch(units: units)
        }
        #expect(envelope(Self.bucket, 4) == .affine(burst: 25, rate: 125))
        #expect(envelope(Self.bucket, 101) == .closed)
        #expect(
            envelope(Self.fixed, 16)
                == .staircase(step: 62, window: Seconds(60), phase: Seconds(12)))
        #expect(
            envelope(Self.sliding, 16)
                == .staircase(step: 62, window: Seconds(60), phase: Seconds(60)))
        #expect(
            envelope(Self.budget, 3)
                == .staircase(step: 16_666, window: Seconds(86_400), phase: Seconds(86_400)))
        for limit in [Self.fixed, Self.sliding, Self.breaker] {
            #expect(envelope(limit, 1_001) == .closed)
            #expect(envelope(limit, 1_001).time(for: 1, servedAt: 10) == .never)
        }
    }

    @Test("a day's budget is a fixed window, which a thief meets just before midnight")
    func budget() {
        let envelope = Policy(Self.budget).envelope(servedAt: 10_000)
        #expect(
            envelope
                == .staircase(step: 50_000, window: Seconds(86_400), phase: Seconds(5)))
        // 50,000 before midnight, 50,000 at once after it, and 98 more nights.
        let time = envelope.time(for: 5_000_000, servedAt: 10_000)
        #expect(abs(time.value - (5 + 98 * 86_400 + 5)) < 1e-6)
    }

    @Test("identities multiply what has a state for each of them, and the server stays one")
    func identities() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(10), first: .milliseconds(10), growth: 2, longest: .seconds(1),
                window: .seconds(10)))
        for limit in [Self.breaker, .tarpit(tarpit), .all([Self.bucket, Self.breaker])] {
            let one = Policy(limit).envelope(servedAt: 200)
            #expect(Policy(limit).envelope(servedAt: 200, identities: 5) == one)
            let own = Policy(limit, scope: .perClient)
            let five = own.envelope(servedAt: 1_000, identities: 5)
            #expect(own.envelope(servedAt: 200, identities: 1) == one)
            for time in [0.01, 1, 59, 61, 600.5, 86_400] {
                let within = Seconds(time)
                let most = five.admissions(within: within)
                #expect(abs(most - 5 * one.admissions(within: within)) <= 1e-9 * most)
                // Five servers of a fifth of the rate behind one identity each do as much.
                let (all, each) = (
                    five.operations(within: within, servedAt: 1_000),
                    one.operations(within: within, servedAt: 200)
                )
                #expect(abs(all - 5 * each) <= 1e-9 * all)
            }
            let (all, each) = (
                five.time(for: 100_000, servedAt: 1_000).value,
                one.time(for: 20_000, servedAt: 200).value
            )
            #expect(abs(all - each) <= 1e-9 * all)
            #expect(abs(five.sustainedRate / one.sustainedRate - 5) < 1e-9)
        }
    }

    @Test("of several limits the least binds at every instant, and is only a bound")
    func all() {
        let members = [Self.bucket, Self.sliding, .delay(.seconds(1)), Self.budget]
        let envelope = Policy(.all(members)).envelope(servedAt: 20_000)
        #expect(envelope.isUpperBoundOnly)
        let single = members.map { Policy($0).envelope(servedAt: 20_000) }
        for time in [0.001, 0.1, 1, 60, 61, 3_600, 86_400, 1e6] {
            let within = Seconds(time)
            #expect(
                envelope.admissions(within: within)
                    == single.map { $0.admissions(within: within) }.min())
            #expect(
                envelope.operations(within: within, servedAt: 20_000)
                    == single.map { $0.operations(within: within, servedAt: 20_000) }.min())
        }
        for count in [1, 100, 101, 1_500, 60_000, 1e6] {
            #expect(
                envelope.time(for: count, servedAt: 20_000)
                    == single.map { $0.time(for: count, servedAt: 20_000) }.max())
        }
        #expect(Policy(.all([Self.bucket])).envelope(servedAt: 1) == .affine(burst: 100, rate: 500))
        #expect(
            !Policy(.all([Self.bucket, .delay(.seconds(1))])).envelopeFromEpoch().isUpperBoundOnly)
    }

    @Test("the long run's rate of each limit, and of several the least")
    func sustainedRates() {
        let expected: [(Limit, Double)] = [
            (Self.bucket, 500), (Self.fixed, 1_000.0 / 60), (Self.sliding, 1_000.0 / 60),
            (Self.budget, 50_000.0 / 86_400), (Self.breaker, 999.0 / 60),
            (.all([Self.bucket, Self.budget, Self.sliding]), 50_000.0 / 86_400),
        ]
        for (limit, rate) in expected {
            let found = Policy(limit).sustainedRate ?? .infinity
            #expect(abs(found / rate - 1) < 1e-12, "\(limit)")
        }
    }

    @Test("a breaker of 1,000 a minute with ten minutes' lockout is best left untripped")
    func workedBreaker() {
        let envelope = Policy(Self.breaker).envelope(servedAt: 20_000)
        // 999 each minute for 1,000 minutes, and a trip: 1,000 more, one of which is done by then.
        let time = envelope.time(for: 1_000_000, servedAt: 20_000)
        #expect(abs(time.value - (1_000 * 60 + 999.0 / 20_000)) < 1e-6)
        #expect(envelope.admissions(within: Seconds(60_000)) == 999_001)
        #expect(envelope.admissions(within: Seconds(60_000.000_001)) == 1_000_000)
    }
}
