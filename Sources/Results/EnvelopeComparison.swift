import Throttling
import Units

extension Run {
    /// Fills in, for each throttled round, the calls that were admitted over E(T) of the round's
    /// own length, with S from what was measured unthrottled on the same anchor.
    package mutating func compareThrottlesWithEnvelopes() {
        for index in cells.indices where cells[index].cell.throttle != .none {
            let cell = cells[index].cell
            let other = cell.otherClass.flatMap { other in
                cells.first { $0.cell.classedKey == other.classedKey }?.rounds
            }
            guard let bound = EnvelopeBound(for: cell, in: self) else {
                cells[index].compareWithEnvelope { _, _ in nil }
                continue
            }
            cells[index].compareWithEnvelope(with: cell.mixed == nil ? nil : other ?? []) {
                bound.operations(within: $0, scheduled: $1)
            }
        }
    }
}

/// The most that a throttled cell can have admitted: E(T) of its policy, from the epoch on, and of
/// what the anchor serves.
struct EnvelopeBound: Sendable {
    /// Envelopes whose admissions add up: one, or where each client has a state of its own the
    /// users' and the attackers'.
    private let parts: [Part]
    /// Calls a second that the anchor served of those that fell due.
    private let users: Double
    /// The part of those that it served; what it cannot serve is no throttle's doing.
    private let servedShare: Double
    /// Calls a second that it serves of those that follow one another at once.
    private let attackers: Double

    private struct Part: Sendable {
        let envelope: Envelope
        let classes: [CallerClass]
    }

    /// The bound on a cell; nil where the unthrottled cell that it needs was not measured.
    init?(for cell: Cell, in run: Run) {
        let rates = cell.mixed.map { Self.rates(of: cell, $0, run) } ?? Self.rates(of: cell, run)
        guard let rates else { return nil }
        (users, attackers) = rates
        servedShare = run.unthrottled(like: cell, .legitimate)?.startedShare ?? 1
        guard let mixed = cell.mixed, cell.throttle.scope == .perClient else {
            let envelope = cell.envelope(identities: cell.mixed?.identities ?? 1)
            parts = [Part(envelope: envelope, classes: CallerClass.allCases)]
            return
        }
        parts = [
            Part(envelope: cell.envelope(identities: mixed.clients), classes: [.legitimate]),
            Part(envelope: cell.envelope(identities: 1), classes: [.attacker]),
        ]
    }

    /// E(T) in operations.
    ///
    /// - Parameter scheduled: calls that fell due in this time, which chance may make more or fewer
    ///   than in the unthrottled cell; nil in a closed load.
    func operations(within time: Seconds, scheduled: UInt64?) -> Double {
        guard time > .zero else { return 0 }
        let due = scheduled.map { servedShare * Double($0) / time.value } ?? users
        return parts.reduce(0) { sum, part in
            let rate = part.classes.reduce(0) { $0 + ($1 == .legitimate ? due : attackers) }
            return sum + part.envelope.operations(within: time, servedAt: rate)
        }
    }

    /// What the anchor serves of a load of one class: the same load unthrottled, less what slots
    /// and a delay keep from it.
    private static func rates(
        of cell: Cell, _ run: Run
    ) -> (users: Double, attackers: Double)? {
        let limit = cell.throttle.limit
        let measured = run.unthrottled(like: cell, cell.callerClass)?.throughput?.estimate
        guard cell.callerClass == .attacker else { return measured.map { ($0, 0) } }
        let callers = min(cell.callers, limit.slots ?? cell.callers)
        guard callers < cell.callers || limit.delay > .zero else { return measured.map { (0, $0) } }
        let rates = UnthrottledRates(run, like: cell)
        return rates.rate(of: callers, waiting: limit.delay).map { (0, $0) }
    }

    /// What an anchor serves of two classes: of the users what it served unthrottled, and of the
    /// attackers no more than slots and a delay leave them.
    private static func rates(
        of cell: Cell, _ load: MixedLoad, _ run: Run
    ) -> (users: Double, attackers: Double)? {
        let users = run.unthrottled(like: cell, .legitimate)?.throughput?.estimate
        let all = run.unthrottled(like: cell, .attacker)?.throughput?.estimate
        guard let users, let all, let attackers = attackers(all, cell, load, run)
        else { return nil }
        return (users, attackers)
    }

    /// - Parameter measured: what the attackers did unthrottled beside the same users.
    private static func attackers(
        _ measured: Double, _ cell: Cell, _ load: MixedLoad, _ run: Run
    ) -> Double? {
        let limit = cell.throttle.limit
        let callers = min(load.attackers, limit.slots ?? load.attackers)
        guard callers < load.attackers || limit.delay > .zero else { return measured }
        // Behind a delay alone the load itself is a point of the curve.
        let own = UnthrottledRates([.init(callers: Double(load.attackers), rate: measured)])
        let rates = UnthrottledRates(run, like: cell)
        return rates.rate(of: callers, waiting: limit.delay)
            ?? (callers == load.attackers ? own.rate(of: callers, waiting: limit.delay) : nil)
    }
}

extension Cell {
    fileprivate func envelope(identities: Int) -> Envelope {
        throttle.envelopeFromEpoch(units: units, identities: identities)
    }
}

extension Run {
    /// A class of the same load on the same anchor without a throttle; nil where it was not
    /// measured.
    fileprivate func unthrottled(like cell: Cell, _ callerClass: CallerClass) -> CellResult? {
        cells.first { other in
            other.cell.isUnthrottled(like: cell) && other.cell.loadName == cell.loadName
                && other.cell.callerClass == callerClass
        }
    }
}

extension CellResult {
    /// Operations over the calls that fell due, 0...1; nil in a closed load, or where none fell
    /// due.
    fileprivate var startedShare: Double? {
        guard let open, open.scheduled > 0 else { return nil }
        return min(1, Double(operations) / Double(open.scheduled))
    }
}
