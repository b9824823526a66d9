import Latency
import Synchronization
import Testing
import Throttling
import Units

@testable import Load

@Suite("An open load calls when calls are due")
struct OpenLoadTests {
    private let ledger = Ledger()

    /// One caller with the virtual clock, whose n-th call takes what `service` says.
    private func run(
        _ schedule: Schedule, duration: Nanoseconds, throttle: Workload.Throttle? = nil,
        untimed: Nanoseconds = .zero, service: @escaping @Sendable (Int) -> Nanoseconds
    ) throws -> CallerRecord {
        let clock = VirtualClock()
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: duration, arrivals: schedule,
            throttle: throttle)
        let measured = try load.run(clock: clock) { [ledger] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.extra, operation.untimed) = (clock, service, untimed)
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        return try #require(measured?.callers.first)
    }

    /// A hundred calls a second.
    private static let hundred = Schedule(rate: Rate(100), arrivals: .constant)

    @Test("a device that is faster than the load: nobody is late, and a response is the service")
    func faster() throws {
        let record = try run(Self.hundred, duration: .seconds(1)) { _ in .milliseconds(3) }
        let open = try #require(record.open)
        #expect(record.operations == 100 && record.admitted == 100)
        #expect(open.scheduled == 100 && open.backlog == 0)
        #expect(open.lateness.records(Array(repeating: 0, count: 100)))
        #expect(open.response.records(Array(repeating: 3_000_000, count: 100)))
        #expect(record.service.records(Array(repeating: 3_000_000, count: 100)))
        // The first call is due at the release: nobody sleeps until it.
        #expect(open.wakeUp.records(Array(repeating: 0, count: 99)))
        #expect(record.elapsed == .seconds(1))
        #expect(record.throttleWait == nil && record.denial == nil)
    }

    @Test("a device that is slower: late calls are made, never skipped, and the rest is a backlog")
    func slower() throws {
        let record = try run(Self.hundred, duration: .seconds(1)) { _ in .milliseconds(20) }
        let open = try #require(record.open)
        // Call n is due at 10 n ms and starts at 20 n ms; the fifty-first would start at the end.
        #expect(record.operations == 50 && open.scheduled == 100 && open.backlog == 50)
        let started = (0..<50).map { Int64($0) * 10_000_000 }
        let ages = (50..<100).map { 1_000_000_000 - Int64($0) * 10_000_000 }
        #expect(open.lateness.records(started + ages))
        #expect(open.response.records(started.map { $0 + 20_000_000 } + ages))
        #expect(record.service.records(Array(repeating: 20_000_000, count: 50)))
        #expect(open.wakeUp.count == 0 && record.elapsed == .seconds(1))
    }

    @Test("a stall is charged to every call it delayed")
    func stall() throws {
        let record = try run(Self.hundred, duration: .seconds(1)) {
            $0 == 20 ? .milliseconds(500) : .milliseconds(1)
        }
        let open = try #require(record.open)
        // Call 20 ends at 700 ms, call n after it at 680 + n ms as long as it was due before.
        let responses = (0..<100).map { number -> Int64 in
            let done = number < 20 ? 0 : 680 + number
            return Int64(max(done, 10 * number + 1) - 10 * number) * 1_000_000
        }
        #expect(responses.count { $0 > 1_000_000 } == 56)
        #expect(open.response.records(responses))
        #expect(record.operations == 100 && open.backlog == 0)
        // The device's own times show one long call, as a closed load would.
        #expect(record.service.value(at: Percentile(0.98)) == Nanoseconds(1_000_447))
        let late = open.lateness.value(at: .p50)?.count ?? 0
        #expect(late > 20_000_000, "\(late) ns")
    }

    @Test("a call under way at the end is finished and counted, its whole response with it")
    func lastCall() throws {
        let record = try run(Self.hundred, duration: .milliseconds(35)) {
            $0 == 3 ? .milliseconds(400) : .milliseconds(1)
        }
        let open = try #require(record.open)
        #expect(record.operations == 4 && open.scheduled == 4 && open.backlog == 0)
        #expect(open.response.records([1, 1, 1, 400].map { $0 * 1_000_000 }))
        #expect(record.elapsed == .milliseconds(430))
    }

    @Test("random arrivals and services give what Lindley's recursion gives, seed by seed")
    func lindley() throws {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let services = (0..<2_000).map { _ in
                Nanoseconds(.random(in: 1...3_000_000, using: &generator))
            }
            // From a third of what the device does to three times as much.
            let rate = Rate(.random(in: 200...2_000, using: &generator))
            let kind = seed % 3 == 0 ? Schedule.Arrivals.constant : .poisson(seed: seed)
            let schedule = Schedule(rate: rate, arrivals: kind)
            let record = try run(schedule, duration: .milliseconds(300)) { services[$0] }
            let expected = Queue(schedule, services, duration: .milliseconds(300))
            let open = try #require(record.open)
            let message: Comment = "seed \(seed), \(rate), \(kind)"
            #expect(Int(open.scheduled) == expected.due, message)
            #expect(Int(open.backlog) == expected.backlog, message)
            #expect(Int(record.operations) == expected.due - expected.backlog, message)
            #expect(open.lateness.records(expected.lateness), message)
            #expect(open.response.records(expected.response), message)
            #expect(record.service.records(expected.service), message)
            #expect(Int(open.wakeUp.count) == expected.awaited, message)
        }
    }

    @Test("what is not the operation's own is taken off a response as off a service")
    func untimed() throws {
        let record = try run(
            Self.hundred, duration: .milliseconds(100), untimed: .milliseconds(2)
        ) { _ in .milliseconds(5) }
        #expect(record.service.records(Array(repeating: 3_000_000, count: 10)))
        let open = try #require(record.open)
        #expect(open.response.records(Array(repeating: 3_000_000, count: 10)))
    }

    @Test("failed calls are counted, and are in no response")
    func failures() throws {
        let clock = VirtualClock()
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .seconds(1), arrivals: Self.hundred)
        let measured = try load.run(clock: clock) { [ledger] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            operation.code = { $0 % 4 == 0 ? 0x30 : 0 }
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        let record = try #require(measured?.callers.first)
        #expect(record.errors == [0x30: 25] && record.operations == 75)
        #expect(record.open?.response.count == 75 && record.open?.lateness.count == 100)
        #expect(record.open?.backlog == 0)
    }

    @Test("several callers share one schedule: each arrival is taken exactly once")
    func shared() throws {
        for callers in [1, 2, 5] {
            let (clock, ledger) = (MonotonicClock(), Ledger())
            let load = Workload(
                callers: callers, warmUp: .lasting(.zero), duration: .milliseconds(100),
                arrivals: Schedule(rate: Rate(2_000), arrivals: .constant))
            let measured = try load.run(clock: clock) { _ in
                FakeOperation(ledger)
            } awaitRelease: {
                clock.soon()
            }
            let records = try #require(measured).callers
            let open = records.compactMap(\.open)
            #expect(open.count == callers)
            #expect(open.reduce(0) { $0 + $1.scheduled } == 200)
            let operations = records.reduce(0) { $0 + $1.operations }
            #expect(operations + open.reduce(0) { $0 + $1.backlog } == 200)
            #expect(operations == UInt64(ledger.performed.load(ordering: .relaxed)))
            #expect(open.reduce(0) { $0 + $1.lateness.count } == 200)
            #expect(open.reduce(0) { $0 + $1.response.count } == 200)
            #expect(open.allSatisfy { $0.wakeUp.count <= $0.lateness.count })
            for record in records { #expect(record.elapsed >= .milliseconds(100)) }
        }
    }

    @Test("a load that a wrong plaintext ends counts nothing that came after it")
    func ended() throws {
        let clock = VirtualClock()
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .seconds(1), arrivals: Self.hundred)
        let measured = try load.run(clock: clock) { [ledger] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            operation.isRight = { $0 != 7 }
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        let record = try #require(measured?.callers.first)
        #expect(record.wrong == 1 && record.operations == 7)
        #expect(record.open?.scheduled == 8 && record.open?.backlog == 0)
        #expect(record.elapsed == .milliseconds(71))
    }
}

