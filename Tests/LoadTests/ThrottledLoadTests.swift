import Latency
import Synchronization
import Testing
import Throttling
import Units

@testable import Load

@Suite("A throttled load admits what the envelope allows")
struct ThrottledLoadTests {
    private let ledger = Ledger()
    private let clock = VirtualClock()
    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(100), burst: RecordCount(5)))
    private static let window = Limit.fixedWindow(
        FixedWindow(limit: RecordCount(10), window: .milliseconds(100)))

    /// One caller whose calls take a millisecond of virtual time.
    private func run(
        _ policy: Policy, duration: Nanoseconds, onDenied: OnDenied = .backoff
    ) throws -> CallerRecord {
        let throttle = try TestThrottle(policy)
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: duration, throttle: throttle.throttle,
            onDenied: onDenied)
        let records = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        return try #require(records?.callers.first)
    }

    @Test("a caller who waits gets burst + rate · t, and its waits are kept apart from its service")
    func waits() throws {
        let record = try run(Policy(Self.bucket), duration: .seconds(1))
        // Five at once, then one each 10 ms; the one at 1 s would start too late.
        #expect(record.operations == 5 + 99 && record.admitted == 104 && record.denied == 0)
        let wait = try #require(record.throttleWait)
        #expect(wait.count == 104)
        // Once the burst is gone every call waits out what its service leaves of 10 ms.
        let median = try #require(wait.value(at: .p50))
        #expect(abs(median.count - 9_000_000) <= 9_000)
        #expect(abs((record.service.longest?.count ?? 0) - 1_000_000) <= 1_000)
        #expect(record.denial?.count == 0)
        #expect(record.elapsed == .seconds(1))
    }

    @Test("a turn that comes after the end is not waited for, and is no call")
    func turnAfterTheEnd() throws {
        let slow = Limit.tokenBucket(TokenBucket(rate: Rate(1), burst: RecordCount(1)))
        let record = try run(Policy(slow), duration: .milliseconds(500))
        #expect(record.admitted == 1 && record.denied == 0)
        #expect(record.elapsed == .milliseconds(500))
    }

    @Test("a denied caller who backs off asks once a window, and every denial is timed apart")
    func backsOff() throws {
        let record = try run(Policy(Self.window, onLimit: .deny), duration: .seconds(1))
        #expect(record.operations == 100 && record.admitted == 100)
        #expect(record.denied == 10 && record.denial?.count == 10)
        #expect(record.service.count == 100 && record.throttleWait?.count == 100)
        #expect(record.elapsed == .seconds(1))
    }

    @Test("on the machine's clock callers never get more than the envelope, whatever they do")
    func neverMore() throws {
        let policies = [
            Policy(Self.bucket), Policy(Self.bucket, onLimit: .deny),
            Policy(Self.window), Policy(Self.window, onLimit: .deny),
            Policy(Self.bucket, onLimit: .wait(atMost: .milliseconds(20))),
        ]
        var all: UInt64 = 0
        for policy in policies {
            for onDenied in OnDenied.allCases {
                let throttle = try TestThrottle(policy)
                let load = Workload(
                    callers: 4, warmUp: .lasting(.zero), duration: .milliseconds(60),
                    throttle: throttle.throttle, onDenied: onDenied)
                let ledger = Ledger()
                let clock = MonotonicClock()
                let measured = try load.run(clock: clock) { _ in
                    FakeOperation(ledger)
                } awaitRelease: {
                    clock.soon()
                }
                let records = try #require(measured).callers
                let admitted = records.reduce(0) { $0 + $1.admitted }
                let longest = records.map(\.elapsed).max() ?? .zero
                let most = policy.envelopeFromEpoch().admissions(within: longest.seconds)
                let message: Comment = "\(policy.keyForm), \(onDenied): \(admitted) of \(most)"
                #expect(Double(admitted) <= most, message)
                all += admitted
                #expect(admitted == UInt64(ledger.performed.load(ordering: .relaxed)), message)
            }
        }
        #expect(all > 0)
    }

    @Test("a thief who hammers is denied more often than one who backs off, and gains nothing")
    func spinning() throws {
        let policy = Policy(
            .fixedWindow(FixedWindow(limit: RecordCount(3), window: .seconds(3_600))),
            onLimit: .deny)
        func run(_ onDenied: OnDenied) throws -> CallerRecord {
            // A reading of the clock takes its time, or who spins would stand still.
            let clock = VirtualClock(readingTakes: .microseconds(1))
            let throttle = try TestThrottle(policy)
            let load = Workload(
                callers: 1, warmUp: .lasting(.zero), duration: .milliseconds(3),
                throttle: throttle.throttle, onDenied: onDenied)
            let records = try load.run(clock: clock) { [ledger] _ in
                FakeOperation(ledger)
            } awaitRelease: {
                VirtualClock.release
            }
            return try #require(records?.callers.first)
        }
        let (polite, hammering) = (try run(.backoff), try run(.spin))
        #expect(polite.admitted == 3 && hammering.admitted == 3)
        // A window of an hour: who backs off asks once and sleeps to the end.
        #expect(polite.denied == 1 && polite.denial?.count == 1)
        #expect(hammering.denied > 1_000 && hammering.denial?.count == hammering.denied)
        #expect(hammering.service.count == 3 && hammering.throttleWait?.count == 3)
    }

    @Test("the warm-up passes the throttle by")
    func warmUp() throws {
        let limit = Limit.fixedWindow(
            FixedWindow(limit: RecordCount(3), window: .seconds(3_600)))
        let throttle = try TestThrottle(Policy(limit, onLimit: .deny))
        let load = Workload(
            callers: 1, warmUp: .lasting(.milliseconds(20)), duration: .milliseconds(20),
            throttle: throttle.throttle)
        let records = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        #expect(records?.callers.first?.admitted == 3)
        #expect(ledger.performed.load(ordering: .relaxed) == 23)
    }

    @Test("sixteen callers keep three histograms each, however many calls they make")
    func memory() throws {
        let bucket = TokenBucket(rate: Rate(10_000_000), burst: RecordCount(1_000_000))
        let throttle = try TestThrottle(Policy(.tokenBucket(bucket)))
        let load = Workload(
            callers: 16, warmUp: .lasting(.zero), duration: .milliseconds(50),
            throttle: throttle.throttle)
        let machine = MonotonicClock()
        let measured = try load.run(clock: machine) { [ledger] _ in
            FakeOperation(ledger)
        } awaitRelease: {
            machine.soon()
        }
        let records = try #require(measured).callers
        let calls = records.reduce(0) { $0 + $1.operations }
        #expect(calls == UInt64(ledger.performed.load(ordering: .relaxed)))
        // What a record holds beside its histograms is a few words.
        #expect(MemoryLayout<CallerRecord>.size <= 1_024)
        #expect(records.allSatisfy { $0.errors.isEmpty })
        #expect(records.count == 16)
    }
}
