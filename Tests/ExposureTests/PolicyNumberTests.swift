import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Worked numbers of every throttle")
struct PolicyNumberTests {
    private let million = RecordCount(1_000_000)

    /// T(10⁶) from a device of 20,000 calls a second.
    private func seconds(_ limit: Limit, identities: Int = 1, scope: Scope = .global) throws
        -> Double
    {
        let projection = try Runs.projection(
            Policy(limit, scope: scope), perSecond: [20_000], identities: identities)
        let theft = projection.theft(of: million)
        #expect(theft.boundedBy == .throttle)
        return theft.seconds.value
    }

    @Test("a sliding window of 1,000 a minute holds a million records for 999 minutes")
    func slidingWindow() throws {
        let limit = Limit.slidingWindow(
            SlidingWindow(limit: RecordCount(1_000), window: .seconds(60)))
        // The last thousand leave as fast as the device lets them.
        #expect(isClose(try seconds(limit), 59_940.05))
        #expect(isClose(try seconds(limit, identities: 10), 59_940.05))
        let own = try seconds(limit, identities: 10, scope: .perClient)
        #expect(isClose(own, 99 * 60 + 0.5))
    }

    @Test("a budget of 10,000 a day holds a million records for 98 days and two budgets' worth")
    func budget() throws {
        let limit = Limit.budget(Budget(quota: RecordCount(10_000), period: .day))
        #expect(isClose(try seconds(limit), 98 * 86_400 + 1))
        let own = try seconds(limit, identities: 10, scope: .perClient)
        #expect(isClose(own, 8 * 86_400 + 10))
    }

    @Test("against a breaker at 1,000 a minute the best play is to stay one call below it")
    func breaker() throws {
        let limit = Limit.breaker(
            Breaker(threshold: RecordCount(1_000), window: .seconds(60), lockout: .seconds(600)))
        // 999 a minute for a thousand minutes, then the rest at the device's speed, the last of
        // them the one that trips it.
        #expect(isClose(try seconds(limit), 60_000 + 999 / 20_000))
    }

    @Test("where the lockout is short the best play is to trip a breaker again and again")
    func shortLockout() throws {
        let limit = Limit.breaker(
            Breaker(threshold: RecordCount(1_000), window: .seconds(60), lockout: .seconds(1)))
        // A thousand calls a second at most, for whoever waits out every lockout.
        let time = try seconds(limit)
        #expect(time <= 1_000 && time >= 990, "\(time)")
    }

