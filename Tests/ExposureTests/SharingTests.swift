import Exposure
import Latency
import Results
import Testing
import Throttling
import Units

@Suite("Sharing with the innocent")
struct SharingTests {
    private let million = RecordCount(1_000_000)

    private func sharing(
        attempts: Double = 20_000, scope: Scope = .global,
        onLimit: OnLimit = .wait(atMost: .seconds(30)), demand: Double = 200, clients: Int = 4
    ) -> Sharing {
        Sharing(
            limit: 500, demand: demand, attempts: attempts, scope: scope, onLimit: onLimit,
            clients: clients)
    }

    @Test("who waits gets what is left, and who asks oftenest gets what is refused to others")
    func worked() throws {
        let waiting = sharing()
        #expect(waiting.thiefRate == 300 && waiting.deniedShare == 0)
        let denying = sharing(onLimit: .deny)
        #expect(isClose(try #require(denying.thiefRate), 500 * 20_000 / 20_200))
        #expect(isClose(try #require(denying.deniedShare), 1 - 500.0 / 20_200))
    }

    @Test("with a state for each client neither sees the other")
    func perClient() {
        for onLimit in [OnLimit.deny, .wait(atMost: .seconds(30))] {
            let own = sharing(scope: .perClient, onLimit: onLimit)
            #expect(own.thiefRate == 500 && own.deniedShare == 0)
        }
        // Four clients may have 2,000 a second, but not 3,000.
        let busy = sharing(scope: .perClient, onLimit: .deny, demand: 3_000)
        #expect(busy.deniedShare == 1 - 2_000.0 / 3_000)
    }

    @Test("who is always there first gets all of it")
    func first() {
        let denying = sharing(attempts: .infinity, onLimit: .deny)
        #expect(denying.thiefRate == 500 && denying.deniedShare == 1)
    }

    @Test("a limit that nobody reaches denies nothing")
    func slack() {
        let denying = sharing(attempts: 250, onLimit: .deny)
        #expect(denying.thiefRate == 250 && denying.deniedShare == 0)
    }

    @Test("what becomes of a demand over the limit where all wait is not told")
    func overload() {
        let waiting = sharing(demand: 700)
        #expect(waiting.thiefRate == nil && waiting.deniedShare == nil)
    }

    /// A mixed cell of 200 calls a second beside one attacker, a second each.
    private func mixed(_ throttle: Policy, attempts: UInt64) -> [CellResult] {
        let load = MixedLoad(legitimate: OpenRate(Rate(200), .poisson))
        return Runs.cell(throttle: throttle).classes(of: load).map { cell in
            var result = CellResult(cell)
            let isThief = cell.callerClass == .attacker
            result.add(
                Round(
                    number: 1, order: 1, verdict: Verdict(), seconds: 1,
                    operations: isThief ? 500 : 5, denied: isThief ? attempts - 500 : 195,
                    errors: [:], latency: [:], admitted: isThief ? 500 : 5,
                    cpuNanosecondsPerOperation: nil), pooled: PooledHistograms())
            return result
        }
    }

    private func underDemand(_ throttle: Policy, onDenied: String) throws -> Double? {
        let cells =
            [Runs.result(Runs.cell(), perSecond: [20_000])] + mixed(throttle, attempts: 20_000)
        let projection = try Runs.projection(throttle, of: cells, onDenied: onDenied)
        return projection.timeUnderDemand(for: million)?.value
    }

    @Test("under a demand the theft takes as long as the thief's share lets it")
    func underDemand() throws {
        var bucket = Policy.bucket(Rate(500), burst: 100)
        let waiting = try #require(try underDemand(bucket, onDenied: "spin"))
        #expect(isClose(waiting, 999_900 / 300, within: 1e-9))
        bucket.onLimit = .deny
        let spinning = try #require(try underDemand(bucket, onDenied: "spin"))
        #expect(isClose(spinning, (1e6 * 20_200 / 20_000 - 100) / 500))
        // One who comes back at the named instant loses nothing to others.
        let punctual = try #require(try underDemand(bucket, onDenied: "backoff"))
        #expect(isClose(punctual, 1_999.8))
        bucket.scope = .perClient
        let own = try #require(try underDemand(bucket, onDenied: "spin"))
        #expect(isClose(own, 1_999.8))
    }

