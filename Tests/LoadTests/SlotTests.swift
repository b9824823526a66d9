import Glibc
import Synchronization
import Testing
import Throttling
import Units

@testable import Load

@Suite("Calls in flight are held to their slots, and a delay is waited before each")
struct SlotTests {
    /// How many calls there are at once, and the most there ever were.
    private final class Flight: Sendable {
        private let state = Mutex((now: 0, most: 0, all: 0))
        private let calls: Mutex<[Int]>

        init(callers: Int = 6) { calls = Mutex(Array(repeating: 0, count: callers)) }

        func take(_ caller: Int) {
            state.withLock {
                $0.now += 1
                $0.all += 1
                $0.most = max($0.most, $0.now)
            }
            calls.withLock { $0[caller] += 1 }
        }

        /// The calls of who made the fewest.
        var fewest: Int { calls.withLock { $0.min() ?? 0 } }

        func land() { state.withLock { $0.now -= 1 } }

        var most: Int { state.withLock { $0.most } }
        var all: Int { state.withLock { $0.all } }
    }

    /// An operation that takes half a millisecond and sees who else is in one; it fails where
    /// enough was seen, which ends a load that allows for no error.
    private struct FlyingOperation: Load.Operation, ~Copyable {
        let flight: Flight
        let caller: Int
        let isEnough: @Sendable (Flight) -> Bool
        let recordCount = 1

        mutating func perform(_ index: Int) -> UInt {
            flight.take(caller)
            usleep(500)
            let code: UInt = isEnough(flight) ? 5 : 0
            flight.land()
            return code
        }

        func verify(_ index: Int) -> Bool { true }
    }

    /// A load that lasts until enough was seen, or its time is over.
    private func run(
        _ throttle: TestThrottle, _ flight: Flight, callers: Int = 6, attackers: Int = 0,
        arrivals: Schedule? = nil, duration: Nanoseconds = .seconds(60),
        until isEnough: @escaping @Sendable (Flight) -> Bool = { _ in false }
    ) throws -> LoadRecord {
        let load = Workload(
            callers: callers, attackers: attackers, warmUp: .lasting(.zero), duration: duration,
            arrivals: arrivals, throttle: throttle.throttle, errorLimit: 1)
        let clock = LeapingClock()
        let record = try load.run(clock: clock) { caller in
            FlyingOperation(flight: flight, caller: caller, isEnough: isEnough)
        } awaitRelease: {
            clock.now() + .milliseconds(1)
        }
        return try #require(record)
    }

    /// Expects that nobody holds a slot or waits for one.
    private func expectFree(_ throttle: TestThrottle, slots: Int, client: Int = 0) {
        let entered = (0..<slots + 1).map { _ in
            throttle.state.enter(client: client, waitingAtMost: .zero)
        }
        #expect(entered == Array(repeating: true, count: slots) + [false])
    }

    @Test(
        "never more calls in flight than slots, and nobody keeps one at the end", arguments: 1...3)
    func closed(_ slots: Int) throws {
        let throttle = try TestThrottle(Policy(.concurrency(RecordCount(UInt64(slots)))))
        let flight = Flight()
        // However late some of them are on a busy machine, each has its turns at last.
        let record = try run(throttle, flight) { $0.most >= slots && $0.fewest >= 10 }
        #expect(flight.most == slots && flight.fewest >= 10)
        #expect(record.callers.reduce(0) { $0 + $1.admitted } == UInt64(flight.all))
        #expect(record.callers.allSatisfy { $0.denied == 0 && $0.operations > 0 })
        let longest = record.callers.compactMap { $0.throttleWait?.longest }.max() ?? .zero
        #expect(longest > .microseconds(400), "six callers wait for \(slots) slots")
        expectFree(throttle, slots: slots)
    }

    @Test("who is denied a slot asks again after a millisecond, and a denial costs no time")
    func denied() throws {
        let throttle = try TestThrottle(Policy(.concurrency(RecordCount(1)), onLimit: .deny))
        let flight = Flight()
        let record = try run(throttle, flight) { $0.fewest >= 1 && $0.all >= 20 }
        let denied = record.callers.reduce(0) { $0 + $1.denied }
        #expect(flight.most == 1 && denied > 0)
        for caller in record.callers {
            #expect(Int64(caller.denied) <= caller.elapsed.count / 1_000_000 + 1)
        }
        #expect(record.callers.reduce(0) { $0 + ($1.denial?.count ?? 0) } == denied)
        expectFree(throttle, slots: 1)
    }

