import Exposure
import Foundation
import GateState
import Results
import Units

/// Watches a gate's counts during one theft: the scenario's alarm on the calls of each period, the
/// bound on the calls of one identity, and the canaries that the gate saw.
struct Watchman {
    /// What he saw.
    struct Sighting: Equatable {
        /// The identity that is known; nil where counts of all raised the alarm.
        var identity: String?
        /// When the first of the periods began that count, since the Unix epoch.
        var since: Nanoseconds
        /// Calls of the last of them, or of the identity in all, or the canaries that it opened;
        /// and what they were held against.
        var count: UInt64
        var threshold: UInt64
    }

    private let gate: String
    private let period: Nanoseconds
    /// From the end of a period until its count is judged.
    private let delay: Nanoseconds
    private var machine: AlarmMachine?
    private let budget: RecordCount?
    /// The next period that is to be judged, by its number since the Unix epoch.
    private var next: Int64
    /// Identities that have been told to have spent their budget.
    private var spenders: Set<String> = []
    /// Identities that have been told to have opened a canary.
    private var openers: Set<String> = []

    /// A watch from an instant of the calendar on.
    ///
    /// - Parameter delay: from the end of a period until its count is judged.
    init(
        gate: String, period: Nanoseconds, rule: AlarmRule?, budget: RecordCount?,
        delay: Nanoseconds, from start: Nanoseconds
    ) {
        self.gate = gate
        self.period = period
        self.delay = delay
        self.budget = budget
        machine = rule.map { AlarmMachine.settled($0) }
        // The period that has begun already lacks calls.
        next = start.count / period.count + 1
    }

    /// The counts at the gate now.
    ///
    /// - Throws: `DrillError.part` where its state is gone.
    func look() throws(DrillError) -> GateSnapshot {
        do throws(GateStateError) {
            return try GateSnapshot(path: gate)
        } catch {
            throw DrillError.part("the gate's state vanished during a theft: \(error)")
        }
    }

    /// Judges whatever periods are due.
    ///
    /// - Returns: what raises the alarm, who has spent a budget and who has opened a canary, each
    ///   told once.
    mutating func judge(
        _ snapshot: GateSnapshot, at calendar: Nanoseconds
    ) -> (alarm: Sighting?, budgets: [Sighting], canaries: [Sighting]) {
        var alarm: Sighting?
        while calendar >= Nanoseconds((next + 1) * period.count) + delay {
            let start = Nanoseconds(next * period.count)
            let count = snapshot.identities.reduce(0) { sum, identity in
                sum + (identity.periods.first { $0.start == start }?.calls.admitted ?? 0)
            }
            next += 1
            guard machine?.receive(Double(count)) == .alarm, let rule = machine?.rule,
                alarm == nil
            else { continue }
            let first = start - Nanoseconds(period.count * Int64(rule.datapointsToAlarm - 1))
            alarm = Sighting(since: first, count: count, threshold: rule.threshold.count)
        }
        return (alarm, spentBudgets(snapshot), openedCanaries(snapshot))
    }

    private mutating func openedCanaries(_ snapshot: GateSnapshot) -> [Sighting] {
        let found = snapshot.identities.filter { $0.canaries > 0 && !openers.contains($0.name) }
        openers.formUnion(found.map(\.name))
        return found.map {
            Sighting(
                identity: $0.name, since: snapshot.taken, count: $0.canaries, threshold: 0)
        }
    }

    private mutating func spentBudgets(_ snapshot: GateSnapshot) -> [Sighting] {
        guard let budget else { return [] }
        let found = snapshot.identities.filter {
            $0.total.admitted > budget.count && !spenders.contains($0.name)
        }
        spenders.formUnion(found.map(\.name))
        return found.map {
            Sighting(
                identity: $0.name, since: snapshot.taken, count: $0.total.admitted,
                threshold: budget.count)
        }
    }
}
