import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("A trace is replayed through a throttle")
struct BurdenReplayTests {
    /// Minutes from a Monday at 00:00.
    private func trace(_ counts: [UInt32?], start_s: Int64 = 345_600) -> DemandTrace {
        DemandTrace(
            source: "made", start_s: start_s, period: .seconds(60), counts: counts, notes: [])
    }

    /// The burden on a trace whose model asks for nothing, so that the replay is all.
    private func burden(
        _ policy: Policy, _ trace: DemandTrace, device: Double = .infinity, mean: Double = 0
    ) throws -> Double {
        let demand = DemandProfile(
            period: .seconds(60), means: [Double](repeating: mean, count: DemandProfile.hours),
            dispersion: 1)
        return try #require(
            Burden(
                of: policy, on: DemandLevels(of: demand), servedRate: 1_000, deviceRate: device,
                replaying: trace
            ).share)
    }

    /// Ten calls a second, a burst of 300.
    private func bucket(_ onLimit: OnLimit) -> Policy {
        Policy(
            .tokenBucket(TokenBucket(rate: Rate(10), burst: RecordCount(300))), onLimit: onLimit)
    }

    private func isClose(_ value: Double, _ other: Double) -> Bool { abs(value - other) < 1e-9 }

    @Test("of a burst of three periods a bucket denies what exceeds burst and refill")
    func denied() throws {
        // 600 a minute are refilled. 900 each ask for 300 more: the first empties the bucket.
        let burst = trace([300, 900, 900, 900, 300])
        #expect(isClose(try burden(bucket(.deny), burst), 600 / 3_300.0))
    }

    @Test("where callers wait, all wait who come to an empty bucket or while others wait")
    func waiting() throws {
        // The bucket is empty after the first 900; the next 1,800 wait. Their backlog is 600, and
        // shrinks by 300 in a minute of 300 calls: two such minutes wait, the third does not.
        let burst = trace([300, 900, 900, 900, 300, 300, 300])
        let waits = try burden(bucket(.wait(atMost: .seconds(3_600))), burst)
        #expect(isClose(waits, (1_800 + 600) / 3_900.0), "\(waits)")
        // Nobody waits for over 30 s: 300 are the longest backlog, and one minute works it off.
        let short = try burden(bucket(.wait(atMost: .seconds(30))), burst)
        #expect(isClose(short, (1_800 + 300) / 3_900.0), "\(short)")
    }

    @Test("in a gap nobody asks: what is missing in a bucket is refilled, and nobody waits longer")
    func gap() throws {
        let wait = OnLimit.wait(atMost: .seconds(3_600))
        // Of 1,200 the bucket's 300 and half of a minute pass: the level falls by 10/s.
        let before = trace([1_200, 300, 1_200])
        let after = trace([1_200, nil, 1_200])
        // 600 wait, then all 300, whose minute just ends the backlog; then all 1,200.
        #expect(isClose(try burden(bucket(wait), before), (600 + 300 + 1_200) / 2_700.0))
        // The gap ends it by half and fills the bucket by 300.
        #expect(isClose(try burden(bucket(wait), after), (600 + 600) / 2_400.0))
        #expect(isClose(try burden(bucket(.deny), after), (300 + 300) / 2_400.0))
    }

    @Test("a device is a bucket of its own rate with a second's worth, for which all wait")
    func device() throws {
        // 10/s and 10 tokens: 660 a minute empty it after 10 s, and the other 550 wait. At its end
        // 50 stand in the queue, which a minute of 540 works off in 50 s.
        let burst = trace([600, 660, 540, 540])
        let share = try burden(.none, burst, device: 10)
        #expect(isClose(share, (550 + 450) / 2_340.0), "\(share)")
        // Behind a throttle of less nobody waits for it.
        let narrow = Policy(
            .tokenBucket(TokenBucket(rate: Rate(5), burst: RecordCount(1_000_000))))
        #expect(try burden(narrow, burst, device: 10) == 0)
    }

    @Test("a window of a period denies what exceeds it, and lets it wait for places in the next")
    func windows() throws {
        let window = FixedWindow(limit: RecordCount(1_000), window: .seconds(60))
        let burst = trace([500, 1_500, 1_500, 800, 500])
        func share(_ onLimit: OnLimit) throws -> Double {
            try burden(Policy(.fixedWindow(window), onLimit: onLimit), burst)
        }
        #expect(isClose(try share(.deny), 1_000 / 4_800.0))
        // 500 wait and take half of the next window; 1,000 of it, and then all of the fourth, 800
        // of whom wait; they leave 200 places of the fifth, and 300 wait.
        let wait = try share(.wait(atMost: .seconds(600)))
        #expect(isClose(wait, (500 + 1_000 + 800 + 300) / 4_800.0), "\(wait)")
    }

    @Test("windows shorter and longer than a period are those of the clock")
    func edges() throws {
        func share(
            _ limit: UInt64, _ seconds: Int64, _ counts: [UInt32?], start_s: Int64 = 345_600,
            _ onLimit: OnLimit = .deny
        ) throws -> Double {
            let window = FixedWindow(limit: RecordCount(limit), window: .seconds(seconds))
            return try burden(
                Policy(.fixedWindow(window), onLimit: onLimit), trace(counts, start_s: start_s))
        }
        // Ten-second windows of 100: 50 of each 150 are too many.
        #expect(isClose(try share(100, 10, [600, 900, 600]), 300 / 2_100.0))
        // They wait instead: 50, then 100, then all of a window's 150, in the next minute of no
        // calls nobody.
        let wait = OnLimit.wait(atMost: .seconds(600))
        #expect(isClose(try share(100, 10, [900, nil, 60], wait), (50 + 100 + 4 * 150) / 960.0))
        // A queue of 300 drains by 90 a window of ten calls: those of the first three wait as long
        // as no place is left, and of the fourth nobody.
        let drained = try share(100, 10, [900, 60], wait)
        let waiting: Double = 50 + 100 + 4 * 150 + 3 * 10
        #expect(isClose(drained, waiting / 960), "\(drained)")
        // Two minutes from 00:00 and from 00:01 on: a window has two periods, or begins with one.
        #expect(isClose(try share(1_000, 120, [500, 900, 500, 500]), 400 / 2_400.0))
        let odd: Int64 = 345_660
        #expect(
            isClose(try share(1_000, 120, [500, 900, 500, 500], start_s: odd), 400 / 2_400.0))
        #expect(try share(1_000, 120, [900, 500, 500, 900], start_s: odd) == 0)
    }

    @Test("a window that slides sees what a fixed one's edge parts, and forgets after its length")
    func sliding() throws {
        let window = Policy(
            .slidingWindow(SlidingWindow(limit: RecordCount(1_000), window: .seconds(120))),
            onLimit: .deny)
        // Of each minute that is let through which the last left over.
        let burst = trace([100, 900, 900, 200, 100])
        #expect(isClose(try burden(window, burst), 800 / 2_200.0))
        let shorter = Policy(
            .slidingWindow(SlidingWindow(limit: RecordCount(100), window: .seconds(10))),
            onLimit: .deny)
        #expect(isClose(try burden(shorter, trace([600, 900])), 300 / 1_500.0))
    }

    @Test("a budget of a day begins anew at midnight of the trace's clock")
    func budget() throws {
        let budget = Policy(
            .budget(Budget(quota: RecordCount(1_000), period: .day)), onLimit: .deny)
        // 23:58 to 00:02.
        let night = trace([900, 900, 900, 900], start_s: 345_600 + 86_280)
        #expect(isClose(try burden(budget, night), 1_600 / 3_600.0))
    }

    @Test("members add up, and what cannot be replayed has the share of the model")
    func members() throws {
        let burst = trace([300, 900, 900, 900, 300])
        // One server at a load of 0.6 lets 0.6 wait, by the model; the replay adds its own.
        let slot = Policy(.concurrency(RecordCount(1)))
        #expect(isClose(try burden(slot, burst, mean: 36_000), 0.6))
        let window = FixedWindow(limit: RecordCount(900), window: .seconds(60))
        let both = Policy(
            .all([
                .tokenBucket(TokenBucket(rate: Rate(10), burst: RecordCount(300))),
                .fixedWindow(window),
            ]), onLimit: .deny)
        #expect(isClose(try burden(both, burst), 600 / 3_300.0))
    }

    @Test("the larger of model and replay counts, and each client's own bucket has none")
    func larger() throws {
        let burst = trace([300, 900, 900, 900, 300])
        #expect(try burden(bucket(.deny), burst, mean: 1_200) >= 0.5)
        var own = bucket(.deny)
        own.scope = .perClient
        let demand = DemandProfile(
            period: .seconds(60), means: [Double](repeating: 1, count: DemandProfile.hours),
            dispersion: 1)
        let share = Burden(
            of: own, on: DemandLevels(of: demand), servedRate: 1_000, replaying: burst
        ).share
        #expect(share == nil)
    }
}
