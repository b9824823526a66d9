import Testing
import Units

@testable import Throttling

@Suite("A policy in numbers")
struct PolicyWordsTests {
    private static let samples: [Limit] = [
        .none, .concurrency(RecordCount(4)), .delay(.milliseconds(5)),
        .budget(Budget(quota: RecordCount(50_000), period: .week)),
        .slidingWindow(SlidingWindow(limit: RecordCount(100), window: .seconds(60))),
        .breaker(
            Breaker(threshold: RecordCount(9), window: .seconds(60), lockout: .seconds(600))),
        .all([
            .concurrency(RecordCount(2)),
            .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))),
        ]),
    ]

    @Test("every policy is read back as it was")
    func roundTrip() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(100), first: .milliseconds(10), growth: 1.5,
                longest: .seconds(1), window: .seconds(60)))
        for limit in Self.samples + [.tarpit(tarpit)] {
            for onLimit in [OnLimit.deny, .wait(atMost: .max), .wait(atMost: .seconds(3))] {
                for charge in [Charge.operation, .bytes(ByteCount(272))] {
                    let policy = Policy(
                        limit, onLimit: onLimit, scope: .perClient, enforced: .host, charge: charge)
                    #expect(Policy(words: policy.words) == policy)
                }
            }
        }
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limits: [Limit] = [
                .tokenBucket(generator.tokenBucket()), .fixedWindow(generator.fixedWindow()),
            ]
            for limit in limits {
                let policy = Policy(limit, onLimit: generator.onLimit())
                #expect(Policy(words: policy.words) == policy, "seed \(seed)")
            }
        }
    }

    @Test("numbers that no policy makes are none", arguments: samples)
    func refused(limit: Limit) {
        let words = Policy(limit).words
        for count in 0..<words.count { #expect(Policy(words: Array(words[..<count])) == nil) }
        #expect(Policy(words: words + [1]) == nil)
        var scope = words
        scope[1] = 2
        #expect(Policy(words: scope) == nil)
        guard words.count > 5 else { return }
        var tag = words
        tag[5] = 99
        #expect(Policy(words: tag) == nil)
        var nothing = words
        nothing[6] = 0
        if case .delay = limit { return }
        #expect(Policy(words: nothing) == nil)
    }
}
