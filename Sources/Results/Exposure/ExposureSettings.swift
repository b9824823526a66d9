import Units

/// What is projected from a measurement.
package struct ExposureSettings: Codable, Equatable, Sendable {
    /// Sizes of data sets.
    package var datasets: [RecordCount]
    /// Times from the first stolen record to the thief's last call.
    package var windows: [Nanoseconds]
    /// Attackers by name.
    package var attackers: [String]
    /// Numbers of client identities that the attacker holds.
    package var identities: [Int]
    /// Concurrent calls that the attacker can hold open.
    package var callers: Int
    /// k: records that one anchored operation opens; nil where it is the one that an audit of
    /// batching found, and 1 without an audit.
    package var recordsPerOperation: UInt64?
    /// What legitimate callers ask for; nil where nobody says, and then no alarm can be judged.
    package var demand: DemandSettings?
    /// The alarm on the count of operations; nil for none.
    package var alarm: AlarmSettings?
    /// What lies between an alarm and the thief's last call; nil for none of it.
    package var delays: DelaySettings?
    /// How long a thief goes on whom no alarm stops; nil for the longest of the windows.
    package var horizon: Nanoseconds?
    /// How sure a thief wants to be that no period of the horizon breaches; nil for 95 %.
    package var confidence: Probability?
    /// What a thief who picks finds in the best records; nil where all are worth the same.
    package var value: ValueCurve?
    /// Detectors beside the alarm; nil for none.
    package var detectors: DetectorSettings?
    /// Thefts that are drawn of each kind; nil for ten thousand.
    package var draws: Int?
    /// What records, attackers, devices and alarms cost; nil where nothing is said of money.
    package var cost: CostSettings?
    /// What a throttle and an alarm shall achieve; nil where none is to be chosen.
    package var targets: TargetSettings?

    /// The settings of a projection.
    package init(
        datasets: [RecordCount], windows: [Nanoseconds], attackers: [String], identities: [Int],
        callers: Int, recordsPerOperation: UInt64?
    ) {
        self.datasets = datasets
        self.windows = windows
        self.attackers = attackers
        self.identities = identities
        self.callers = callers
        self.recordsPerOperation = recordsPerOperation
    }

    /// H: how long a thief goes on whom no alarm stops.
    package var longestTheft: Nanoseconds { horizon ?? windows.max() ?? .seconds(86_400 * 241) }
}