extension OpenLoadTests {
    @Test("the wait at a throttle is in the response, and a turn after the end is a backlog")
    func throttleWait() throws {
        // Fifty a second are admitted of the hundred that are due: call n at 20 n ms.
        let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(50), burst: RecordCount(1)))
        let throttle = try TestThrottle(Policy(bucket, onLimit: .wait(atMost: .max)))
        let record = try run(
            Self.hundred, duration: .milliseconds(105), throttle: throttle.throttle
        ) { _ in .milliseconds(1) }
        let open = try #require(record.open)
        // Calls 0 to 5 are made from 0 to 100 ms; call 6, due at 60 ms, waits for its turn at
        // 120 ms, and those of 70 to 100 ms for the caller.
        #expect(record.operations == 6 && open.scheduled == 11 && open.backlog == 5)
        let made: [Int64] = [1, 11, 21, 31, 41, 51]
        let ages: [Int64] = [45, 35, 25, 15, 5]
        #expect(open.response.records((made + ages).map { $0 * 1_000_000 }))
        let waits: [Int64] = [0, 10, 19, 19, 19, 19, 4]
        #expect(record.throttleWait?.records(waits.map { $0 * 1_000_000 }) == true)
        #expect(record.service.records(Array(repeating: 1_000_000, count: 6)))
        #expect(record.elapsed == .milliseconds(105))
    }

    @Test("a denied call of an open load is lost and counted, and its time is in no response")
    func denied() throws {
        let window = Limit.fixedWindow(FixedWindow(limit: RecordCount(3), window: .seconds(3_600)))
        let throttle = try TestThrottle(Policy(window, onLimit: .deny))
        let record = try run(
            Self.hundred, duration: .milliseconds(100), throttle: throttle.throttle
        ) { _ in .milliseconds(1) }
        let open = try #require(record.open)
        #expect(record.operations == 3 && record.admitted == 3 && record.denied == 7)
        #expect(open.scheduled == 10 && open.backlog == 0)
        #expect(open.response.records(Array(repeating: 1_000_000, count: 3)))
        #expect(open.lateness.records(Array(repeating: 0, count: 10)))
        #expect(record.denial?.records(Array(repeating: 0, count: 7)) == true)
        #expect(record.throttleWait?.records([0, 0, 0]) == true)
    }
}