    @Test("a tarpit that ends at a second a call holds a million records for a million seconds")
    func tarpit() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(100), first: .seconds(1), growth: 1, longest: .seconds(1),
                window: .seconds(3_600)))
        let time = try seconds(.tarpit(tarpit))
        // The free ones come back only to those who stop for an hour.
        #expect(time <= 999_900 + 1 && time >= 0.97 * 999_900, "\(time)")
    }

    @Test("calls in flight bound the device, and that is the throttle's doing")
    func concurrency() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 1), perSecond: [5_000]),
            Runs.result(Runs.cell(callers: 4), perSecond: [20_000]),
        ]
        let expected: [(UInt64, Int, Scope, Double, Bound)] = [
            (1, 1, .global, 200, .throttle), (4, 1, .global, 50, .hsm),
            (1, 4, .global, 200, .throttle), (1, 4, .perClient, 50, .hsm),
            (2, 1, .perClient, 100, .throttle), (16, 1, .global, 50, .hsm),
        ]
        for (slots, identities, scope, time, bound) in expected {
            let policy = Policy(.concurrency(RecordCount(slots)), scope: scope)
            let projection = try Runs.projection(policy, of: cells, identities: identities)
            let theft = projection.theft(of: million)
            #expect(isClose(theft.seconds.value, time), "\(slots) for \(identities)")
            #expect(theft.boundedBy == bound, "\(slots) for \(identities)")
            // The device's speed still makes the difference.
            #expect(!theft.isSetByThrottle)
        }
    }

    @Test("a delay bounds a thief by the calls that he can hold open")
    func delay() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 1), perSecond: [5_000]),
            Runs.result(Runs.cell(callers: 4), perSecond: [20_000]),
        ]
        // Sixteen calls, each 99.8 ms in its delay and 0.2 ms in service.
        let policy = Policy(.delay(.microseconds(99_800)))
        let theft = try Runs.projection(policy, of: cells).theft(of: million)
        #expect(isClose(theft.seconds.value, 6_250))
        #expect(theft.boundedBy == .throttle)
        let loss = try Runs.projection(policy, of: cells).loss(within: .seconds(900), of: million)
        #expect(isClose(loss.records, 144_000))
        let eager = try Runs.projection(policy, of: cells, callers: 64).theft(of: million)
        #expect(isClose(eager.seconds.value, 1_562.5))
    }

    @Test("of several throttles at once the strictest counts, each on its own side")
    func several() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 1), perSecond: [5_000]),
            Runs.result(Runs.cell(callers: 4), perSecond: [20_000]),
        ]
        let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100)))
        let lone = Limit.concurrency(RecordCount(1))
        let projection = try Runs.projection(Policy(.all([lone, bucket])), of: cells)
        #expect(isClose(projection.theft(of: million).seconds.value, 1_999.8))
        // The burst leaves at the speed of one call at a time.
        let burst = projection.theft(of: RecordCount(100))
        #expect(isClose(burst.seconds.value, 0.02) && burst.boundedBy == .throttle)
        let wide = Limit.fixedWindow(FixedWindow(limit: RecordCount(600_000), window: .seconds(60)))
        let loose = try Runs.projection(Policy(.all([lone, wide])), of: cells)
        #expect(isClose(loose.theft(of: million).seconds.value, 200))
    }

    @Test("where bytes are charged a record takes as many units as its ciphertext begins")
    func charge() throws {
        let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(100))
        // 256 bytes under GCM hand over 272: two units of 256, one of 512.
        for (bytes, units) in [(256, 2.0), (272, 1), (512, 1), (16, 17)] {
            let policy = Policy(.tokenBucket(bucket), charge: .bytes(ByteCount(bytes)))
            let theft = try Runs.projection(policy, perSecond: [20_000]).theft(of: million)
            #expect(isClose(theft.seconds.value, (1e6 * units - 100) / 500), "\(bytes) bytes")
        }
        let strict = Policy(.tokenBucket(bucket), charge: .bytes(ByteCount(1)))
        let never = try Runs.projection(strict, perSecond: [20_000]).theft(of: million)
        #expect(never.seconds.isNever && never.boundedBy == .never)
    }

    @Test("joining records gains nothing where bytes are charged, and everything where calls are")
    func joined() throws {
        let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(10_000))
        func theft(_ charge: Charge, _ records: UInt64) throws -> Double {
            let projection = try Runs.projection(
                Policy(.tokenBucket(bucket), charge: charge), perSecond: [20_000],
                recordsPerOperation: records, mechanism: "aes-cbc-pad")
            return projection.theft(of: million).seconds.value
        }
        // A padded record hands over 272 bytes.
        let fitting = Charge.bytes(ByteCount(272))
        let single = (1e6 - 10_000) / 500
        for records: UInt64 in [1, 2, 64, 5_000, 1_000_000, .max] {
            #expect(isClose(try theft(fitting, records), single), "\(records)")
        }
        let calls = 1_000.0
        #expect(isClose(try theft(.operation, 1_000), calls / 20_000))
        #expect(isClose(try theft(.operation, 50), (20_000 - 10_000) / 500))
        // Units of 256 bytes: one record takes two, sixteen take seventeen.
        let rounded = Charge.bytes(ByteCount(256))
        #expect(isClose(try theft(rounded, 1), (2e6 - 10_000) / 500))
        #expect(isClose(try theft(rounded, 16), (62_500 * 17 - 10_000) / 500))
        #expect(try theft(rounded, 5_000) >= (1e6 * 17 / 16 - 10_000) / 500 * (1 - 1e-12))
    }

    @Test("a call that the throttle never admits is made smaller")
    func tooLarge() throws {
        let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(10))
        let policy = Policy(.tokenBucket(bucket), charge: .bytes(ByteCount(272)))
        let projection = try Runs.projection(
            policy, perSecond: [20_000], recordsPerOperation: 4_096, mechanism: "aes-cbc-pad")
        let theft = projection.theft(of: million)
        #expect(isClose(theft.seconds.value, (1e6 - 10) / 500))
    }
}