    @Test("a slot is waited for no longer than the policy's patience")
    func patience() throws {
        let throttle = try TestThrottle(
            Policy(.concurrency(RecordCount(1)), onLimit: .wait(atMost: .milliseconds(2))))
        // The one slot is taken for good.
        #expect(throttle.state.enter(client: 0, waitingAtMost: .zero))
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .milliseconds(60),
            throttle: throttle.throttle)
        let (machine, ledger) = (MonotonicClock(), Ledger())
        let begin = machine.now()
        let record = try load.run(clock: VirtualClock()) { _ in
            FakeOperation(ledger)
        } awaitRelease: {
            VirtualClock.release
        }
        let caller = try #require(record?.callers.first)
        // Slots are waited for on the machine's clock, and only the pauses of a millisecond on the
        // virtual one; the last wait is cut short by the end.
        #expect(caller.admitted == 0 && caller.denied == 59, "\(caller.denied)")
        #expect(machine.now() - begin >= .milliseconds(59 * 2))
    }

    @Test("who waits for a slot at the end has gone from the queue, and is a backlog of the users")
    func ending() throws {
        let throttle = try TestThrottle(
            Policy(.concurrency(RecordCount(1)), scope: .perClient), clients: 2)
        #expect(throttle.state.enter(client: 0, waitingAtMost: .zero))
        let users = Schedule(rate: Rate(30), arrivals: .constant)
        let record = try run(
            throttle, Flight(), callers: 2, attackers: 2, arrivals: users, duration: .seconds(2))
        // Both callers come to wait for the slot of client 0.
        let open = record.callers.compactMap(\.open)
        #expect(open.reduce(0) { $0 + $1.scheduled } == 60)
        let backlog = open.reduce(0) { $0 + $1.backlog }
        #expect(record.callers.reduce(0) { $0 + $1.operations } + backlog == 60 && backlog > 50)
        #expect(record.attackers.contains { $0.operations > 0 })
        throttle.state.leave(client: 0)
        for client in 0..<3 { expectFree(throttle, slots: 1, client: client) }
    }

    @Test("slots and a rate together hold both, and a call that the rate denies keeps no slot")
    func both() throws {
        let window = FixedWindow(limit: RecordCount(7), window: .seconds(3_600))
        let limit = Limit.all([.concurrency(RecordCount(2)), .fixedWindow(window)])
        for onLimit in [OnLimit.deny, .wait(atMost: .seconds(7_200))] {
            let throttle = try TestThrottle(Policy(limit, onLimit: onLimit))
            let flight = Flight()
            let record = try run(throttle, flight)
            #expect(flight.all == 7 && flight.most <= 2)
            #expect(record.callers.reduce(0) { $0 + $1.admitted } == 7)
            expectFree(throttle, slots: 2)
        }
    }

    @Test("a delay is waited before every call, by whoever may wait and whoever may not")
    func delay() throws {
        for onLimit in [OnLimit.deny, .wait(atMost: .seconds(30))] {
            let throttle = try TestThrottle(Policy(.delay(.milliseconds(5)), onLimit: onLimit))
            let (clock, ledger) = (VirtualClock(), Ledger())
            let load = Workload(
                callers: 1, warmUp: .lasting(.zero), duration: .seconds(1),
                throttle: throttle.throttle)
            let record = try load.run(clock: clock) { _ in
                var operation = FakeOperation(ledger)
                (operation.clock, operation.time) = (clock, .milliseconds(1))
                return operation
            } awaitRelease: {
                VirtualClock.release
            }
            let caller = try #require(record?.callers.first)
            // Call n is admitted at 5 + 6 n ms; the 166th at 995 ms.
            #expect(caller.operations == 166 && caller.denied == 0)
            let wait = try #require(caller.throttleWait)
            #expect(wait.count == 166 && abs((wait.longest?.count ?? 0) - 5_000_000) <= 5_000)
        }
    }
}