/// A first come, first served queue with one server, by Lindley's recursion: an arrival starts when
/// it is due or when the one before is done. In nanoseconds.
private struct Queue {
    var due = 0
    var backlog = 0
    /// Arrivals before which the server was idle.
    var awaited = 0
    var lateness: [Int64] = []
    var response: [Int64] = []
    var service: [Int64] = []

    init(_ schedule: Schedule, _ services: [Nanoseconds], duration: Nanoseconds) {
        var schedule = schedule
        var (free, arrival) = (Int64(0), schedule.next().count)
        while arrival < duration.count {
            defer { arrival = schedule.next().count }
            let start = max(free, arrival)
            due += 1
            if free < arrival { awaited += 1 }
            guard start < duration.count else {
                backlog += 1
                lateness.append(duration.count - arrival)
                response.append(duration.count - arrival)
                continue
            }
            let time = services[service.count].count
            free = start + time
            lateness.append(start - arrival)
            response.append(free - arrival)
            service.append(time)
        }
    }
}

extension LatencyHistogram {
    /// Whether exactly these were recorded, in nanoseconds and in any order.
    fileprivate func records(_ latencies: [Int64]) -> Bool {
        var other = LatencyHistogram()
        for latency in latencies { other.record(Nanoseconds(latency)) }
        return self == other
    }
}
