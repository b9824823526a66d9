import Units

extension Policy {
    /// The envelope against a thief who may choose when to begin.
    ///
    /// - Parameters:
    ///   - rate: X of the anchor in operations per second: the best phase for a fixed window begins
    ///     as long before an edge as the device needs for one window's worth.
    ///   - identities: client identities that the thief holds.
    ///   - units: what each operation is charged.
    package func envelope(
        servedAt rate: Double, identities: Int = 1, units: UInt64 = 1
    ) -> Envelope {
        let holders = scope == .perClient ? identities : 1
        return limit.envelope(units: units) { fixed, step in
            let window = fixed.window.seconds.value
            return Seconds(rate > 0 ? min(window, step * Double(holders) / rate) : window)
        }
        .shared(byIdentities: holders)
    }

    /// The envelope as a measured cell meets it: its epoch is the release, an edge of the window.
    ///
    /// - Parameters:
    ///   - units: what each operation is charged.
    ///   - identities: clients of the cell.
    package func envelopeFromEpoch(units: UInt64 = 1, identities: Int = 1) -> Envelope {
        limit.envelope(units: units) { fixed, _ in fixed.phase.seconds }
            .shared(byIdentities: scope == .perClient ? identities : 1)
    }

    /// What one state lets through in the long run, in operations a second of one unit each; nil
    /// without a bound.
    package var sustainedRate: Double? {
        // The curve of a tarpit need not be followed for its slope.
        let envelope = limit.envelope(units: 1, instants: 2) { fixed, _ in fixed.phase.seconds }
        let rate = envelope.sustainedRate
        return rate.isFinite ? rate : nil
    }
}

extension Limit {
    /// The envelope of one state.
    ///
    /// - Parameters:
    ///   - units: what each operation is charged; no limit admits a part of one.
    ///   - instants: how many of a tarpit's are followed exactly.
    ///   - phase: when the first edge of a fixed window comes that admits so many operations.
    fileprivate func envelope(
        units: UInt64, instants: Int = 1_024, phase: (FixedWindow, Double) -> Seconds
    ) -> Envelope {
        switch self {
        case .none, .concurrency, .delay: return .unbounded
        case .tokenBucket(let bucket):
            guard units <= bucket.burst.count else { return .closed }
            let each = Double(units)
            return .affine(
                burst: Double(bucket.burst.count) / each, rate: bucket.rate.perSecond / each)
        case .fixedWindow(let fixed):
            let step = fixed.limit.count / units
            return .stairs(of: step, each: fixed.window.seconds, first: phase(fixed, Double(step)))
        case .budget(let budget):
            return Limit.fixedWindow(budget.window).envelope(
                units: units, instants: instants, phase: phase)
        case .slidingWindow(let sliding):
            return .stairs(of: sliding.limit.count / units, each: sliding.window.seconds)
        case .breaker(let breaker): return breaker.envelope(units: units)
        case .tarpit(let tarpit):
            return .tarpit(TarpitCurve(tarpit, units: units, instants: instants))
        case .all(let members):
            return .least(
                of: members.map { $0.envelope(units: units, instants: instants, phase: phase) })
        }
    }
}

extension Breaker {
    /// The envelope of operations of so many units.
    fileprivate func envelope(units: UInt64) -> Envelope {
        let most = threshold.count / units
        // Calls of this size alone never trip it; a thief adds one of another size where that pays.
        guard most * units == threshold.count else {
            return .stairs(of: most, each: min(window, lockout).seconds)
        }
        // Stopping short of a trip gives nothing, or costs more.
        guard most > 1, lockout > window else { return .stairs(of: most, each: lockout.seconds) }
        return .breaker(BreakerCurve(threshold: most, window: window, lockout: lockout))
    }
}

extension Envelope {
    /// The first step at once, each further one a window later; nothing where a step is nothing.
    fileprivate static func stairs(
        of step: UInt64, each window: Seconds, first phase: Seconds? = nil
    ) -> Envelope {
        guard step > 0 else { return .closed }
        return .staircase(step: Double(step), window: window, phase: phase ?? window)
    }
}
