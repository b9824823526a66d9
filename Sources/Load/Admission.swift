import Latency
import Throttling
import Units

/// What a throttle, and what protects the device, made of a call.
enum Admission {
    /// The call goes on, at this instant; it may hold a slot of the throttle until it is done.
    case admitted(Nanoseconds)
    /// It was refused; the throttle's clock at which it may try again.
    case denied(retryAfter: Nanoseconds)
    /// Its turn comes after the end; it was never made.
    case ended
}

/// How long a caller without a slot waits before it asks again: nobody knows when one comes free.
private let slotPause = Nanoseconds.milliseconds(1)

extension Caller {
    /// Passes a call by the throttle, then by what protects the device: last by the pace, so that
    /// callers whom a throttle lets go at one instant do not call at one.
    func admit(
        _ start: Nanoseconds, _ deadline: Nanoseconds, client: Int, _ record: inout CallerRecord
    ) -> Admission {
        guard load.throttle != nil || load.limits.isLimiting else {
            record.admitted &+= 1
            return .admitted(start)
        }
        if let throttle = load.throttle {
            let answer = pass(throttle, start, deadline, client, released: record.released)
            switch answer {
            case .admitted: break
            case .denied:
                record.denial?.record(clock.now() - start)
                record.denied &+= 1
                return answer
            case .ended:
                clock.wait(until: deadline)
                return .ended
            }
        }
        let admitted = clock.now()
        guard !load.limits.isLimiting || (pace(deadline) && spend(&record)) else {
            load.throttle?.leave(client)
            return .ended
        }
        record.throttleWait?.record(admitted - start)
        record.admitted &+= 1
        return .admitted(load.limits.isLimiting ? clock.now() : admitted)
    }

    /// Waits for a slot where there are slots, then for the throttle's decision; whoever is not
    /// admitted holds no slot afterwards.
    private func pass(
        _ throttle: Workload.Throttle, _ start: Nanoseconds, _ deadline: Nanoseconds,
        _ client: Int, released: Nanoseconds
    ) -> Admission {
        let decision: Decision
        if throttle.hasSlots {
            // The wait for a slot is of one patience with the wait for the turn.
            let longest = min(throttle.patience, deadline - start)
            guard throttle.state.enter(client: client, waitingAtMost: longest) else {
                let isCutShort = longest < throttle.patience
                return isCutShort ? .ended : .denied(retryAfter: clock.now() - released + slotPause)
            }
            let now = clock.now()
            guard now < deadline else {
                throttle.leave(client)
                return .ended
            }
            decision = throttle.state.decide(
                at: now - released, units: throttle.units, client: client,
                onLimit: throttle.onLimit(after: now - start))
        } else {
            decision = throttle.state.decide(
                at: start - released, units: throttle.units, client: client)
        }
        switch decision {
        case .admit: return .admitted(start)
        case .wait(let opens):
            guard released + opens < deadline else {
                throttle.leave(client)
                return .ended
            }
            clock.wait(until: released + opens)
            return .admitted(released + opens)
        case .deny(let retryAfter):
            throttle.leave(client)
            return .denied(retryAfter: retryAfter)
        }
    }

    /// Takes one call from the budget; where none is left, the load of this process ends, so that
    /// no caller goes on alone and is taken for all of them.
    func spend(_ record: inout CallerRecord) -> Bool {
        guard let budget = load.limits.budget, !budget.spend() else { return true }
        record.isSpent = true
        gate.stop()
        return false
    }

    /// Waits until the device may be called again; false where that is not before `deadline`: then
    /// no turn is taken, and whoever comes next has it.
    func pace(_ deadline: Nanoseconds) -> Bool {
        guard let pace = load.limits.pace else { return true }
        // The pace of all processes counts on the clock that they share.
        let now = clock.now()
        guard now < deadline else { return false }
        let longest = deadline - now - Nanoseconds(1)
        switch pace.decide(at: now, units: 1, client: 0, onLimit: .wait(atMost: longest)) {
        case .admit: return true
        case .wait(let opens): clock.wait(until: opens)
        case .deny:
            clock.wait(until: deadline)
            return false
        }
        return true
    }
}
