import Latency
import Testing
import Units

@testable import Load

@Suite("A warm-up ends when the calls have settled")
struct WarmUpTests {
    /// What one caller whose n-th call takes so long did before and after the release.
    private func run(
        _ warmUp: WarmUpLength, code: UInt = 0,
        service: @escaping @Sendable (Int) -> Nanoseconds
    ) throws -> (record: CallerRecord, warmUpTook: Nanoseconds) {
        let clock = VirtualClock(release: .seconds(60))
        let load = Workload(callers: 1, warmUp: warmUp, duration: .milliseconds(1))
        var ready = Nanoseconds.zero
        let measured = try load.run(clock: clock) { _ in
            var operation = FakeOperation(Ledger())
            (operation.clock, operation.extra) = (clock, service)
            operation.code = { _ in code }
            return operation
        } awaitRelease: {
            ready = clock.now()
            return .seconds(60)
        }
        return (try #require(measured?.callers.first), ready)
    }

    @Test("steady calls have settled at once: the first time long enough to judge is the last")
    func steady() throws {
        let fast = try run(.automatic) { _ in .microseconds(100) }
        #expect(fast.record.isSettled == true && fast.record.warmUpCalls == 500)
        #expect(fast.warmUpTook == .milliseconds(50))
        // Fifty calls are too few to judge, a hundred are enough.
        let slow = try run(.automatic) { _ in .milliseconds(1) }
        #expect(slow.record.isSettled == true && slow.record.warmUpCalls == 100)
        #expect(slow.warmUpTook == .milliseconds(100))
    }

    @Test("calls that start slow are called until they are what they stay")
    func slowStart() throws {
        let run = try run(.automatic) {
            $0 < 90 ? .microseconds(500) : .microseconds(100)
        }
        #expect(run.record.isSettled == true)
        // Of the 140 calls of the first 50 ms more than half are slow, of the next 500 none.
        #expect(run.record.warmUpCalls == 640 && run.warmUpTook == .milliseconds(100))
    }

    @Test("calls that grow slower all the time never settle, and the warm-up ends all the same")
    func ramp() throws {
        let run = try run(.automatic) { .microseconds(Int64(50 + $0)) }
        #expect(run.record.isSettled == false)
        #expect(run.warmUpTook >= .milliseconds(400) && run.warmUpTook < .milliseconds(410))
    }

    @Test("with too few calls in its time nobody judges")
    func tooFew() throws {
        let run = try run(.automatic) { _ in .milliseconds(300) }
        #expect(run.record.isSettled == nil && run.record.warmUpCalls == 2)
        #expect(run.warmUpTook == .milliseconds(600))
    }

    @Test("a device on which every call fails is not judged by its failures, nor asked for ever")
    func failing() throws {
        let run = try run(.automatic, code: 0x30) { _ in .milliseconds(1) }
        #expect(run.record.isSettled == nil)
        #expect(run.record.warmUpCalls == 100 && run.record.warmUpErrors == [0x30: 100])
        #expect(run.warmUpTook == .milliseconds(100))
    }

    @Test(
        "a warm-up of a stated length lasts as long, to the end of its last call",
        arguments: [0, 1, 7, 250] as [Int64])
    func fixed(_ length: Int64) throws {
        let run = try run(.lasting(.milliseconds(length))) { _ in .milliseconds(2) }
        #expect(run.record.warmUpCalls == UInt64((length + 1) / 2))
        #expect(run.warmUpTook == .milliseconds((length + 1) / 2 * 2))
        #expect(run.record.isSettled == nil, "nobody judged")
    }

    @Test("nothing of a warm-up is in a figure, in an open load as in a closed one")
    func unrecorded() throws {
        let clock = VirtualClock()
        let load = Workload(
            callers: 1, warmUp: .lasting(.milliseconds(50)), duration: .milliseconds(100),
            arrivals: Schedule(rate: Rate(100), arrivals: .constant))
        let measured = try load.run(clock: clock) { _ in
            var operation = FakeOperation(Ledger())
            (operation.clock, operation.time) = (clock, .milliseconds(5))
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        let record = try #require(measured?.callers.first)
        #expect(record.warmUpCalls == 10 && record.operations == 10)
        #expect(record.service.count == 10 && record.open?.lateness.longest == .zero)
    }
}

@Suite("A thread knows what it used")
struct ThreadUsageTests {
    @Test("a difference and a sum are taken figure by figure")
    func arithmetic() {
        var (before, after) = (ThreadUsage(), ThreadUsage())
        (before.cpuTime, after.cpuTime) = (.milliseconds(3), .milliseconds(10))
        (before.minorFaults, after.minorFaults) = (5, 11)
        (before.majorFaults, after.majorFaults) = (1, 4)
        (before.voluntarySwitches, after.voluntarySwitches) = (20, 100)
        (before.involuntarySwitches, after.involuntarySwitches) = (2, 2)
        let used = after - before
        #expect(used.cpuTime == .milliseconds(7))
        #expect(used.minorFaults == 6 && used.majorFaults == 3)
        #expect(used.voluntarySwitches == 80 && used.involuntarySwitches == 0)
        #expect(used + before == after)
    }

    @Test("a thread that computes uses CPU time, one that sleeps gives the processor up")
    func measured() {
        let clock = MonotonicClock()
        let before = ThreadUsage.now()
        while (ThreadUsage.now() - before).cpuTime < .milliseconds(5) {}
        let between = ThreadUsage.now()
        // On a busy machine an instant may be gone before it is slept for.
        for _ in 0..<20 { clock.sleep(until: clock.now() + .milliseconds(10)) }
        let slept = ThreadUsage.now() - between
        #expect((between - before).cpuTime >= .milliseconds(5))
        #expect(slept.voluntarySwitches >= 10)
        #expect(slept.cpuTime < .milliseconds(10))
    }
}
