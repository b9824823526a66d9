import GateState
import Results
import Units

/// What the processes of a theft told, put together on one time: seconds since the thief's first
/// call.
struct TheftRecord {
    let act: DrillPlan.Act
    let phase: Double
    let identity: String
    let stolen: ThiefReport
    let served: [FrontEndReport]
    let snapshot: GateSnapshot
    /// Instants of the monotonic clock: the first legitimate call, the theft's end, that of all.
    let opening: Nanoseconds
    let over: Nanoseconds
    let close: Nanoseconds
    /// The calendar's clock less the monotonic one.
    let offset: Nanoseconds
    let alarm: Nanoseconds?
    let budget: Nanoseconds?
    let canary: Nanoseconds?
    let responses: [ResponseReport]
    let unanswered: String?
    /// Length of the stretches in which calls were counted.
    let grain: Nanoseconds

    /// The revocation that counts: the thief's, or else that of somebody else.
    private var response: ResponseReport? {
        responses.first { $0.identity == identity } ?? responses.first { $0.identity != nil }
            ?? responses.first
    }

    /// The theft.
    var theft: DrillTheft {
        let end = endOfTheft
        return DrillTheft(
            phase: phase, ending: ending, identity: identity, alarm: alarm.map(seconds),
            revocation: response.flatMap { $0.identity == nil ? nil : seconds($0.instant) },
            revoked: response?.identity,
            lastRecord: stolen.lastRecord.map(seconds) ?? 0, lost: stolen.opened,
            wrong: stolen.wrong, denied: stolen.denied,
            canary: canary.map(detection), budget: budget.map(detection),
            before: service(from: opening, to: first), during: service(from: first, to: end),
            after: service(from: end, to: close), periods: periods, unanswered: sentence)
    }

    /// Of the monotonic clock; where he made no call, when it was over.
    private var first: Nanoseconds { stolen.firstCall ?? over }

    private func detection(at instant: Nanoseconds) -> DrillTheft.Detection {
        DrillTheft.Detection(seconds: seconds(instant), records: lost(before: instant))
    }

    private func seconds(_ instant: Nanoseconds) -> Double { (instant - first).seconds.value }

    private var ending: DrillTheft.Ending {
        switch stolen.end {
        case .revoked: .revoked
        case .everything: .everything
        case .stopped: .watchOver
        case .broken: .broken
        }
    }

    private var endOfTheft: Nanoseconds {
        switch stolen.end {
        case .revoked, .everything: stolen.lastRecord ?? over
        case .stopped, .broken: over
        }
    }

    /// Why nobody answered: the responder was gone, or found nobody to revoke.
    private var sentence: String? {
        guard alarm != nil || budget != nil || canary != nil, response?.identity == nil
        else { return nil }
        return unanswered
            ?? (response == nil
                ? "the responder did not answer before the theft was over"
                : "the responder found no identity whose calls had grown")
    }

    /// Records that he held at an instant.
    private func lost(before instant: Nanoseconds) -> UInt64 {
        stolen.bins.reduce(0) { sum, bin in
            let end = Nanoseconds((bin.index + 1) * grain.count)
            guard end > instant else { return sum + bin.opened }
            let start = Nanoseconds(bin.index * grain.count)
            guard start < instant else { return sum }
            let share = Double((instant - start).count) / Double(grain.count)
            return sum + UInt64(Double(bin.opened) * share)
        }
    }

    /// What became of the legitimate calls that fell due in a stretch.
    private func service(from start: Nanoseconds, to end: Nanoseconds) -> DrillService {
        var service = DrillService(seconds: max(0, (end - start).seconds.value))
        var (responses, longest): (Int64, Int64) = (0, 0)
        for bin in served.flatMap(\.bins) {
            let middle = Nanoseconds(bin.index * grain.count + grain.count / 2)
            guard start <= middle, middle < end else { continue }
            service.opened += bin.opened
            service.denied += bin.denied
            service.errors += bin.errors
            responses += bin.responses
            longest = max(longest, bin.longest)
        }
        let calls = service.opened + service.denied + service.errors
        guard calls > 0 else { return service }
        service.meanResponse = Double(responses) / Double(calls) / 1e9
        service.longestResponse = Double(longest) / 1e9
        return service
    }

    /// The periods of the gate that are whole.
    private var periods: [DrillPeriod] {
        let length = snapshot.configuration.period
        let calls = snapshot.identities.flatMap { identity in
            identity.periods.map {
                (start: $0.start, isThief: identity.name == self.identity, $0.calls.admitted)
            }
        }
        let starts = Set(calls.map(\.start)).sorted()
        return starts.filter { opening + offset <= $0 && $0 + length <= close + offset }.map {
            start in
            let here = calls.filter { $0.start == start }
            let thief = here.filter(\.isThief).reduce(0) { $0 + $1.2 }
            return DrillPeriod(
                start: seconds(start - offset),
                legitimate: here.reduce(0) { $0 + $1.2 } - thief, thief: thief,
                lost: lost(before: start + length - offset))
        }
    }
}
