import Units

/// What the generator saw of itself and of its machine during one round.
package struct Watch: Codable, Equatable, Sendable {
    /// Page faults of the callers that were answered from memory.
    package var minorFaults: Int64 = 0
    /// Page faults of the callers that waited for a disk.
    package var majorFaults: Int64 = 0
    /// How often callers gave the processor up to wait.
    package var voluntarySwitches: Int64 = 0
    /// How often the processor was taken from a caller.
    package var involuntarySwitches: Int64 = 0
    /// CPU time of the callers over the processors' time, in 0...1; nil where the round had none.
    package var cpuShare: Double?
    /// Share of the processors' time that the hypervisor gave to others; nil where unknown.
    package var stealShare: Double?
    /// Share of the round in which some task of the machine waited for a processor; nil where the
    /// kernel does not tell.
    package var pressureShare: Double?
    /// Operations of the caller that was served least.
    package var leastServed: UInt64 = 0
    /// Operations of the caller that was served most.
    package var mostServed: UInt64 = 0
    /// Callers whose warm-up was to end when their service times had settled, and that made too few
    /// calls to tell.
    package var unjudgedCallers = 0
    /// Callers whose warm-up ended before their service times had settled.
    package var unsettledCallers = 0

    package init() {}

    /// The least served over the most served caller, 1 where all are equal; nil without calls.
    package var fairness: Double? {
        mostServed > 0 ? Double(leastServed) / Double(mostServed) : nil
    }
}

/// Calls of an open load by what became of them.
package struct OpenCounts: Codable, Equatable, Sendable {
    /// Calls that fell due.
    package var scheduled: UInt64
    /// Calls that were due and at the end still waited, for a caller or before the throttle.
    package var backlog: UInt64
    /// Time in which callers had a call to make, all callers together.
    package var busy: Seconds
    /// The part of it inside the module or before the throttle: the rest is the generator's own.
    package var held: Seconds

    /// Counts of a round.
    package init(
        scheduled: UInt64, backlog: UInt64, busy: Seconds = .zero, held: Seconds = .zero
    ) {
        self.scheduled = scheduled
        self.backlog = backlog
        self.busy = busy
        self.held = held
    }

    /// The counts of several workers or rounds together; nil for none.
    package init?(_ counts: [OpenCounts]) {
        guard !counts.isEmpty else { return nil }
        self.init(
            scheduled: counts.reduce(0) { $0 + $1.scheduled },
            backlog: counts.reduce(0) { $0 + $1.backlog },
            busy: Seconds(counts.reduce(0) { $0 + $1.busy.value }),
            held: Seconds(counts.reduce(0) { $0 + $1.held.value }))
    }

    /// Calls that were started.
    package var started: UInt64 { scheduled - min(backlog, scheduled) }
}
