import Units

/// What a gate was made for and what came to pass at it, at one time.
package struct GateSnapshot: Hashable, Sendable {
    /// The path of its state.
    package var path: String
    /// What it was made to do.
    package var configuration: GateConfiguration
    /// When this was read, since the Unix epoch.
    package var taken: Nanoseconds
    /// When the gate was made, since the Unix epoch.
    package var created: Nanoseconds
    /// Since when nobody at all is let in, since the Unix epoch; nil where it stands open.
    package var closedSince: Nanoseconds?
    /// Every identity that came or was named, in that order.
    package var identities: [GateIdentity]

    /// A snapshot from its parts.
    package init(
        path: String, configuration: GateConfiguration, taken: Nanoseconds, created: Nanoseconds,
        closedSince: Nanoseconds? = nil, identities: [GateIdentity]
    ) {
        self.path = path
        self.configuration = configuration
        self.taken = taken
        self.created = created
        self.closedSince = closedSince
        self.identities = identities
    }
}

/// What one client identity did at a gate.
package struct GateIdentity: Hashable, Sendable {
    /// What it calls itself.
    package var name: String
    /// Since when it is refused, since the Unix epoch; nil where it is not.
    package var revokedSince: Nanoseconds?
    /// When its last charged call came, since the Unix epoch; nil where none has come.
    package var lastCall: Nanoseconds?
    /// Its calls, all since the gate was made; functions that it never called are left out.
    package var calls: [GateFunction: GateCalls]
    /// Units that it was charged: calls, or started pieces of ciphertext.
    package var units: UInt64
    /// Calls that were made to wait.
    package var waits: UInt64
    /// How long they waited in all.
    package var waited: Nanoseconds
    /// Counts of the last periods in which it called, the oldest first.
    package var periods: [GatePeriod]

    /// An identity from its parts.
    package init(
        name: String, revokedSince: Nanoseconds? = nil, lastCall: Nanoseconds? = nil,
        calls: [GateFunction: GateCalls] = [:], units: UInt64 = 0, waits: UInt64 = 0,
        waited: Nanoseconds = .zero, periods: [GatePeriod] = []
    ) {
        self.name = name
        self.revokedSince = revokedSince
        self.lastCall = lastCall
        self.calls = calls
        self.units = units
        self.waits = waits
        self.waited = waited
        self.periods = periods
    }

    /// All its calls by what became of them.
    package var total: GateCalls {
        calls.values.reduce(into: GateCalls()) { sum, calls in
            for outcome in GateOutcome.allCases { sum[outcome] += calls[outcome] }
        }
    }
}

/// What was counted of an identity in one period of the calendar's clock.
package struct GatePeriod: Hashable, Sendable {
    /// When it began, since the Unix epoch.
    package var start: Nanoseconds
    /// Its calls by what became of them.
    package var calls: GateCalls
    /// Units that were charged.
    package var units: UInt64

    /// A period from its parts.
    package init(start: Nanoseconds, calls: GateCalls, units: UInt64) {
        self.start = start
        self.calls = calls
        self.units = units
    }
}
