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
    /// How many canaries are looked for.
    package var canaries: UInt64
    /// Every identity that came or was named, in that order.
    package var identities: [GateIdentity]

    /// A snapshot from its parts.
    package init(
        path: String, configuration: GateConfiguration, taken: Nanoseconds, created: Nanoseconds,
        closedSince: Nanoseconds? = nil, canaries: UInt64 = 0, identities: [GateIdentity]
    ) {
        self.path = path
        self.configuration = configuration
        self.taken = taken
        self.created = created
        self.closedSince = closedSince
        self.canaries = canaries
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
    /// Canaries that its admitted calls handed over to be opened.
    package var canaries: UInt64
    /// When the last of them was, since the Unix epoch; nil where none was.
    package var lastCanary: Nanoseconds?
    /// Counts of the last periods in which it called, the oldest first.
    package var periods: [GatePeriod]

    /// An identity from its parts.
    package init(
        name: String, revokedSince: Nanoseconds? = nil, lastCall: Nanoseconds? = nil,
        calls: [GateFunction: GateCalls] = [:], units: UInt64 = 0, waits: UInt64 = 0,
        waited: Nanoseconds = .zero, canaries: UInt64 = 0, lastCanary: Nanoseconds? = nil,
        periods: [GatePeriod] = []
    ) {
        self.name = name
        self.revokedSince = revokedSince
        self.lastCall = lastCall
        self.calls = calls
        self.units = units
        self.waits = waits
        self.waited = waited
        self.canaries = canaries
        self.lastCanary = lastCanary
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

extension GateSnapshot {
    /// Reads what came to pass at a gate; to read the file is all that it takes.
    package init(path: String) throws(GateStateError) {
        let file = try GateFile(path: path, for: .reading)
        let (memory, layout) = (file.memory, file.layout)
        let now = GateClock.exactCalendar()
        let start = Int64(clamping: memory[GateLayout.Header.calendarOfStart])
        let rows = (0..<layout.capacity)
            .prefix { memory[layout.row($0) + GateLayout.Row.taken] != 0 }
        let closed = memory[GateLayout.Header.closed]
        let identities = rows.map { row in
            GateIdentity(
                memory, layout, row: row, period: file.configuration.period, now: now, start: start)
        }
        var configuration = file.configuration
        if configuration.isClosed { configuration.identities = identities.map(\.name) }
        self.init(
            path: path, configuration: configuration, taken: Nanoseconds(now),
            created: Nanoseconds(Int64(clamping: memory[GateLayout.Header.created])),
            closedSince: closed == 0 ? nil : Nanoseconds(Int64(clamping: closed)),
            canaries: memory[GateLayout.Header.canaries], identities: identities)
    }
}

extension GateIdentity {
    fileprivate init(
        _ memory: GateMemory, _ layout: GateLayout, row: Int, period: Nanoseconds, now: Int64,
        start: Int64
    ) {
        let place = layout.row(row)
        let name = memory.bytes(at: place + GateLayout.Row.name, room: 64)
        let (revoked, last) = (
            memory[place + GateLayout.Row.revoked], memory[place + GateLayout.Row.lastCall]
        )
        let met = memory[place + GateLayout.Row.lastCanary]
        var calls: [GateFunction: GateCalls] = [:]
        for function in GateFunction.allCases {
            var counts = GateCalls()
            for outcome in GateOutcome.allCases {
                let word = GateLayout.Row.calls + 3 * function.rawValue + outcome.rawValue
                counts[outcome] = memory[place + word]
            }
            if counts.total > 0 { calls[function] = counts }
        }
        self.init(
            name: String(decoding: name, as: UTF8.self),
            revokedSince: revoked == 0 ? nil : Nanoseconds(Int64(clamping: revoked)),
            lastCall: last == 0 ? nil : Nanoseconds(start &+ Int64(clamping: last)), calls: calls,
            units: calls.values.reduce(memory[place + GateLayout.Row.further]) {
                $0 &+ $1.admitted
            },
            waits: memory[place + GateLayout.Row.waits],
            waited: Nanoseconds(Int64(clamping: memory[place + GateLayout.Row.waited])),
            canaries: memory[place + GateLayout.Row.canaries],
            lastCanary: met == 0 ? nil : Nanoseconds(start &+ Int64(clamping: met)),
            periods: Self.periods(memory, layout, row: row, period, now: now))
    }

    private static func periods(
        _ memory: GateMemory, _ layout: GateLayout, row: Int, _ period: Nanoseconds, now: Int64
    ) -> [GatePeriod] {
        let current = UInt64(now / period.count)
        var found: Set<UInt64> = []
        for ring in GateLayout.Ring.allCases {
            for slot in 0..<UInt64(layout.ringLength) {
                let word = memory[layout.ring(ring, of: row, at: slot)]
                guard let number = PeriodCount.period(of: word, notAfter: current) else { continue }
                if number % UInt64(layout.ringLength) == slot,
                    current - number < UInt64(layout.history)
                {
                    found.insert(number)
                }
            }
        }
        return found.sorted().map { number in
            func count(_ ring: GateLayout.Ring) -> UInt64 {
                let word = memory[layout.ring(ring, of: row, at: number)]
                return PeriodCount.count(of: word, in: number) ?? 0
            }
            return GatePeriod(
                start: Nanoseconds(Int64(number) * period.count),
                calls: GateCalls(
                    admitted: count(.admitted), throttled: count(.throttled),
                    revoked: count(.revoked)),
                units: count(.admitted) + count(.further))
        }
    }
}
