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
                cells[index].compareWithEnvelope { _ in nil }
                continue
            }
            cells[index].compareWithEnvelope(with: cell.mixed == nil ? nil : other ?? []) {
                bound.operations(within: $0)
            }
        }
    }
}

/// The most that a throttled cell can have admitted: E(T) of its policy, from the epoch on, and of
/// what the anchor serves.
struct EnvelopeBound: Sendable {
    /// Parts whose admissions add up: one, or where each client has a state of its own the
    /// attackers' and the users'.
    private let parts: [Part]
    /// What the anchor serves of all parts together, in operations a second.
    private let rate: Double

    private struct Part: Sendable {
        let envelope: Envelope
        /// Operations a second.
        let rate: Double
    }

    /// The bound on a cell; nil where the unthrottled cell that it needs was not measured.
    init?(for cell: Cell, in run: Run) {
        if let mixed = cell.mixed {
            guard let bound = Self.mixed(cell, mixed, run) else { return nil }
            self = bound
        } else {
            guard let rate = Self.rate(of: cell, run) else { return nil }
            self.init([Part(envelope: cell.envelope(identities: 1), rate: rate)], rate)
        }
    }

    private init(_ parts: [Part], _ rate: Double) { (self.parts, self.rate) = (parts, rate) }

    /// E(T) in operations.
    func operations(within time: Seconds) -> Double {
        let sum = parts.reduce(0) {
            $0 + $1.envelope.operations(within: time, servedAt: $1.rate)
        }
        return min(sum, rate * time.value)
    }

    /// What the anchor serves of a load of one class: the same load unthrottled, less what slots
    /// and a delay keep from it.
    private static func rate(of cell: Cell, _ run: Run) -> Double? {
        let limit = cell.throttle.limit
        let measured = run.unthrottledRate { other in
            other.isUnthrottled(like: cell) && other.loadName == cell.loadName
        }
        guard cell.callerClass == .attacker else { return measured }
        let callers = min(cell.callers, limit.slots ?? cell.callers)
        guard callers < cell.callers || limit.delay > .zero else { return measured }
        return UnthrottledRates(run, like: cell).rate(of: callers, waiting: limit.delay)
    }

    /// What an anchor serves of two classes: what it served of both unthrottled, and of the
    /// attackers no more than slots and a delay leave them.
    private static func mixed(_ cell: Cell, _ load: MixedLoad, _ run: Run) -> EnvelopeBound? {
        func unthrottled(_ callerClass: CallerClass) -> Double? {
            run.unthrottledRate { other in
                other.isUnthrottled(like: cell) && other.loadName == cell.loadName
                    && other.callerClass == callerClass
            }
        }
        guard let users = unthrottled(.legitimate), let all = unthrottled(.attacker),
            let attackers = attackers(all, cell, load, run)
        else { return nil }
        guard cell.throttle.scope == .perClient else {
            let part = Part(
                envelope: cell.envelope(identities: load.identities), rate: users + attackers)
            return EnvelopeBound([part], users + attackers)
        }
        return EnvelopeBound(
            [
                Part(envelope: cell.envelope(identities: load.clients), rate: users),
                Part(envelope: cell.envelope(identities: 1), rate: attackers),
            ], users + attackers)
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
    /// Operations a second of the first unthrottled cell that fits; nil where it gave none.
    fileprivate func unthrottledRate(_ fits: (Cell) -> Bool) -> Double? {
        cells.first { fits($0.cell) }?.throughput?.estimate
    }
}
