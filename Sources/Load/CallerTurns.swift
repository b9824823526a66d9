import Latency
import Throttling
import Units

// The loops of a caller that waits for something before a call: for its turn at a throttle, for the
// instant at which a call is due, or for what protects a device.

extension Caller {
    /// A closed load behind a throttle: three clock reads and two histograms an admitted call.
    func callInTurn<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ record: inout CallerRecord
    ) {
        let deadline = record.released + load.duration
        let recordCount = operation.recordCount
        var index = number % recordCount
        while !gate.isStopped {
            let start = clock.now()
            guard start < deadline else { break }
            switch admit(start, deadline, &record) {
            case .ended: break
            case .denied(let retryAfter): backOff(until: retryAfter, deadline, record)
            case .admitted(let instant):
                call(&operation, index, from: instant, &record)
                index = index + 1 < recordCount ? index + 1 : 0
            }
        }
        // What held the caller up was there all the time, also after the last call.
        record.lastDone = max(record.lastDone, min(clock.now(), deadline))
    }

    /// An open load: calls are due at the instants of the schedule, however long the last one took,
    /// and one that could not start in time is late, never skipped.
    func callWhenDue<Call: Operation & ~Copyable>(
        _ operation: inout Call, _ record: inout CallerRecord
    ) {
        guard let cursor else { preconditionFailure("an open load has a schedule") }
        let deadline = record.released + load.duration
        let recordCount = operation.recordCount
        var index = number % recordCount
        while !gate.isStopped {
            let arrival = cursor.next()
            guard arrival < load.duration else {
                record.open?.idle += max(deadline - clock.now(), .zero)
                break
            }
            let due = record.released + arrival
            guard let start = start(due, deadline, &record) else { continue }
            switch admit(start, deadline, &record) {
            case .denied: break
            case .ended where record.isSpent: record.open?.scheduled &-= 1
            case .ended: leaveUnadmitted(due, start, deadline, &record)
            case .admitted(let instant):
                call(&operation, index, from: instant, due: due, &record)
                record.open?.held += record.lastDone - start
                index = index + 1 < recordCount ? index + 1 : 0
            }
        }
        // An open load lasts as long as it was meant to, whenever its last call was due.
        let isCutShort = gate.isStopped || record.isSpent
        let end = isCutShort ? min(clock.now(), deadline) : deadline
        record.lastDone = max(record.lastDone, end)
    }

    /// Waits until a call is due and records how late it starts; nil where it could not start
    /// before the end: then it waits still, and its age stands for how long.
    private func start(
        _ due: Nanoseconds, _ deadline: Nanoseconds, _ record: inout CallerRecord
    ) -> Nanoseconds? {
        record.open?.scheduled &+= 1
        var start = clock.now()
        // Only a caller that was busy can be past the end: the schedule holds nothing after it.
        guard start < deadline else { return leave(due, deadline, &record) }
        if start < due {
            record.open?.idle += due - start
            clock.wait(until: due)
            start = clock.now()
            record.open?.wakeUp.record(start - due)
        }
        record.open?.lateness.record(start - due)
        return start
    }

    /// Counts a call that waits at the end, with its age as a lower bound of its response.
    private func leave(
        _ due: Nanoseconds, _ deadline: Nanoseconds, _ record: inout CallerRecord
    ) -> Nanoseconds? {
        record.open?.backlog &+= 1
        record.open?.lateness.record(deadline - due)
        record.open?.response.record(deadline - due)
        return nil
    }

    /// Counts a call that waits at the end for its turn at the throttle: what it waited and its age
    /// are lower bounds, without which the longest waits would be in no figure.
    private func leaveUnadmitted(
        _ due: Nanoseconds, _ start: Nanoseconds, _ deadline: Nanoseconds,
        _ record: inout CallerRecord
    ) {
        record.open?.backlog &+= 1
        record.open?.held += deadline - start
        record.throttleWait?.record(deadline - start)
        record.open?.response.record(deadline - due)
    }

    /// What a throttle made of a call.
    private enum Admission {
        /// The call goes on, at this instant.
        case admitted(Nanoseconds)
        /// It was refused; the throttle's clock at which it may try again.
        case denied(retryAfter: Nanoseconds)
        /// Its turn comes after the end; it was never made.
        case ended
    }

    /// Passes a call by the throttle, then by what protects the device: last by the pace, so that
    /// callers whom a throttle lets go at one instant do not call at one.
    private func admit(
        _ start: Nanoseconds, _ deadline: Nanoseconds, _ record: inout CallerRecord
    ) -> Admission {
        guard load.throttle != nil || load.limits.isLimiting else {
            record.admitted &+= 1
            return .admitted(start)
        }
        if let throttle = load.throttle {
            switch throttle.state.decide(throttle.policy, at: start - record.released) {
            case .admit: break
            case .wait(let opens):
                guard record.released + opens < deadline else {
                    clock.wait(until: deadline)
                    return .ended
                }
                clock.wait(until: record.released + opens)
            case .deny(let retryAfter):
                record.denial?.record(clock.now() - start)
                record.denied &+= 1
                return .denied(retryAfter: retryAfter)
            }
        }
        let admitted = clock.now()
        guard !load.limits.isLimiting || (pace(deadline) && spend(&record)) else { return .ended }
        record.throttleWait?.record(admitted - start)
        record.admitted &+= 1
        return .admitted(load.limits.isLimiting ? clock.now() : admitted)
    }

    private func backOff(
        until retryAfter: Nanoseconds, _ deadline: Nanoseconds, _ record: CallerRecord
    ) {
        guard load.onDenied == .backoff else { return }
        let sinceRelease = min(retryAfter.count, load.duration.count)
        clock.wait(until: min(record.released + Nanoseconds(sinceRelease), deadline))
    }

    /// Takes one call from the budget; where none is left, the load of this process ends, so that
    /// no caller goes on alone and is taken for all of them.
    func spend(_ record: inout CallerRecord) -> Bool {
        guard let budget = load.limits.budget else { return true }
        guard case .admit = budget.state.decide(budget.policy, at: .zero) else {
            record.isSpent = true
            gate.stop()
            return false
        }
        return true
    }

    /// Waits until the device may be called again; false where that is not before `deadline`: then
    /// no turn is taken, and whoever comes next has it.
    func pace(_ deadline: Nanoseconds) -> Bool {
        guard let pace = load.limits.pace else { return true }
        // The pace of all processes counts on the clock that they share.
        let now = clock.now()
        guard now < deadline else { return false }
        let longest = deadline - now - Nanoseconds(1)
        let policy = Policy(pace.policy.limit, onLimit: .wait(atMost: longest))
        switch pace.state.decide(policy, at: now) {
        case .admit: return true
        case .wait(let opens): clock.wait(until: opens)
        case .deny:
            clock.wait(until: deadline)
            return false
        }
        return true
    }
}
