import Glibc
import Latency
import Throttling
import Units

/// One caller: it owns its operation and its histograms, and shares a gate with the others, the
/// cursor of an open load too.
final class Caller<Time: Clock>: @unchecked Sendable {
    /// Those who follow the load come first, the attackers beside them last.
    let number: Int
    let load: Workload
    let gate: StartGate
    let cursor: ScheduleCursor?
    let clock: Time
    // Written by the caller's thread alone, read after it was joined.
    private(set) var record = CallerRecord()
    private(set) var failure: (any Error)?

    init(number: Int, load: Workload, gate: StartGate, cursor: ScheduleCursor?, clock: Time) {
        self.number = number
        self.load = load
        self.gate = gate
        self.cursor = cursor
        self.clock = clock
    }

    /// Whether the caller is one of those beside the load that call again at once.
    private var isAttacker: Bool { number >= load.callers }

    /// The identity under which a caller of a closed loop passes a throttle.
    var client: Int { isAttacker ? load.throttle?.attackerIdentity ?? 0 : 0 }

    /// The thread's whole life.
    func run<Call: Operation & ~Copyable>(_ make: (Int) throws -> Call) {
        do {
            var operation = try make(number)
            var record = CallerRecord(for: load, isAttacker: isAttacker)
            warmUp(&operation, &record)
            guard let release = gate.arrive() else { return }
            clock.wait(until: release)
            let before = ThreadUsage.now()
            (record.released, record.lastDone) = (release, release)
            if load.arrivals != nil, !isAttacker {
                callWhenDue(&operation, &record)
            } else if load.throttle != nil || load.limits.isLimiting {
                callInTurn(&operation, &record)
            } else {
                callFreely(&operation, &record)
            }
            record.usage = ThreadUsage.now() - before
            self.record = record
        } catch {
            failure = error
            gate.arriveFailed()
        }
    }

    /// Two clock reads and one histogram a call; the comparison lies between two calls.
    ///
    /// The first call is made however late the thread was woken: its delay shows in the measured
    /// time, instead of leaving a caller that did nothing.
    private func callFreely<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ record: inout CallerRecord
    ) {
        guard !gate.isStopped else { return }
        let deadline = record.released + load.duration
        let recordCount = operation.recordCount
        var index = number % recordCount
        var start = clock.now()
        repeat {
            call(&operation, index, from: start, &record)
            index = index + 1 < recordCount ? index + 1 : 0
            start = clock.now()
        } while start < deadline && !gate.isStopped
        record.admitted = record.operations + record.failures
    }

    /// The timed call itself, and the untimed comparison after it.
    ///
    /// - Parameter due: when an open load wanted the call to start; nil in a closed one.
    @inline(__always)
    func call<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ index: Int, from start: Nanoseconds, due: Nanoseconds? = nil,
        _ record: inout CallerRecord
    ) {
        let code = operation.perform(index)
        let done = clock.now()
        record.lastDone = done
        guard code == 0, operation.verify(index) else {
            return fail(code, after: done - start, due: due, &record)
        }
        let end = operation.hasUntimedPart ? done - operation.untimed : done
        record.service.record(end - start)
        if let due {
            record.open?.response.record(end - due)
            record.open?.late?.count(arrival: due - record.released, response: end - due)
        }
        record.operations &+= 1
    }

    /// Counts a failed call; code 0 is a call that succeeded with a wrong plaintext, which ends
    /// the load: a fast wrong answer is not a result.
    @inline(never)
    private func fail(
        _ code: UInt, after time: Nanoseconds, due: Nanoseconds?, _ record: inout CallerRecord
    ) {
        if let due { record.open?.late?.countUnanswered(arrival: due - record.released) }
        if code == 0 {
            record.wrong += 1
            gate.stop()
        } else if load.denialCodes.contains(code) {
            record.denied &+= 1
            record.denial?.record(time)
        } else {
            record.errors[code, default: 0] += 1
            gate.countError(limit: load.errorLimit)
        }
    }
}
