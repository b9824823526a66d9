import Testing
import Throttling
import Units

@testable import Load

@Suite("A promise is held against every call that was due")
struct LateRecordTests {
    private let ledger = Ledger()

    /// One caller with the virtual clock, whose n-th call takes what `service` says and gives the
    /// code that `code` says.
    private func run(
        _ schedule: Schedule, _ promise: Workload.Promise?, duration: Nanoseconds,
        throttle: Workload.Throttle? = nil, limits: CallLimits = CallLimits(),
        code: @escaping @Sendable (Int) -> UInt = { _ in 0 },
        isRight: @escaping @Sendable (Int) -> Bool = { _ in true },
        service: @escaping @Sendable (Int) -> Nanoseconds
    ) throws -> OpenRecord {
        let clock = VirtualClock()
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: duration, arrivals: schedule,
            promise: promise, throttle: throttle, limits: limits)
        let measured = try load.run(clock: clock) { [ledger] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.extra, operation.code) = (clock, service, code)
            operation.isRight = isRight
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        return try #require(measured?.callers.first?.open)
    }

    /// A hundred calls a second.
    private static let hundred = Schedule(rate: Rate(100), arrivals: .constant)
    /// Twenty milliseconds, counted in tenths of a second.
    private static let usual = Workload.Promise(
        limit: .milliseconds(20), slice: .milliseconds(100))

    @Test("a stall breaks the promise of every call that it delayed for too long, in its slice")
    func stall() throws {
        let open = try run(Self.hundred, Self.usual, duration: .seconds(1)) {
            $0 == 20 ? .milliseconds(500) : .milliseconds(1)
        }
        let late = try #require(open.late)
        // Call 20 is due at 200 ms and done at 700, call n after it done at 680 + n as long as
        // that is later than 10 n + 1: more than 20 ms after 10 n until call 73.
        #expect(late.due == Array(repeating: 10, count: 10))
        #expect(late.late == [0, 0, 10, 10, 10, 10, 10, 4, 0, 0])
    }

    @Test("a response as long as the promise keeps it, and one a nanosecond longer does not")
    func limit() throws {
        for (extra, count) in [(Int64(0), UInt64(0)), (1, 10)] {
            let open = try run(Self.hundred, Self.usual, duration: .milliseconds(500)) {
                $0 % 5 == 0 ? .milliseconds(20) + Nanoseconds(extra) : .zero
            }
            #expect(open.late?.due.reduce(0, +) == 50)
            #expect(open.late?.late.reduce(0, +) == count)
        }
    }

    @Test("random loads give what Lindley's recursion gives in each slice, seed by seed")
    func lindley() throws {
        let duration = Nanoseconds.milliseconds(300)
        for seed in 0..<100 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let services = (0..<2_000).map { _ in
                Nanoseconds(.random(in: 1...3_000_000, using: &generator))
            }
            let rate = Rate(.random(in: 200...1_500, using: &generator))
            let schedule = Schedule(rate: rate, arrivals: .poisson(seed: seed))
            let promise = Workload.Promise(
                limit: Nanoseconds(.random(in: 1_000_000...20_000_000, using: &generator)),
                slice: Nanoseconds(.random(in: 3_000_000...400_000_000, using: &generator)))
            let late = try #require(
                try run(schedule, promise, duration: duration) { services[$0] }.late)
            let expected = Expectation(schedule, services, promise, over: duration)
            let message: Comment = "seed \(seed), \(rate), \(promise)"
            #expect(late.due == expected.due && late.late == expected.late, message)
        }
    }

    @Test("failed, wrong and denied calls are late, however quickly they came back")
    func failures() throws {
        let failed = try run(
            Self.hundred, Self.usual, duration: .milliseconds(500), code: { $0 % 5 == 0 ? 5 : 0 }
        ) { _ in .milliseconds(1) }
        #expect(failed.late?.late == [2, 2, 2, 2, 2])
        let wrong = try run(
            Self.hundred, Self.usual, duration: .milliseconds(500), isRight: { $0 != 13 }
        ) { _ in .milliseconds(1) }
        #expect(wrong.late?.due == [10, 4, 0, 0, 0] && wrong.late?.late == [0, 1, 0, 0, 0])
        let window = Limit.fixedWindow(FixedWindow(limit: RecordCount(7), window: .seconds(3_600)))
        let throttle = try TestThrottle(Policy(window, onLimit: .deny))
        let denied = try run(
            Self.hundred, Self.usual, duration: .milliseconds(200), throttle: throttle.throttle
        ) { _ in .milliseconds(1) }
        #expect(denied.late?.due == [10, 10] && denied.late?.late == [3, 10])
    }

    @Test("calls that wait at the end, for a caller or before a throttle, are late")
    func unanswered() throws {
        let slow = try run(Self.hundred, Self.usual, duration: .milliseconds(300)) {
            $0 == 25 ? .milliseconds(100) : .milliseconds(1)
        }
        #expect(slow.backlog == 4 && slow.late?.late == [0, 0, 5])
        let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(50), burst: RecordCount(1)))
        let throttle = try TestThrottle(Policy(bucket, onLimit: .wait(atMost: .max)))
        let waiting = try run(
            Self.hundred, Workload.Promise(limit: .seconds(9), slice: .milliseconds(105)),
            duration: .milliseconds(105), throttle: throttle.throttle
        ) { _ in .milliseconds(1) }
        #expect(waiting.backlog == 5)
        #expect(waiting.late?.due == [11] && waiting.late?.late == [5])
    }

    @Test("a call for which the budget had nothing left is no call")
    func spent() throws {
        let state = try TestThrottle(.calls(RecordCount(6)))
        let limits = CallLimits(budget: CallAllowance(state.state, of: RecordCount(6)))
        let open = try run(
            Self.hundred, Self.usual, duration: .milliseconds(200), limits: limits
        ) { _ in .milliseconds(1) }
        #expect(open.scheduled == 6)
        #expect(open.late?.due == [6, 0] && open.late?.late == [0, 0])
    }

    @Test("where nothing is promised nothing is counted")
    func unasked() throws {
        let open = try run(Self.hundred, nil, duration: .milliseconds(100)) { _ in .seconds(1) }
        #expect(open.late == nil && open.scheduled == 10)
    }
}

/// A first come, first served queue with one server, by Lindley's recursion, its calls counted by
/// the slice in which they were due.
private struct Expectation {
    var due: [UInt64]
    var late: [UInt64]

    init(
        _ schedule: Schedule, _ services: [Nanoseconds], _ promise: Workload.Promise,
        over duration: Nanoseconds
    ) {
        due = Array(
            repeating: 0,
            count: Int((Double(duration.count) / Double(promise.slice.count)).rounded(.up)))
        late = due
        var schedule = schedule
        var (free, served, arrival) = (Int64(0), 0, schedule.next().count)
        while arrival < duration.count {
            let slice = Int(Double(arrival) / Double(promise.slice.count))
            due[slice] += 1
            let start = max(free, arrival)
            if start < duration.count {
                free = start + services[served].count
                served += 1
                if free - arrival > promise.limit.count { late[slice] += 1 }
            } else {
                late[slice] += 1
            }
            arrival = schedule.next().count
        }
    }
}
