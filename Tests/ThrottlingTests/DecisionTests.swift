import Testing
import Units

@testable import Throttling

@Suite("A throttle decides call by call")
struct DecisionTests {
    @Test("a refused call consumes nothing, and is admitted when the refusal says, not before")
    func retryAfterIsHonest() {
        for seed in 0..<1_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            if Bool.random(using: &generator) {
                expectHonest(generator.tokenBucket(), seed, &generator)
            } else {
                expectHonest(generator.fixedWindow(), seed, &generator)
            }
        }
    }

    private func expectHonest(
        _ limit: some SingleWordLimit, _ seed: UInt64, _ generator: inout SeededGenerator
    ) {
        var word = UInt64(0)
        var now = Nanoseconds(Int64(generator.magnitude(upTo: 1 << 55)))
        for _ in 0..<50 {
            let before = word
            let decision = limit.decide(&word, at: now, onLimit: .deny)
            guard case .deny(let retryAfter) = decision else { continue }
            #expect(word == before, "seed \(seed): a refusal consumed something")
            #expect(retryAfter > now, "seed \(seed)")
            var probe = word
            let early = limit.decide(&probe, at: retryAfter - Nanoseconds(1), onLimit: .deny)
            #expect(early == .deny(retryAfter: retryAfter), "seed \(seed): \(limit) at \(now)")
            #expect(
                limit.decide(&probe, at: retryAfter, onLimit: .deny) == .admit,
                "seed \(seed): \(limit) at \(now)")
            // The other policy sends the caller to the same instant.
            probe = word
            let waits = limit.decide(&probe, at: now, onLimit: .wait(atMost: .max))
            #expect(waits == .wait(until: retryAfter), "seed \(seed): \(limit) at \(now)")
            now = Bool.random(using: &generator) ? retryAfter : now + Nanoseconds(1)
        }
    }

    @Test("waiting callers are served in the order in which they came")
    func waitsAreMonotone() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let bucket = generator.tokenBucket()
            let fixed = generator.fixedWindow()
            for instants in [
                Admissions.random(
                    bucket, .wait(atMost: .max), calls: 100, spacing: .microseconds(1), atOnce: 1,
                    &generator
                ).instants,
                Admissions.random(
                    fixed, .wait(atMost: .max), calls: 100, spacing: fixed.window, atOnce: 1,
                    &generator
                ).instants,
            ] {
                #expect(instants.count == 100, "seed \(seed): somebody was sent away")
                #expect(instants == instants.sorted(), "seed \(seed)")
            }
        }
    }

    @Test("a caller whose turn is further off than max-wait is refused and takes no place")
    func maxWait() {
        let bucket = TokenBucket(rate: Rate(1), burst: RecordCount(1))
        var word = UInt64(0)
        let onLimit = OnLimit.wait(atMost: .seconds(2))
        let decisions = (0..<5).map { _ in bucket.decide(&word, at: .zero, onLimit: onLimit) }
        #expect(
            decisions == [
                .admit, .wait(until: .seconds(1)), .wait(until: .seconds(2)),
                .deny(retryAfter: .seconds(3)), .deny(retryAfter: .seconds(3)),
            ])
    }

    @Test("a clock that stands still or runs backwards admits nothing extra")
    func strangeClocks() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let bucket = generator.tokenBucket()
            let fixed = generator.fixedWindow()
            let now = Nanoseconds(Int64(generator.magnitude(upTo: 1 << 55)) + fixed.window.count)
            let earlier = (0..<100).map { _ in
                Nanoseconds(.random(in: 0...now.count, using: &generator))
            }
            for instants in [Array(repeating: now, count: 100), earlier] {
                var (word, admitted) = (UInt64(0), UInt64(0))
                exhaust(bucket, &word, at: now)
                for instant in instants
                where bucket.decide(&word, at: instant, onLimit: .deny) == .admit { admitted += 1 }
                #expect(admitted == 0, "seed \(seed): \(bucket) gave \(admitted) at \(now)")
                word = 0
                exhaust(fixed, &word, at: now)
                for instant in instants
                where fixed.decide(&word, at: instant, onLimit: .deny) == .admit { admitted += 1 }
                #expect(admitted == 0, "seed \(seed): \(fixed) gave \(admitted) at \(now)")
            }
        }
    }

    private func exhaust(_ limit: some SingleWordLimit, _ word: inout UInt64, at now: Nanoseconds) {
        while limit.decide(&word, at: now, onLimit: .deny) == .admit {}
    }

    @Test("an unused bucket never holds more than its burst, however long it rests")
    func restingBucket() {
        for seconds in [0, 1, 86_400, 9_000_000_000] as [Int64] {
            let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(100))
            var word = UInt64(0)
            let decisions = (0..<150).map { _ in
                bucket.decide(&word, at: .seconds(seconds), onLimit: .deny)
            }
            #expect(decisions.count { $0 == .admit } == 100, "after \(seconds) s")
        }
    }

    @Test("a whole burst is given even where it holds centuries of refill")
    func hugeBurst() {
        let bucket = TokenBucket(
            rate: Rate(1, per: .seconds(86_400)), burst: RecordCount(1_000_000_000))
        var word = UInt64(0)
        let decision = bucket.decide(
            &word, at: .zero, onLimit: .deny, operations: bucket.burst.count)
        #expect(decision == .admit)
    }

    @Test("a request of several never straddles two windows")
    func noStraddling() {
        let fixed = FixedWindow(limit: RecordCount(5), window: .seconds(10))
        var word = UInt64(0)
        func decide(_ operations: UInt64, at second: Int64) -> Decision {
            fixed.decide(&word, at: .seconds(second), onLimit: .deny, operations: operations)
        }
        #expect(decide(3, at: 0) == .admit)
        #expect(decide(3, at: 1) == .deny(retryAfter: .seconds(10)))
        #expect(decide(2, at: 1) == .admit)
        #expect(decide(3, at: 10) == .admit)
        #expect(decide(6, at: 10) == .deny(retryAfter: .max))
    }
}
