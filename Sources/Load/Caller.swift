import Glibc
import Latency
import Throttling
import Units

/// One caller: it owns its operation and its histograms, and shares a gate with the others.
final class Caller<Time: Clock>: @unchecked Sendable {
    private let number: Int
    private let load: ClosedLoad
    private let gate: StartGate
    private let clock: Time
    // Written by the caller's thread alone, read after it was joined.
    private(set) var record = CallerRecord()
    private(set) var failure: (any Error)?

    init(number: Int, load: ClosedLoad, gate: StartGate, clock: Time) {
        self.number = number
        self.load = load
        self.gate = gate
        self.clock = clock
    }

    /// The thread's whole life.
    func run<Call: Operation & ~Copyable>(_ make: (Int) throws -> Call) {
        do {
            var operation = try make(number)
            warmUp(&operation)
            guard let release = gate.arrive(clock) else { return }
            clock.wait(until: release)
            let before = threadCPUTime()
            var record = CallerRecord()
            (record.released, record.lastDone) = (release, release)
            if let throttle = load.throttle {
                callThrottled(&operation, throttle, &record)
            } else {
                callFreely(&operation, &record)
            }
            record.cpuTime = threadCPUTime() - before
            self.record = record
        } catch {
            failure = error
            gate.arriveFailed()
        }
    }

    private func warmUp<Call: Operation & ~Copyable>(_ operation: inout Call) {
        let end = clock.now() + load.warmUp
        var index = 0
        while clock.now() < end {
            _ = operation.perform(index)
            index = index + 1 < operation.recordCount ? index + 1 : 0
        }
    }

    /// Two clock reads and one histogram a call; the comparison lies between two calls.
    ///
    /// The first call is made however late the thread was woken: its delay shows in the measured
    /// time, instead of leaving a caller that did nothing.
    private func callFreely<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ record: inout CallerRecord
    ) {
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

    /// Three clock reads and two histograms an admitted call.
    private func callThrottled<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ throttle: ClosedLoad.Throttle, _ record: inout CallerRecord
    ) {
        let deadline = record.released + load.duration
        let recordCount = operation.recordCount
        var index = number % recordCount
        var (waits, denials) = (LatencyHistogram(), LatencyHistogram())
        var start = clock.now()
        while start < deadline, !gate.isStopped {
            switch throttle.state.decide(throttle.policy, at: start - record.released) {
            case .admit: break
            case .wait(let opens):
                // A turn that comes after the end is not waited for; the call was never made.
                guard record.released + opens < deadline else {
                    clock.wait(until: deadline)
                    start = deadline
                    continue
                }
                clock.wait(until: record.released + opens)
            case .deny(let retryAfter):
                denials.record(clock.now() - start)
                record.denied &+= 1
                start = backOff(until: retryAfter, deadline: deadline, record)
                continue
            }
            let admitted = clock.now()
            waits.record(admitted - start)
            record.admitted &+= 1
            call(&operation, index, from: admitted, &record)
            index = index + 1 < recordCount ? index + 1 : 0
            start = clock.now()
        }
        // The throttle was there all the time, also after the last call that it admitted.
        record.lastDone = max(record.lastDone, min(start, deadline))
        (record.throttleWait, record.denial) = (waits, denials)
    }

    /// The timed call itself, and the untimed comparison after it.
    @inline(__always)
    private func call<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ index: Int, from start: Nanoseconds,
        _ record: inout CallerRecord
    ) {
        let code = operation.perform(index)
        let done = clock.now()
        record.lastDone = done
        if code == 0, operation.verify(index) {
            record.service.record(done - start)
            record.operations &+= 1
        } else {
            fail(code, &record)
        }
    }

    private func backOff(
        until retryAfter: Nanoseconds, deadline: Nanoseconds, _ record: CallerRecord
    ) -> Nanoseconds {
        guard load.onDenied == .backoff else { return clock.now() }
        let sinceRelease = min(retryAfter.count, load.duration.count)
        clock.wait(until: min(record.released + Nanoseconds(sinceRelease), deadline))
        return clock.now()
    }

    /// Counts a failed call; code 0 is a call that succeeded with a wrong plaintext, which ends
    /// the load: a fast wrong answer is not a result.
    @inline(never)
    private func fail(_ code: UInt, _ record: inout CallerRecord) {
        if code == 0 {
            record.wrong += 1
            gate.stop()
        } else {
            record.errors[code, default: 0] += 1
            gate.countError(limit: load.errorLimit)
        }
    }
}

extension CallerRecord {
    /// Calls that went wrong in any way.
    package var failures: UInt64 { wrong + errors.values.reduce(0, +) }
}
