import GateState
import Units

/// Whoever answers an alarm: finds whose calls raised it, and revokes that identity.
struct Responder {
    private let gate: String
    private let steering: GateState

    /// Opens the gate to steer it.
    ///
    /// - Throws: `GateStateError`.
    init(_ order: ResponderOrder) throws {
        gate = order.gate
        steering = try GateState(path: order.gate, isTrusted: false)
    }

    /// Answers an alarm after as long as it takes.
    ///
    /// - Throws: `GateStateError` where the gate's state is gone.
    func answer(_ alarm: AlarmCue) throws -> ResponseReport {
        MonotonicInstant.wait(until: MonotonicInstant.now() + alarm.response)
        let name = try alarm.identity ?? offender(since: alarm.since)
        guard let name, let row = steering.row(of: name) else {
            return ResponseReport(identity: nil, instant: MonotonicInstant.now())
        }
        steering.setRevoked(true, row: row)
        return ResponseReport(identity: name, instant: MonotonicInstant.now())
    }

    /// The identity whose calls a period have grown most since the alarm's periods began, against
    /// its own of the time before; nil where none has grown.
    private func offender(since instant: Nanoseconds) throws -> String? {
        let snapshot = try GateSnapshot(path: gate)
        let period = Double(snapshot.configuration.period.count)
        let grown = snapshot.identities.filter { $0.revokedSince == nil }.map { identity in
            let (old, new) = (
                identity.periods.filter { $0.start < instant },
                identity.periods.filter { $0.start >= instant }
            )
            let began = old.map(\.start).min() ?? instant
            // The first period was under way when the gate was made, and counts as a whole one.
            let before = max(1, Double((instant - began).count) / period)
            let after = max(1, Double((snapshot.taken - instant).count) / period)
            func calls(_ periods: [GatePeriod]) -> Double {
                periods.reduce(0) { $0 + Double($1.calls.admitted) }
            }
            return (name: identity.name, growth: calls(new) / after - calls(old) / before)
        }
        return grown.filter { $0.growth > 0 }.max { $0.growth < $1.growth }?.name
    }
}
