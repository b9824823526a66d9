import Units

/// An upper bound α(t) on the admissions of a throttle in [0, t): left-continuous, α(0) = 0.
///
/// Network calculus's arrival curve (Le Boudec and Thiran, 2001). All times are seconds of a model,
/// all counts operations.
package enum Envelope: Hashable, Sendable {
    /// No bound.
    case unbounded
    /// burst + rate · t for t > 0, rate in operations per second.
    case affine(burst: Double, rate: Double)
    /// step · (1 + ⌈(t − phase)⁺ / window⌉) for t > 0.
    case staircase(step: Double, window: Seconds, phase: Seconds)

    /// α(t).
    package func admissions(within time: Seconds) -> Double {
        guard time.value > 0 else { return 0 }
        switch self {
        case .unbounded: return .infinity
        case .affine(let burst, let rate): return burst + rate * time.value
        case .staircase(let step, let window, let phase):
            let edges = (max(0, time.value - phase.value) / window.value).rounded(.up)
            return step * (1 + edges)
        }
    }

    /// The same for `count` identities that each have a state of their own.
    package func shared(byIdentities count: Int) -> Envelope {
        let factor = Double(count)
        return switch self {
        case .unbounded: .unbounded
        case .affine(let burst, let rate): .affine(burst: factor * burst, rate: factor * rate)
        case .staircase(let step, let window, let phase):
            .staircase(step: factor * step, window: window, phase: phase)
        }
    }

    /// E(t) = inf over 0 ≤ u ≤ t of [α(u) + X (t − u)]: what a server of rate X behind the throttle
    /// can have done by t (a fluid bound).
    ///
    /// - Parameter rate: X in operations per second.
    package func operations(within time: Seconds, servedAt rate: Double) -> Double {
        guard time.value > 0 else { return 0 }
        let unthrottled = rate * time.value
        switch self {
        case .unbounded: return unthrottled
        case .affine: return min(unthrottled, admissions(within: time))
        case .staircase(let step, let window, let phase):
            // The infimum lies at the right end of a step, at u = 0 or at u = t.
            let last = ((time.value - phase.value) / window.value).rounded(.up) - 1
            var least = min(unthrottled, admissions(within: time))
            guard last >= 0 else { return least }
            for index in [0, last] {
                let end = phase.value + index * window.value
                least = min(least, step * (1 + index) + rate * (time.value - end))
            }
            return least
        }
    }

    /// The least t with E(t) ≥ operations, in closed form: the cost does not grow with the count.
    ///
    /// E(t) ≥ n exactly where t ≥ u + (n − α(u)) / X for every u with α(u) < n, so the answer is
    /// the largest of these. On a step the right end binds; over the steps the expression is
    /// linear, so the first or the last step binds.
    package func time(for operations: Double, servedAt rate: Double) -> Seconds {
        guard operations > 0 else { return .zero }
        guard rate > 0 else { return .never }
        let unthrottled = operations / rate
        switch self {
        case .unbounded: return Seconds(unthrottled)
        case .affine(let burst, let refill):
            guard operations > burst else { return Seconds(unthrottled) }
            guard refill > 0 else { return .never }
            return Seconds(max(unthrottled, (operations - burst) / refill))
        case .staircase(let step, let window, let phase):
            guard operations > step else { return Seconds(unthrottled) }
            // The last step whose count still falls short of the operations.
            let last = (operations / step).rounded(.up) - 2
            let ends = [0, last].map { index in
                phase.value + index * window.value + (operations - step * (1 + index)) / rate
            }
            return Seconds(ends.reduce(unthrottled, max))
        }
    }
}

extension Policy {
    /// The envelope against a thief who may choose when to begin.
    ///
    /// - Parameters:
    ///   - rate: X of the anchor in operations per second: the best phase for a fixed window begins
    ///     as long before an edge as the device needs for one window's worth.
    ///   - identities: client identities that the thief holds.
    package func envelope(servedAt rate: Double, identities: Int = 1) -> Envelope {
        let own: Envelope
        let holders = scope == .perClient ? identities : 1
        switch limit {
        case .none: own = .unbounded
        case .tokenBucket(let bucket):
            own = .affine(burst: Double(bucket.burst.count), rate: bucket.rate.perSecond)
        case .fixedWindow(let fixed):
            let step = Double(fixed.limit.count)
            let window = fixed.window.seconds.value
            let best = rate > 0 ? min(window, step * Double(holders) / rate) : window
            own = .staircase(step: step, window: Seconds(window), phase: Seconds(best))
        }
        return own.shared(byIdentities: holders)
    }

    /// The envelope as a measured cell meets it: its epoch is the release, an edge of the window.
    package var envelopeFromEpoch: Envelope {
        guard case .fixedWindow(let fixed) = limit else { return envelope(servedAt: 0) }
        return .staircase(
            step: Double(fixed.limit.count), window: fixed.window.seconds,
            phase: fixed.phase.seconds)
    }
}
