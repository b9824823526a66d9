import Testing
import Throttling
import Units

@testable import Load

@Suite("What protects a device is never exceeded")
struct LimitTests {
    private let ledger = Ledger()

    @Test("callers make no more calls than there are, the warm-up included", arguments: 1...9)
    func budget(_ most: UInt64) throws {
        let clock = VirtualClock()
        let budget = try Budget(most)
        let load = Workload(
            callers: 1, warmUp: .lasting(.milliseconds(3)), duration: .milliseconds(100),
            limits: budget.limits)
        let record = try run(load, clock)
        let warmUp = min(3, most)
        #expect(record.warmUpCalls == warmUp && record.operations == most - warmUp)
        #expect(ledger.performed.load(ordering: .relaxed) == Int(most))
        #expect(record.isSpent || most == warmUp)
        #expect(record.elapsed == .milliseconds(Int64(most - warmUp)))
    }

    @Test("a warm-up that ends by itself takes no more than its part of the calls")
    func automaticWarmUp() throws {
        let budget = try Budget(50, warmUp: 20)
        let load = Workload(
            callers: 1, warmUp: .automatic, duration: .milliseconds(100), limits: budget.limits)
        let record = try run(load, VirtualClock())
        #expect(record.warmUpCalls == 20 && record.operations == 30 && record.isSpent)
        #expect(record.isSettled == nil, "20 calls are too few to judge")
    }

    @Test("a bound that is not reached changes nothing")
    func unreached() throws {
        let budget = try Budget(101)
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .milliseconds(100),
            limits: budget.limits)
        let record = try run(load, VirtualClock())
        #expect(record.operations == 100 && !record.isSpent)
    }

    @Test("an open load ends with its last allowed call, and its throughput is over that time")
    func openLoad() throws {
        let budget = try Budget(5)
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .seconds(1),
            arrivals: Schedule(rate: Rate(100), arrivals: .constant), limits: budget.limits)
        let record = try run(load, VirtualClock())
        #expect(record.operations == 5 && record.isSpent)
        #expect(record.open?.scheduled == 5 && record.open?.backlog == 0)
        // The sixth fell due at 50 ms, and was not to be made.
        #expect(record.elapsed == .milliseconds(50))
    }

    @Test("denied calls do not count against the calls that a caller may make")
    func denied() throws {
        let window = Limit.fixedWindow(
            FixedWindow(limit: RecordCount(2), window: .milliseconds(10)))
        let throttle = try TestThrottle(Policy(window, onLimit: .deny))
        let budget = try Budget(7)
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .seconds(1),
            throttle: throttle.throttle, limits: budget.limits)
        let record = try run(load, VirtualClock())
        #expect(record.admitted == 7 && record.denied == 3)
    }

    @Test("several callers together keep the pace, warm-up and all, closed and open")
    func pace() throws {
        for arrivals in [nil, Schedule(rate: Rate(5_000), arrivals: .constant)] {
            for warmUp in [WarmUpLength.lasting(.milliseconds(20)), .lasting(.zero)] {
                let clock = MonotonicClock()
                let ledger = Ledger()
                let pace = try Pace(1_000)
                let begin = clock.now()
                let load = Workload(
                    callers: 4, warmUp: warmUp, duration: .milliseconds(300), arrivals: arrivals,
                    limits: CallLimits(pace: pace.throttle.state))
                let measured = try load.run(clock: clock) { _ in
                    FakeOperation(ledger)
                } awaitRelease: {
                    clock.soon()
                }
                let performed = ledger.performed.load(ordering: .relaxed)
                let time = (clock.now() - begin).seconds.value
                #expect(Double(performed) <= 1 + 1_000 * time, "\(performed) calls in \(time) s")
                let records = try #require(measured).callers
                #expect(records.reduce(0) { $0 + $1.operations } > 0)
                guard arrivals != nil else { continue }
                #expect(records.reduce(0) { $0 + ($1.open?.scheduled ?? 0) } == 1_500)
            }
        }
    }

    @Test("a warm-up takes no turn that it does not use: the measured calls keep the whole pace")
    func paceAfterWarmUp() throws {
        // The turns of the warm-up go on to 400 ms, and those that it did not use would to 800 ms.
        let clock = VirtualClock(release: .milliseconds(450))
        let pace = try Pace(20)
        let load = Workload(
            callers: 8, warmUp: .automatic, duration: .milliseconds(500),
            limits: CallLimits(pace: pace.throttle.state))
        let measured = try load.run(clock: clock) { [ledger] _ in
            FakeOperation(ledger)
        } awaitRelease: {
            .milliseconds(450)
        }
        let operations = try #require(measured).callers.reduce(0) { $0 + $1.operations }
        #expect(operations == 10, "\(operations) calls")
    }

    /// So many calls for all callers together.
    private struct Budget {
        private let throttle: TestThrottle
        private let calls: RecordCount
        private let warmUp: RecordCount?

        /// - Parameter warmUp: how many of them the warm-up may make; nil for all.
        init(_ calls: UInt64, warmUp: UInt64? = nil) throws {
            self.calls = RecordCount(calls)
            throttle = try TestThrottle(.calls(RecordCount(calls)))
            self.warmUp = warmUp.map { RecordCount($0) }
        }

        var limits: CallLimits {
            CallLimits(budget: CallAllowance(throttle.state, of: calls, warmUpPart: warmUp))
        }
    }

    /// A pace of so many calls a second, one at a time.
    private struct Pace {
        let throttle: TestThrottle

        init(_ perSecond: UInt64) throws {
            let bucket = TokenBucket(rate: Rate(perSecond), burst: RecordCount(1))
            throttle = try TestThrottle(Policy(.tokenBucket(bucket), onLimit: .wait(atMost: .max)))
        }
    }

    /// One caller whose calls take a millisecond of virtual time.
    private func run(_ load: Workload, _ clock: VirtualClock) throws -> CallerRecord {
        let measured = try load.run(clock: clock) { [ledger] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        return try #require(measured?.callers.first)
    }
}
