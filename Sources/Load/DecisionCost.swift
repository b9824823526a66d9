import Glibc
import Throttling
import Units

/// What a throttle itself costs: the time of a decision that nobody contends for.
///
/// Decisions are timed by the thousand on a state of their own, at instants so far apart that a
/// polite caller would be admitted at each; the least of several batches is what the machine did
/// undisturbed.
package enum DecisionCost {
    /// Batches, of which the least counts.
    private static let batches = 7
    /// Decisions a batch, where so many fit into the throttle's clock.
    private static let decisionsMax: Int64 = 5_000
    /// The time by the throttle's clock that all batches may take.
    private static let horizon = Int64.max / 2

    /// Nanoseconds a decision of a policy takes, the way through its slots included; nil for a
    /// policy that decides nothing.
    ///
    /// - Parameters:
    ///   - units: what each request asks for.
    ///   - path: where the state may be made, and is removed again.
    /// - Throws: `SharedStateError`.
    package static func nanoseconds(
        of policy: Policy, units: UInt64, at path: String
    ) throws(SharedStateError) -> Double? {
        guard policy.limit != .none else { return nil }
        try SharedState.create(at: path, for: policy)
        defer { unlink(path) }
        let state = try SharedState(path: path, policy: policy)
        let gap = policy.limit.gap(units: units)
        let fitting = horizon / Int64(batches) / gap.count
        return least(of: state, units, gap, decisions: max(1, min(decisionsMax, fitting)))
    }

    private static func least(
        of state: SharedState, _ units: UInt64, _ gap: Nanoseconds, decisions: Int64
    ) -> Double {
        let (clock, hasSlots) = (MonotonicClock(), state.policy.limit.slots != nil)
        var (instant, least) = (Nanoseconds.zero, Double.infinity)
        for _ in 0..<batches {
            let begin = clock.now()
            for _ in 0..<decisions {
                instant += gap
                if hasSlots { _ = state.enter(client: 0, waitingAtMost: .zero) }
                _ = state.decide(at: instant, units: units, client: 0)
                if hasSlots { state.leave(client: 0) }
            }
            let took = clock.now() - begin
            least = min(least, Double(took.count) / Double(decisions))
        }
        return least
    }
}

extension Limit {
    /// The longest time between two requests that is told apart.
    private static let longestGap = Int64.max / 16

    /// How far apart requests come that are admitted at once, a little on the long side.
    fileprivate func gap(units: UInt64) -> Nanoseconds {
        switch self {
        case .none, .concurrency, .delay: .milliseconds(1)
        case .tokenBucket(let bucket):
            Self.gap(bucket.rate.period, units, of: bucket.rate.count)
        case .fixedWindow(let fixed): Self.gap(fixed.window, units, of: fixed.limit.count)
        case .slidingWindow(let sliding): Self.gap(sliding.window, units, of: sliding.limit.count)
        case .budget(let budget):
            Self.gap(budget.window.window, units, of: budget.window.limit.count)
        case .breaker(let breaker):
            // The request that fills the window trips it: stay one behind.
            breaker.threshold.count > 2 * units
                ? Self.gap(breaker.window, units, of: breaker.threshold.count - 2 * units)
                : Self.gap(breaker.window, 1, of: 1) + Self.gap(breaker.lockout, 1, of: 1)
        case .tarpit(let tarpit):
            tarpit.free.count > units
                ? Self.gap(tarpit.window, units, of: tarpit.free.count - units)
                : Self.gap(tarpit.window, 1, of: 1) + Self.gap(tarpit.longest, 1, of: 1)
        case .all(let members):
            members.map { $0.gap(units: units) }.max() ?? .milliseconds(1)
        }
    }

    /// `units` times a period over `count`, rounded up.
    private static func gap(_ period: Nanoseconds, _ units: UInt64, of count: UInt64) -> Nanoseconds
    {
        let product = UInt128(period.count.magnitude) * UInt128(units)
        let gap = product / UInt128(max(1, count)) + 1
        return Nanoseconds(Int64(min(gap, UInt128(longestGap.magnitude))))
    }
}
