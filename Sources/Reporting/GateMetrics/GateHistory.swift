import GateState
import Units

/// The periods of a gate by their numbers since the Unix epoch: which are over, and what was
/// counted in each.
struct GateHistory {
    /// What is counted.
    let snapshot: GateSnapshot
    private let counted: [[Int64: GatePeriod]]

    /// A period is final so long after its end: a call that read the clock just before may have
    /// been counted just after.
    static let settling = Nanoseconds.seconds(1)

    init(_ snapshot: GateSnapshot) {
        self.snapshot = snapshot
        let length = snapshot.configuration.period.count
        counted = snapshot.identities.map { identity in
            Dictionary(identity.periods.map { ($0.start.count / length, $0) }) { $1 }
        }
    }

    private var length: Int64 { snapshot.configuration.period.count }

    /// The period that is running.
    var current: Int64 { snapshot.taken.count / length }

    /// The first one that the gate still knows of: as old as the gate, or the oldest that is kept.
    var first: Int64 {
        let oldest = current - Int64(snapshot.configuration.history) + 1
        let counted = counted.compactMap { $0.keys.min() }.min() ?? .max
        // A calendar that was set back leaves counts from before the gate was made.
        return max(oldest, min(snapshot.created.count / length, counted, current))
    }

    /// All that the gate knows of, the running one included.
    var known: ClosedRange<Int64> { first...current }

    /// Those that are over and final.
    var over: Range<Int64> {
        let end = (snapshot.taken - Self.settling).count / length
        return first..<max(first, end)
    }

    /// When a period began, since the Unix epoch.
    func start(of number: Int64) -> Nanoseconds { Nanoseconds(number * length) }

    /// What was counted of each identity in a period; nil of those that did not call.
    func counts(in number: Int64) -> [GatePeriod?] { counted.map { $0[number] } }

    /// What was counted of all identities together.
    func total(in number: Int64) -> GatePeriod {
        let none = GatePeriod(start: start(of: number), calls: GateCalls(), units: 0)
        return counts(in: number).reduce(into: none) { sum, period in
            guard let period else { return }
            for outcome in GateOutcome.allCases { sum.calls[outcome] += period.calls[outcome] }
            sum.units += period.units
        }
    }
}
