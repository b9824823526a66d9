import Testing
import Throttling
import Units

@Suite("A limit that is none is known by its key, its value and the reason")
struct FlawTests {
    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(500), burst: RecordCount(100)))
    private static let slots = Limit.concurrency(RecordCount(4))
    private static let delay = Limit.delay(.milliseconds(5))

    @Test("what can be used has no flaw")
    func sound() {
        let limits: [Limit] = [
            .none, Self.bucket, Self.slots, Self.delay, .all([Self.bucket]),
            .all([Self.bucket, Self.bucket, Self.slots, Self.delay]),
        ]
        for limit in limits { #expect(limit.flaw == nil, "\(limit)") }
        #expect(Policy(Self.bucket, charge: .bytes(ByteCount(256))).flaw == nil)
    }

    @Test(
        "a composition that means nothing is refused with the remedy",
        arguments: [
            ([], "'all' of nothing limits nothing: name its limits"),
            ([.none], "'none' within 'all' limits nothing: leave it out"),
            (
                [bucket, .all([bucket])],
                "'all' within 'all' says nothing more: name its limits in one list"
            ),
            ([slots, bucket, slots], "'concurrency' stands twice in 'all': keep the smaller"),
            ([delay, delay], "'delay' stands twice in 'all': write their sum"),
            (
                [bucket, .concurrency(RecordCount(0))],
                "'concurrency': '0' must lie between 1 and 65536"
            ),
        ] as [([Limit], String)])
    func compositions(_ members: [Limit], _ flaw: String) {
        #expect(Limit.all(members).flaw == flaw)
    }

    @Test("every value has its bounds")
    func values() {
        func expect(_ flaw: Flaw?, _ sentence: String) {
            #expect(flaw?.description == sentence)
        }
        let (one, minute) = (RecordCount(1), Nanoseconds.seconds(60))
        expect(
            TokenBucket.flaw(rate: Rate(10_000_001), burst: one),
            "'rate': '10000001/s' must be at most 10M/s")
        expect(
            TokenBucket.flaw(rate: Rate(1), burst: RecordCount(0)),
            "'burst': '0' must lie between 1 and 1G")
        expect(
            FixedWindow.flaw(limit: one, window: .microseconds(999)),
            "'window': '999us' must lie between 1ms and 366d")
        expect(
            FixedWindow.flaw(limit: one, window: minute, phase: .seconds(61)),
            "'phase': '61s' must lie between 1ns and 1m")
        expect(
            SlidingWindow.flaw(limit: RecordCount(1 << 24 + 1), window: minute),
            "'limit': '16777217' must be at most 16777216: each admission is kept for as long as "
                + "the window; a 'fixed-window' keeps a count alone")
        expect(
            SlidingWindow.flaw(limit: RecordCount(0), window: minute),
            "'limit': '0' must lie between 1 and 16777216")
        expect(
            Breaker.flaw(threshold: one, window: minute, lockout: .zero),
            "'lockout': '0s' must lie between 1ms and 366d")
        expect(
            Breaker.flaw(threshold: RecordCount(0), window: minute, lockout: minute),
            "'threshold': '0' must lie between 1 and 16777216")
        expect(Budget.flaw(quota: RecordCount(0)), "'quota': '0' must lie between 1 and 1T")
        #expect(TokenBucket.flaw(rate: Rate(1, per: .seconds(86_400)), burst: one) == nil)
        #expect(SlidingWindow.flaw(limit: RecordCount(1 << 24), window: minute) == nil)
    }

    @Test(
        "a tarpit has a first wait, does not shrink, and comes to its longest in a few steps",
        arguments: [
            (100, 0, 2, 1_000, "'first': '0s' must lie between 1us and 1h"),
            (100, 10, 0.5, 1_000, "'growth': '0.5' must lie between 1 and 1M: waits do not shrink"),
            (
                100, 10, .infinity, 1_000,
                "'growth': 'inf' must lie between 1 and 1M: waits do not shrink"
            ),
            (
                100, 10, .nan, 1_000,
                "'growth': 'nan' must lie between 1 and 1M: waits do not shrink"
            ),
            (100, 10, 2, 9, "'longest': '9ms' must lie between 10ms and 1d"),
            (
                100, 10, 1.00001, 1_000,
                "'growth': '1.00001' takes more than 65536 steps from the first wait to the "
                    + "longest: let it grow faster"
            ),
            (1 << 25, 10, 2, 1_000, "'free': '33554432' must be at most 16777216"),
            (0, 10, 1, 1_000, nil), (0, 10, 1.0001, 1_000, nil), (1 << 24, 10, 2, 1_000, nil),
        ] as [(UInt64, Int64, Double, Int64, String?)])
    func tarpits(
        _ values: (free: UInt64, first: Int64, growth: Double, longest: Int64, flaw: String?)
    ) {
        let (first, longest) = (
            Nanoseconds.milliseconds(values.first), Nanoseconds.milliseconds(values.longest)
        )
        let flaw = Tarpit.flaw(
            free: RecordCount(values.free), first: first, growth: values.growth, longest: longest,
            window: .seconds(60))
        #expect(flaw?.description == values.flaw)
        let tarpit = Tarpit(
            free: RecordCount(values.free), first: first, growth: values.growth, longest: longest,
            window: .seconds(60))
        #expect((tarpit == nil) == (values.flaw != nil))
    }

    @Test("a tarpit in which everybody waits never admits whom nobody lets wait")
    func neverAdmits() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(0), first: .milliseconds(10), growth: 2, longest: .seconds(1),
                window: .seconds(60)))
        #expect(Policy(.tarpit(tarpit)).flaw == nil)
        #expect(
            Policy(.tarpit(tarpit), onLimit: .deny).flaw
                == "'free': '0' never admits with 'on-limit: deny': every call would have to wait")
        let ledger = Ledger(.tarpit(tarpit))
        var words = [UInt64](repeating: 0, count: ledger.wordCount)
        #expect(ledger.decide(&words, at: .zero, onLimit: .deny) == .deny(retryAfter: .max))
    }
}
