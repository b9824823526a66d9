import Throttling
import Units

/// What a throttle leaves a thief while legitimate callers take their part of it.
///
/// First come, first served leaves a backlogged thief r − D; where calls are refused he gets
/// p / (p + D) of it. Only limits with a rate are shared out; the others are the thief's whole.
package struct ThiefShare: Hashable, Sendable {
    /// The throttle as he meets it.
    package let policy: Policy
    /// What it takes for granted, in a sentence; nil where nothing had to be shared.
    package let note: String?
    /// The share of the legitimate calls that are refused while he is at work.
    package let deniedShare: Double?
    /// How long a legitimate call waits for its turn while he is at work, in seconds; nil where no
    /// throttle makes it wait, and where users alone ask for more than there is.
    package let wait: Double?

    /// The share of a thief of one identity.
    ///
    /// - Parameters:
    ///   - throttle: before all.
    ///   - demand: D: legitimate calls a second.
    ///   - units: what one legitimate call is charged.
    ///   - attempts: p: how often a second he asks; infinite for one who is always there first.
    ///   - callers: calls that he holds open.
    ///   - ownUnits: what one call of his is charged.
    package init(
        of throttle: Policy, beside demand: Double, units: UInt64, attempts: Double,
        callers: Int, ownUnits: UInt64
    ) {
        let own = Double(units) * demand
        guard throttle.scope == .global, let limit = throttle.sustainedRate, limit.isFinite,
            attempts * Double(ownUnits) + own > limit
        else {
            (policy, note, deniedShare, wait) = (throttle, nil, 0, nil)
            return
        }
        let sharing = Sharing(
            limit: limit, demand: own, attempts: attempts * Double(ownUnits), scope: .global,
            onLimit: throttle.onLimit, clients: 1)
        var policy = throttle
        policy.limit = throttle.limit.scaled(by: (sharing.thiefRate ?? 0) / limit)
        self.policy = policy
        guard case .wait = throttle.onLimit else {
            deniedShare = sharing.deniedShare
            wait = nil
            note =
                "Who is refused asks again, so thief and legitimate calls share the throttle "
                + "by how often they ask."
            return
        }
        deniedShare = 0
        // Arrivals see time averages (Wolff, 1982): ahead of a call are the thief's, half of a
        // turn, and its own like: W = (c + ½) s / (1 − D s) for turns of s = 1 / r.
        let ahead = Double(callers) * Double(ownUnits) + Double(units) / 2
        wait = own < limit ? ahead / (limit - own) : nil
        note =
            "Who waits is served first come, first served, so the thief is left with what "
            + "the legitimate calls do not take."
    }
}

extension Limit {
    /// A share of it, where it has a rate; a burst stays as it is.
    fileprivate func scaled(by share: Double) -> Limit {
        func count(_ limit: RecordCount) -> RecordCount {
            RecordCount(UInt64(max(1, (Double(limit.count) * share).rounded())))
        }
        switch self {
        case .tokenBucket(let bucket):
            let rate = Self.rate(bucket.rate.perSecond * share)
            return .tokenBucket(TokenBucket(rate: rate, burst: bucket.burst))
        case .fixedWindow(let fixed):
            return .fixedWindow(
                FixedWindow(limit: count(fixed.limit), window: fixed.window, phase: fixed.phase))
        case .slidingWindow(let sliding):
            return .slidingWindow(
                SlidingWindow(limit: count(sliding.limit), window: sliding.window))
        case .all(let members): return .all(members.map { $0.scaled(by: share) })
        case .none, .breaker, .budget, .tarpit, .concurrency, .delay: return self
        }
    }

    /// Rates are whole numbers in a period, so a long one.
    private static func rate(_ perSecond: Double) -> Rate {
        Rate(UInt64(max(1, (perSecond * 1_000).rounded())), per: .seconds(1_000))
    }
}
