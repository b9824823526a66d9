import Testing
import Throttling
import Units

@Suite("Counts stay exact over a million million operations")
struct ExactCountTests {
    /// A rate, how many operations each request asks for, and how many requests.
    struct Run: Sendable, CustomTestStringConvertible {
        let rate: Rate
        let each: UInt64
        let requests: UInt64

        init(_ rate: Rate, _ each: UInt64, _ requests: UInt64) {
            (self.rate, self.each, self.requests) = (rate, each, requests)
        }

        var testDescription: String { "\(each * requests) at \(rate)" }
    }

    @Test(
        "the last of 10¹² operations comes from a bucket at the first nanosecond of its time",
        arguments: [
            Run(Rate(10_000_000), 10_000_000, 100_000), Run(Rate(7_000_003), 50_000_000, 20_000),
            Run(Rate(999_983), 100_000_000, 10_000), Run(Rate(3_333), 1_000_000_000, 1_000),
            Run(Rate(500), 500_000_000, 2_000),
            Run(Rate(30_000, per: .seconds(60)), 1 << 28, 3_726),
        ])
    func million(_ run: Run) {
        #expect(run.each * run.requests >= 1_000_000_000_000)
        expectExact(run)
    }

    @Test(
        "a slow rate is as exact for as long as the clock runs: 290 years",
        arguments: [
            Run(Rate(1, per: .seconds(86_400)), 1, 105_000),
            Run(Rate(7, per: .seconds(86_400)), 7, 105_000),
            Run(Rate(50, per: .seconds(86_400)), 1_000, 5_000),
            Run(Rate(100, per: .seconds(3_600)), 10_000, 25_000),
        ])
    func slow(_ run: Run) { expectExact(run) }

    /// Asks for half a bucketful at a time, each when the refusal of the one before says: the
    /// bucket is never full again, so that nothing is lost.
    private func expectExact(_ run: Run) {
        let bucket = TokenBucket(rate: run.rate, burst: RecordCount(2 * run.each))
        var word = UInt64(0)
        var now = Nanoseconds.zero
        for request in 0..<run.requests {
            let product =
                UInt128(run.each * max(1, request) - run.each) * UInt128(run.rate.period.count)
            let exact = (product + UInt128(run.rate.count) - 1) / UInt128(run.rate.count)
            if request > 1 {
                let refusal = bucket.decide(&word, at: now, onLimit: .deny, operations: run.each)
                guard refusal == .deny(retryAfter: Nanoseconds(Int64(exact))) else {
                    Issue.record("\(run.testDescription): request \(request) \(refusal), \(exact)")
                    return
                }
                now = Nanoseconds(Int64(exact))
            }
            let decision = bucket.decide(&word, at: now, onLimit: .deny, operations: run.each)
            guard decision == .admit else {
                Issue.record("\(run.testDescription): request \(request) \(decision) at \(now)")
                return
            }
        }
    }

    @Test("a fixed window counts 10¹² operations window by window")
    func fixedWindow() {
        let fixed = FixedWindow(limit: RecordCount(1_000_000_007), window: .seconds(86_400))
        var (word, total) = (UInt64(0), UInt64(0))
        for day in 0..<1_000 as Range<Int64> {
            let now = Nanoseconds.seconds(86_400 * day + 7)
            for part in [1_000_000_000, 6, 1] as [UInt64] {
                let decision = fixed.decide(&word, at: now, onLimit: .deny, operations: part)
                #expect(decision == .admit, "day \(day)")
                total += part
            }
            #expect(
                fixed.decide(&word, at: now, onLimit: .deny)
                    == .deny(retryAfter: .seconds(86_400 * (day + 1))), "day \(day)")
        }
        #expect(total == 1_000_000_007_000 && word == total)
    }

    @Test("a sliding window gives its limit in every window, a thousand times over")
    func slidingWindow() {
        let sliding = SlidingWindow(limit: RecordCount(1_000), window: .seconds(60))
        let ledger = Ledger(.slidingWindow(sliding))
        var words = [UInt64](repeating: 0, count: ledger.wordCount)
        var now = Nanoseconds.zero
        for call in 0..<1_000_000 {
            let decision = ledger.decide(&words, at: now, onLimit: .wait(atMost: .max))
            let expected = Nanoseconds.seconds(60 * Int64(call / 1_000))
            #expect(decision == (expected > now ? .wait(until: expected) : .admit), "call \(call)")
            now = expected
        }
    }

    @Test("a policy needs no more memory with age, and of its limit only what it has to keep")
    func memory() throws {
        func words(_ limit: Limit) -> Int { Ledger(limit).wordCount }
        let large = RecordCount(1_000_000)
        #expect(words(.tokenBucket(TokenBucket(rate: Rate(1), burst: large))) == 1)
        #expect(words(.fixedWindow(FixedWindow(limit: large, window: .seconds(1)))) == 1)
        #expect(words(.budget(Budget(quota: large, period: .week))) == 1)
        #expect(words(.concurrency(large)) == 0 && words(.delay(.seconds(1))) == 0)
        let sliding = words(.slidingWindow(SlidingWindow(limit: large, window: .seconds(1))))
        #expect(sliding == 1_000_003)
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(0), first: .milliseconds(1), growth: 2, longest: .seconds(1),
                window: .seconds(60)))
        #expect(words(.tarpit(tarpit)) == 3 + 10)
    }
}
