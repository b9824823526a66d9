import Synchronization
import Testing
import Units

@testable import Load

@Suite("What goes wrong under load is counted")
struct FailureTests {
    private let ledger = Ledger()
    private let clock = VirtualClock()

    private func run(
        errorLimit: Int = 100, duration: Nanoseconds = .milliseconds(100),
        denialCodes: Set<UInt> = [], code: @escaping @Sendable (Int) -> UInt = { _ in 0 },
        isRight: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) throws -> CallerRecord {
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: duration, denialCodes: denialCodes,
            errorLimit: errorLimit)
        let records = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            (operation.code, operation.isRight) = (code, isRight)
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        return try #require(records?.callers.first)
    }

    @Test("a wrong plaintext is counted, is no operation, and ends the load")
    func wrongPlaintext() throws {
        let record = try run(isRight: { $0 != 6 })
        #expect(record.wrong == 1 && record.operations == 6 && record.service.count == 6)
        #expect(record.admitted == 7 && record.failures == 1 && record.errors.isEmpty)
        #expect(ledger.performed.load(ordering: .relaxed) == 7)
    }

    @Test("a wrong plaintext of one caller ends the load of all")
    func wrongPlaintextEndsAll() throws {
        let load = Workload(callers: 3, warmUp: .lasting(.zero), duration: .seconds(600))
        let clock = MonotonicClock()
        let measured = try load.run(clock: clock) { [ledger] number in
            var operation = FakeOperation(ledger)
            operation.isRight = { number != 1 || $0 < 1_000 }
            return operation
        } awaitRelease: {
            clock.soon()
        }
        let records = try #require(measured).callers
        #expect(records.map(\.wrong) == [0, 1, 0])
        #expect(records[1].operations == 1_000)
    }

    @Test("calls that the anchor's own throttle denies are no failures, and do not end the load")
    func deniedByTheAnchor() throws {
        let record = try run(errorLimit: 5, denialCodes: [0x06]) {
            $0 % 2 == 1 ? 0x06 : $0 == 50 ? 0x30 : 0
        }
        #expect(record.denied == 50 && record.errors == [0x30: 1] && record.operations == 49)
        #expect(record.admitted == 50 && record.failures == 1 && record.service.count == 49)
    }

    @Test("failed calls are counted by their code, and neither opened nor timed")
    func byCode() throws {
        let record = try run(code: { $0 % 10 == 3 ? 0x30 : $0 % 10 == 7 ? 0x8000_0012 : 0 })
        #expect(record.errors == [0x30: 10, 0x8000_0012: 10])
        #expect(record.operations == 80 && record.service.count == 80 && record.wrong == 0)
        #expect(record.failures == 20 && record.admitted == 100)
        #expect(ledger.verified.load(ordering: .relaxed) == 80)
    }

    @Test("the load ends at the limit of errors", arguments: [1, 5, 99])
    func errorLimit(_ limit: Int) throws {
        let record = try run(errorLimit: limit, code: { _ in 0x30 })
        #expect(record.errors == [0x30: UInt64(limit)])
        #expect(record.elapsed == .milliseconds(Int64(limit)))
    }

    @Test("errors below the limit do not end the load")
    func belowLimit() throws {
        let record = try run(errorLimit: 11, code: { $0 % 10 == 0 ? 0x30 : 0 })
        #expect(record.errors == [0x30: 10] && record.operations == 90)
    }

    @Test("the limit counts the errors of all callers together")
    func limitOfAll() throws {
        let load = Workload(
            callers: 4, warmUp: .lasting(.zero), duration: .seconds(600), errorLimit: 50)
        let clock = MonotonicClock()
        let measured = try load.run(clock: clock) { [ledger] _ in
            var operation = FakeOperation(ledger)
            operation.code = { _ in 0x30 }
            return operation
        } awaitRelease: {
            clock.soon()
        }
        let records = try #require(measured).callers
        let errors = records.reduce(0) { $0 + $1.failures }
        // Each of the others may have one call under way.
        #expect((50...53).contains(errors), "\(errors)")
    }

    @Test("a device that answers ever new codes does not grow the record beyond the limit")
    func newCodes() throws {
        let record = try run(errorLimit: 20, code: { UInt($0) + 1 })
        #expect(record.errors.count == 20)
    }

    @Test("a throttled load ends at a wrong plaintext too")
    func throttled() throws {
        let throttle = try TestThrottle(.init(.none))
        let load = Workload(
            callers: 1, warmUp: .lasting(.zero), duration: .seconds(1), throttle: throttle.throttle)
        let records = try load.run(clock: clock) { [ledger, clock] _ in
            var operation = FakeOperation(ledger)
            (operation.clock, operation.time) = (clock, .milliseconds(1))
            operation.isRight = { $0 < 4 }
            return operation
        } awaitRelease: {
            VirtualClock.release
        }
        let record = try #require(records?.callers.first)
        #expect(record.wrong == 1 && record.operations == 4 && record.admitted == 5)
    }
}
