import Units

/// An upper bound α(t) on the admissions of a throttle in [0, t): left-continuous, α(0) = 0.
///
/// Network calculus's arrival curve (Le Boudec and Thiran, 2001). All times are seconds of a model,
/// all counts operations.
package indirect enum Envelope: Hashable, Sendable {
    /// No bound.
    case unbounded
    /// burst + rate · t for t > 0, rate in operations per second.
    case affine(burst: Double, rate: Double)
    /// step · (1 + ⌈(t − phase)⁺ / window⌉) for t > 0.
    case staircase(step: Double, window: Seconds, phase: Seconds)
    /// A breaker that stays shut for longer than it counts.
    case breaker(BreakerCurve)
    /// A tarpit.
    case tarpit(TarpitCurve)
    /// So many times one envelope.
    case several(Int, of: Envelope)
    /// The least of several at every instant.
    case all([Envelope])

    /// Nothing is ever admitted.
    package static let closed = Envelope.affine(burst: 0, rate: 0)

    /// The least of envelopes, in its simplest form.
    package static func least(of envelopes: [Envelope]) -> Envelope {
        let bounds = envelopes.filter { $0 != .unbounded }
        return bounds.count > 1 ? .all(bounds) : bounds.first ?? .unbounded
    }

    /// α(t).
    package func admissions(within time: Seconds) -> Double {
        guard time.value > 0 else { return 0 }
        switch self {
        case .unbounded: return .infinity
        case .affine(let burst, let rate): return burst + rate * time.value
        case .staircase(let step, let window, let phase):
            let edges = (max(0, time.value - phase.value) / window.value).rounded(.up)
            return step * (1 + edges)
        case .breaker(let curve): return curve.admissions(within: time)
        case .tarpit(let curve): return curve.admissions(within: time)
        case .several(let count, let one): return Double(count) * one.admissions(within: time)
        case .all(let members):
            return members.reduce(.infinity) { min($0, $1.admissions(within: time)) }
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
        case .breaker, .tarpit: count == 1 ? self : .several(count, of: self)
        case .several(let before, let one): .several(before * count, of: one)
        case .all(let members): .all(members.map { $0.shared(byIdentities: count) })
        }
    }

    /// The same for a thief who asks no faster than a rate, and begins where that is best for him:
    /// as long before the edge of a fixed window as he needs for all that one window admits.
    package func begun(at rate: Double) -> Envelope {
        switch self {
        case .unbounded, .affine, .breaker, .tarpit: self
        case .staircase(let step, let window, let phase):
            // A window that slides has its first edge a whole window later, wherever it begins.
            phase < window && rate > 0
                ? .staircase(
                    step: step, window: window, phase: min(window, Seconds(step / rate)))
                : self
        case .several(let count, let one): .several(count, of: one.begun(at: rate / Double(count)))
        case .all(let members): .all(members.map { $0.begun(at: rate) })
        }
    }

    /// Whether α(t) may be more than any caller can reach: members of `all` stand in each other's
    /// way, and a tarpit is followed exactly only for its first thousand instants.
    package var isUpperBoundOnly: Bool {
        switch self {
        case .unbounded, .affine, .staircase, .breaker: false
        case .tarpit, .all: true
        case .several(_, let one): one.isUpperBoundOnly
        }
    }

    /// What α(t) / t comes to in the long run, in operations a second.
    package var sustainedRate: Double {
        switch self {
        case .unbounded: .infinity
        case .affine(_, let rate): rate
        case .staircase(let step, let window, _): step / window.value
        case .breaker(let curve): curve.sustainedRate
        case .tarpit(let curve): curve.sustainedRate
        case .several(let count, let one): Double(count) * one.sustainedRate
        case .all(let members): members.reduce(.infinity) { min($0, $1.sustainedRate) }
        }
    }
}

/// Where an envelope rises: m operations, and the last instant until which it admits no more.
struct Corner: Hashable, Sendable {
    /// m.
    let admitted: Double
    /// The instant in seconds: α is at most m up to here, itself included, and above m after it.
    let instant: Double
}

extension Envelope {
    /// E(t) = inf over 0 ≤ u ≤ t of [α(u) + X (t − u)]: what a server of rate X behind the throttle
    /// can have done by t (a fluid bound).
    ///
    /// - Parameter rate: X in operations per second.
    package func operations(within time: Seconds, servedAt rate: Double) -> Double {
        guard time.value > 0 else { return 0 }
        switch self {
        case .unbounded: return rate * time.value
        case .several(let count, let one):
            let factor = Double(count)
            return factor * one.operations(within: time, servedAt: rate / factor)
        case .all(let members):
            return members.reduce(rate * time.value) {
                min($0, $1.operations(within: time, servedAt: rate))
            }
        case .affine, .staircase, .breaker, .tarpit:
            // The infimum lies where α is about to rise, at u = 0 or at u = t.
            let most = admissions(within: time)
            return corners(below: most).reduce(min(rate * time.value, most)) { least, corner in
                guard corner.instant < time.value else { return least }
                return min(least, corner.admitted + rate * (time.value - corner.instant))
            }
        }
    }

    /// The least t with E(t) ≥ operations: the cost does not grow with the count.
    ///
    /// E(t) ≥ n exactly where t ≥ u + (n − α(u)) / X for every u with α(u) < n, so the answer is
    /// the largest of these, and it lies where α is about to rise.
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
        case .several(let count, let one):
            let factor = Double(count)
            return one.time(for: operations / factor, servedAt: rate / factor)
        case .all(let members):
            return members.reduce(Seconds(unthrottled)) {
                max($0, $1.time(for: operations, servedAt: rate))
            }
        case .staircase, .breaker, .tarpit:
            let times = corners(below: operations).map { corner in
                corner.instant + (operations - corner.admitted) / rate
            }
            return Seconds(times.reduce(unthrottled, max))
        }
    }

    /// The corners with m < `operations` among which, whatever the server's rate X, the largest
    /// instant − m / X lies. An affine envelope has none but its two ends.
    private func corners(below operations: Double) -> [Corner] {
        switch self {
        case .unbounded, .affine, .several, .all: return []
        case .breaker(let curve): return curve.corners(below: operations)
        case .tarpit(let curve): return curve.corners(below: operations)
        case .staircase(let step, let window, let phase):
            // Over the steps the expression is linear, so the first or the last one binds.
            let last = (operations / step).rounded(.up) - 2
            guard last >= 0 else { return [] }
            return [0, last].map { index in
                Corner(
                    admitted: step * (1 + index), instant: phase.value + index * window.value)
            }
        }
    }
}
