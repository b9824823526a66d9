import Glibc
import Synchronization
import Testing
import Units

@testable import Load

@Suite("A closed load counts what was done")
struct WorkloadTests {
    private let ledger = Ledger()
    private let clock = VirtualClock()

    @Test("one caller on a virtual clock: counts, times and throughput are exact")
    func exact() throws {
        let load = Workload(callers: 1, warmUp: .lasting(.zero), duration: .milliseconds(100))
        let measured = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(3))
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        let records = try #require(measured).callers
        let record = try #require(records.first)
        // A call may start until the last nanosecond: the 34th begins at 99 ms.
        #expect(records.count == 1 && record.operations == 34 && record.admitted == 34)
        #expect(record.elapsed == .milliseconds(102))
        #expect(record.service.count == 34 && record.failures == 0 && record.denied == 0)
        let longest = try #require(record.service.longest)
        #expect(abs(longest.count - 3_000_000) <= 3_000)
        #expect(record.throttleWait == nil && record.denial == nil)
        #expect(ledger.performed.load(ordering: .relaxed) == 34)
        #expect(ledger.verified.load(ordering: .relaxed) == 34)
    }

    @Test("records are opened in turn, each caller from a place of its own")
    func turns() throws {
        let load = Workload(callers: 1, warmUp: .lasting(.zero), duration: .milliseconds(10))
        _ = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            operation.recordCount = 3
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        #expect(ledger.indices.withLock { $0 } == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    }

    @Test("on the machine's clock the counts are those of the operations, caller by caller")
    func counts() throws {
        let load = Workload(callers: 4, warmUp: .lasting(.zero), duration: .milliseconds(20))
        let clock = MonotonicClock()
        let measured = try load.run(clock: clock) { [ledger] _ in
            FakeOperation(ledger)
        } awaitRelease: {
            clock.soon()
        }
        let records = try #require(measured).callers
        #expect(records.count == 4 && ledger.prepared.load(ordering: .relaxed) == 4)
        let operations = records.reduce(0) { $0 + $1.operations }
        #expect(operations == UInt64(ledger.performed.load(ordering: .relaxed)))
        for record in records {
            #expect(record.service.count == record.operations)
            #expect(record.admitted == record.operations && record.failures == 0)
            #expect(record.released == records[0].released)
        }
    }

    @Test("nobody is released before all are ready, however late the last one is")
    func gate() throws {
        let load = Workload(callers: 6, warmUp: .lasting(.zero), duration: .milliseconds(2))
        let clock = MonotonicClock()
        let early = Mutex<[Int]>([])
        let records = try load.run(clock: clock) { [ledger] number in
            usleep(UInt32(number) * 3_000)
            return FakeOperation(ledger)
        } awaitRelease: {
            early.withLock {
                $0 = [
                    ledger.prepared.load(ordering: .relaxed),
                    ledger.performed.load(ordering: .relaxed),
                ]
            }
            return clock.soon()
        }
        #expect(early.withLock { $0 } == [6, 0])
        let latest = try #require(records).callers.map(\.released).max()
        #expect(latest == records?.callers.first?.released)
    }

    @Test("no call starts before the release, and the warm-up is in no figure")
    func warmUp() throws {
        let load = Workload(
            callers: 1, warmUp: .lasting(.milliseconds(7)), duration: .milliseconds(5))
        let warmed = Atomic<Int>(0)
        let measured = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            // Also a device that fails while it warms up is not counted.
            operation.code = { $0 < 7 ? 5 : 0 }
            return operation
        } awaitRelease: {
            warmed.store(ledger.performed.load(ordering: .relaxed), ordering: .relaxed)
            return VirtualClock.release
        }
        let record = try #require(measured?.callers.first)
        #expect(warmed.load(ordering: .relaxed) == 7)
        #expect(record.operations == 5 && record.failures == 0)
        #expect(ledger.performed.load(ordering: .relaxed) == 12)
    }

    @Test("a load that is called off measures nothing and gives nothing")
    func calledOff() throws {
        let load = Workload(callers: 3, warmUp: .lasting(.zero), duration: .seconds(60))
        let records = try load.run(clock: MonotonicClock()) { [ledger] _ in
            FakeOperation(ledger)
        } awaitRelease: {
            nil
        }
        #expect(records == nil)
        #expect(ledger.prepared.load(ordering: .relaxed) == 3)
        #expect(ledger.performed.load(ordering: .relaxed) == 0)
    }

    @Test("a caller that cannot prepare is reported, and nobody hangs", arguments: [0, 1, 3])
    func preparation(_ failing: Int) throws {
        let load = Workload(callers: 4, warmUp: .lasting(.zero), duration: .seconds(60))
        let isAsked = Mutex(false)
        let error = #expect(throws: LoadError.self) {
            _ = try load.run(clock: MonotonicClock()) { [ledger] number in
                guard number != failing else { throw Unprepared(caller: number) }
                return FakeOperation(ledger)
            } awaitRelease: {
                isAsked.withLock { $0 = true }
                return .zero
            }
        }
        guard case .preparation(let reason) = error else {
            Issue.record("not the preparation: \(String(describing: error))")
            return
        }
        #expect(reason as? Unprepared == Unprepared(caller: failing))
        #expect(isAsked.withLock { !$0 }, "a release was asked for in vain")
        #expect(ledger.performed.load(ordering: .relaxed) == 0)
    }

    @Test("where several cannot prepare the first caller's reason is given")
    func firstReason() {
        let load = Workload(callers: 3, warmUp: .lasting(.zero), duration: .seconds(60))
        let error = #expect(throws: LoadError.self) {
            _ = try load.run(clock: MonotonicClock()) { [ledger] number in
                if number > 0 { throw Unprepared(caller: number) }
                return FakeOperation(ledger)
            } awaitRelease: {
                nil
            }
        }
        guard case .preparation(let reason) = error else {
            Issue.record("not the preparation: \(String(describing: error))")
            return
        }
        #expect(reason as? Unprepared == Unprepared(caller: 1))
    }
}
