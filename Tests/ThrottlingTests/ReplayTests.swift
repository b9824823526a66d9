import Testing
import Units

@testable import Throttling

@Suite("Admissions stay under the envelope and reach it")
struct ReplayTests {
    @Test("a token bucket never admits more than burst + rate · t, wherever t begins")
    func tokenBucketNeverExceeds() {
        for seed in 0..<1_500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let bucket = generator.tokenBucket()
            let onLimit = generator.onLimit()
            let spacing = Nanoseconds(
                max(1, bucket.rate.period.count / Int64(bucket.rate.count)))
            let admitted = Admissions.random(
                bucket, onLimit, calls: 120, spacing: spacing, &generator)
            #expect(
                excess(of: admitted.instants, over: bucket) <= 0,
                "seed \(seed): \(bucket), \(onLimit)")
        }
    }

    @Test("a fixed window never admits more than its limit in a window, nor α from any start")
    func fixedWindowNeverExceeds() {
        for seed in 0..<1_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let fixed = generator.fixedWindow()
            let onLimit = generator.onLimit()
            let spacing = Nanoseconds(max(1, fixed.window.count / 16))
            let instants = Admissions.random(
                fixed, onLimit, calls: 60, spacing: spacing, &generator
            ).instants
            let message: Comment = "seed \(seed): \(fixed), \(onLimit)"
            var counts: [Int64: UInt64] = [:]
            for instant in instants { counts[window(of: instant, fixed), default: 0] += 1 }
            #expect(counts.values.allSatisfy { $0 <= fixed.limit.count }, message)
            for (first, start) in instants.enumerated() {
                for last in instants.indices[first...] {
                    let within = instants[last].count - start.count + 1
                    let windows = (within + fixed.window.count - 1) / fixed.window.count
                    let most = fixed.limit.count * UInt64(1 + windows)
                    guard last - first + 1 > most else { continue }
                    Issue.record("\(message): \(last - first + 1) calls within \(within) ns")
                }
            }
        }
    }

    @Test("a greedy caller gets α(t) from a token bucket to within one operation")
    func greedyReachesTokenBucket() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let bucket = generator.tokenBucket()
            let onLimit = Bool.random(using: &generator) ? OnLimit.deny : .wait(atMost: .max)
            let instants = Admissions.greedy(bucket, onLimit, calls: 150).instants
            let period = Int128(bucket.rate.period.count)
            // Just before each admission the caller is furthest behind.
            for (count, instant) in instants.enumerated() where instant > .zero {
                let behind =
                    Int128(bucket.burst.count) * period
                    + Int128(bucket.rate.count) * Int128(instant.count - 1)
                    - Int128(count) * period
                guard behind >= period else { continue }
                Issue.record("seed \(seed): \(bucket) at \(instant)")
                break
            }
            #expect(excess(of: instants, over: bucket) <= 0, "seed \(seed): \(bucket)")
        }
    }

    @Test("a greedy caller gets α(t) from a fixed window with a known phase, to the operation")
    func greedyReachesFixedWindow() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let fixed = generator.fixedWindow()
            let onLimit = Bool.random(using: &generator) ? OnLimit.deny : .wait(atMost: .max)
            let instants = Admissions.greedy(fixed, onLimit, calls: 100).instants
            for (index, instant) in instants.enumerated() {
                let number = Int64(index) / Int64(fixed.limit.count)
                let edge = number == 0 ? 0 : fixed.phase.count + (number - 1) * fixed.window.count
                guard instant.count != edge else { continue }
                Issue.record("seed \(seed): \(fixed), call \(index) at \(instant)")
                break
            }
            let policy = Policy(.fixedWindow(fixed), onLimit: onLimit)
            let last = instants[instants.count - 1]
            let most = policy.envelopeFromEpoch().admissions(
                within: (last + Nanoseconds(1)).seconds)
            #expect(Double(instants.count) <= most, "seed \(seed): \(fixed)")
        }
    }

    @Test("a greedy caller gets α(t) from a sliding window, to the operation")
    func greedyReachesSlidingWindow() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let sliding = generator.slidingWindow(near: generator.length())
            let onLimit = Bool.random(using: &generator) ? OnLimit.deny : .wait(atMost: .max)
            let units = UInt64.random(in: 1...sliding.limit.count, using: &generator)
            var callers = Replay.Callers()
            callers.sizes = [units]
            let replay = Replay(
                of: .slidingWindow(sliding), onLimit, calls: 200, by: callers, &generator)
            let each = Int64(sliding.limit.count / units)
            for (index, admission) in replay.admissions.enumerated() {
                let edge = Int64(index) / each * sliding.window.count
                guard admission.instant != edge else { continue }
                Issue.record("seed \(seed): \(sliding), call \(index) at \(admission.instant)")
                break
            }
            #expect(replay.admissions.count >= 100, "seed \(seed): a refusal was not honest")
        }
    }

    @Test(
        "the n-th call beyond the burst comes at the first nanosecond of its time, for decades",
        arguments: [
            Rate(1, per: .seconds(86_400)), Rate(7, per: .seconds(86_400)),
            Rate(50, per: .seconds(86_400)), Rate(100, per: .seconds(3_600)),
            Rate(30_000, per: .seconds(60)), Rate(3), Rate(500), Rate(999_983), Rate(10_000_000),
        ])
    func exactCounts(_ rate: Rate) {
        let calls = 20_000
        let instants = Admissions.greedy(
            TokenBucket(rate: rate, burst: RecordCount(2)), .deny, calls: calls
        ).instants
        for index in instants.indices.dropFirst(2) {
            let product = UInt128(index - 1) * UInt128(rate.period.count)
            let exact = (product + UInt128(rate.count) - 1) / UInt128(rate.count)
            guard instants[index].count != Int64(exact) else { continue }
            Issue.record("\(rate): call \(index) at \(instants[index].count), not \(exact) ns")
            return
        }
    }

    @Test(
        "a caller who comes for every token, for up to 270 years, gets each of them",
        arguments: [
            Rate(1, per: .seconds(86_400)), Rate(7, per: .seconds(3_600)),
            Rate(1, per: .seconds(60)),
        ])
    func longRun(_ rate: Rate) {
        let bucket = TokenBucket(rate: rate, burst: RecordCount(3))
        var word = UInt64(0)
        var admitted: UInt64 = 0
        let start: Int64 = 3_000_000_000
        let polls: Int64 = 100_000
        // Spaced so that the bucket never fills up between two polls.
        let spacing = rate.period.count / Int64(rate.count)
        for poll in 0...polls {
            let now = Nanoseconds(start + poll * spacing)
            while bucket.decide(&word, at: now, onLimit: .deny) == .admit { admitted += 1 }
        }
        let exact = 3 + UInt128(rate.count) * UInt128(polls * spacing) / UInt128(rate.period.count)
        #expect(exact - UInt128(admitted) <= 1, "\(rate): \(admitted) of \(exact)")
        #expect(UInt128(admitted) <= exact)
    }

    /// The most by which calls between two admissions exceed burst + rate · t, in 1/period
    /// operations; t ends a nanosecond after the last of them.
    private func excess(of instants: [Nanoseconds], over bucket: TokenBucket) -> Int128 {
        let period = Int128(bucket.rate.period.count)
        var (least, most) = (Int128.max, Int128.min)
        for (index, instant) in instants.enumerated() {
            let level = Int128(index) * period - Int128(bucket.rate.count) * Int128(instant.count)
            least = min(least, level)
            most = max(most, level - least + period)
        }
        let allowed = Int128(bucket.burst.count) * period + Int128(bucket.rate.count)
        return instants.isEmpty ? 0 : most - allowed
    }

    private func window(of instant: Nanoseconds, _ fixed: FixedWindow) -> Int64 {
        instant < fixed.phase ? 0 : 1 + (instant.count - fixed.phase.count) / fixed.window.count
    }
}