    @Test("where some who wait may be denied the thief is taken to get all")
    func impatient() throws {
        var bucket = Policy.bucket(Rate(500), burst: 100)
        let load = MixedLoad(legitimate: OpenRate(Rate(200), .poisson))
        func sharing(_ throttle: Policy) throws -> Sharing? {
            let pair = try #require(Runs.run(mixed(throttle, attempts: 900)).mixedPairs.first)
            return Sharing(of: pair, attempts: 900)
        }
        // The users' callers and one attacker, at 500 a second, 2 ms each.
        let longest = Nanoseconds.milliseconds(2 * Int64(load.callers + 1))
        bucket.onLimit = .wait(atMost: longest)
        #expect(try sharing(bucket) == nil)
        bucket.onLimit = .wait(atMost: Nanoseconds(longest.count + 1_000))
        #expect(try sharing(bucket) != nil)
        // A thief of a projection calls more often at once.
        let hurried = try #require(try underDemand(bucket, onDenied: "spin"))
        #expect(isClose(hurried, 1_999.8))
        // The last of a queue may have to wait for the rest of a window besides.
        let window = FixedWindow(limit: RecordCount(250), window: .milliseconds(500))
        for (patience, isTold) in [(Int64(500), false), (1_500, true)] {
            let policy = Policy(
                .fixedWindow(window), onLimit: .wait(atMost: .milliseconds(patience)))
            #expect(try (sharing(policy) != nil) == isTold)
        }
    }

    @Test("a demand that takes all of the limit leaves no time under demand where all wait")
    func drowned() throws {
        let bucket = Policy.bucket(Rate(200), burst: 100)
        #expect(try underDemand(bucket, onDenied: "spin") == nil)
    }

    @Test("what only the anchor bounds has no time under demand, and neither has an unknown demand")
    func unknown() throws {
        for policy in [
            Policy.none, .delayed(.milliseconds(5)), Policy(.concurrency(RecordCount(2))),
        ] {
            #expect(try underDemand(policy, onDenied: "spin") == nil, "\(policy.keyForm)")
        }
        let alone = try Runs.projection(.bucket(Rate(500), burst: 100), perSecond: [20_000])
        #expect(alone.timeUnderDemand(for: million) == nil)
    }

    @Test("the thief is never faster beside others than alone, under any throttle")
    func slower() throws {
        var compared = 0
        for seed: UInt64 in 1...200 {
            var generator = SeededGenerator(seed: seed)
            var throttle = Policy.random(using: &generator)
            if Bool.random(using: &generator) { throttle.onLimit = .deny }
            let cells =
                [Runs.result(Runs.cell(), perSecond: [20_000])]
                + mixed(throttle, attempts: 20_000)
            let projection = try Runs.projection(throttle, of: cells, onDenied: "spin")
            let size = RecordCount(UInt64.random(in: 1...10_000_000, using: &generator))
            guard let time = projection.timeUnderDemand(for: size) else { continue }
            let alone = projection.theft(of: size).seconds
            #expect(time.value >= alone.value * (1 - 1e-12), "seed \(seed): \(throttle.keyForm)")
            compared += 1
        }
        #expect(compared > 40, "only \(compared) throttles leave a thief a time under demand")
    }

    @Test("a mixed cell is held against what its throttle admitted in the measured time")
    func measured() throws {
        let bucket = Policy(
            .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))), onLimit: .deny)
        let run = Runs.run(mixed(bucket, attempts: 20_000), throttles: [bucket], onDenied: "spin")
        let pair = try #require(run.mixedPairs.first)
        #expect(pair.demand == 200 && pair.attacker.deniedShare == 0.975)
        let attempts = run.attempts(of: pair.attacker)
        #expect(attempts == 20_000)
        let sharing = try #require(Sharing(of: pair, attempts: attempts))
        // A second of 500 and the burst.
        #expect(isClose(sharing.limit, 600))
        #expect(isClose(try #require(sharing.thiefRate), 600 * 20_000 / 20_200))
    }

    @Test("a window longer than half of the measured time, and a breaker, are not predicted")
    func unpredicted() throws {
        let limits: [Limit] = [
            .fixedWindow(FixedWindow(limit: RecordCount(100), window: .milliseconds(501))),
            .slidingWindow(SlidingWindow(limit: RecordCount(100), window: .seconds(60))),
            .breaker(
                Breaker(
                    threshold: RecordCount(10), window: .milliseconds(10),
                    lockout: .milliseconds(10))),
            .delay(.milliseconds(5)),
        ]
        for limit in limits {
            let run = Runs.run(mixed(Policy(limit), attempts: 900))
            let pair = try #require(run.mixedPairs.first)
            #expect(Sharing(of: pair, attempts: 900) == nil, "\(Policy(limit).keyForm)")
        }
        let short = FixedWindow(limit: RecordCount(100), window: .milliseconds(500))
        let run = Runs.run(mixed(Policy(.fixedWindow(short)), attempts: 900))
        let pair = try #require(run.mixedPairs.first)
        let sharing = try #require(Sharing(of: pair, attempts: 900))
        #expect(isClose(sharing.limit, 200))
    }
}
