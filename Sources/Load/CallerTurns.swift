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
            switch admit(start, deadline, client: client, &record) {
            case .ended: break
            case .denied(let retryAfter): backOff(until: retryAfter, deadline, record)
            case .admitted(let instant):
                call(&operation, index, from: instant, &record)
                load.throttle?.leave(client)
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
            let (number, arrival) = cursor.next()
            guard arrival < load.duration else {
                record.open?.idle += max(deadline - clock.now(), .zero)
                break
            }
            let due = record.released + arrival
            guard let start = start(due, deadline, &record) else { continue }
            let client = load.throttle?.client(ofCall: number) ?? 0
            switch admit(start, deadline, client: client, &record) {
            case .denied:
                record.open?.held += clock.now() - start
                record.open?.late?.countUnanswered(arrival: arrival)
            case .ended where record.isSpent: record.open?.scheduled &-= 1
            case .ended: leaveUnadmitted(due, start, deadline, &record)
            case .admitted(let instant):
                call(&operation, index, from: instant, due: due, &record)
                load.throttle?.leave(client)
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
        record.open?.late?.countUnanswered(arrival: due - record.released)
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
        record.open?.late?.countUnanswered(arrival: due - record.released)
        record.open?.held += deadline - start
        record.throttleWait?.record(deadline - start)
        record.open?.response.record(deadline - due)
    }

    private func backOff(
        until retryAfter: Nanoseconds, _ deadline: Nanoseconds, _ record: CallerRecord
    ) {
        guard load.onDenied == .backoff else { return }
        let sinceRelease = min(retryAfter.count, load.duration.count)
        clock.wait(until: min(record.released + Nanoseconds(sinceRelease), deadline))
    }
}
