import Throttling
import Units

/// Who gets how much of a throttle that a thief and legitimate callers use at one time.
///
/// One state for all lets r through. Whoever waits is served first come, first served, which leaves
/// a thief with a backlog r − D, as long as nobody's patience runs out. Where calls are refused,
/// attempts get it in the order in which they arrive: p / (p + D) of it for a thief who asks p
/// times a second. With a state for each client neither sees the other.
package struct Sharing: Hashable, Sendable {
    /// r: operations a second that one state of the throttle lets through.
    package let limit: Double
    /// D: legitimate calls a second.
    package let demand: Double
    /// p: attempts of the thief a second; infinite for one who is always there first.
    package let attempts: Double
    /// Whose calls share one state.
    package let scope: Scope
    /// What becomes of a call over the limit.
    package let onLimit: OnLimit
    /// Identities that the legitimate calls come from in turn.
    package let clients: Int

    /// The parts of a throttle's use.
    package init(
        limit: Double, demand: Double, attempts: Double, scope: Scope, onLimit: OnLimit,
        clients: Int
    ) {
        self.limit = limit
        self.demand = demand
        self.attempts = attempts
        self.scope = scope
        self.onLimit = onLimit
        self.clients = clients
    }

    /// Operations a second for a thief of one identity who takes all that can be had; nil where
    /// callers wait and the legitimate demand alone takes all of the limit: then the queue grows
    /// until waits are too long, and who is denied then is not told by any formula here.
    package var thiefRate: Double? {
        guard scope == .global else { return min(attempts, limit) }
        guard onLimit == .deny else { return demand < limit ? limit - demand : nil }
        guard attempts + demand > limit else { return attempts }
        return limit * attemptShare
    }

    /// The share of the legitimate calls that are denied; nil where they wait and their demand
    /// alone exceeds the limit.
    package var deniedShare: Double? {
        let (own, mine) =
            scope == .global ? (demand, limit) : (demand, limit * Double(clients))
        guard onLimit == .deny else { return own <= mine ? 0 : nil }
        let asked = scope == .global ? attempts + demand : demand
        return asked > mine ? 1 - mine / asked : 0
    }

    private var attemptShare: Double {
        attempts.isInfinite ? 1 : attempts / (attempts + demand)
    }
}

extension Sharing {
    /// What the formulas say of a mixed cell, r counted over the measured time, the burst in it.
    ///
    /// - Parameter attempts: p.
    /// - Returns: nil where they say nothing: no throttle with a rate, one whose windows are longer
    ///   than half of the measured time, one that shuts everybody out once it trips, or one that
    ///   may deny some of those who wait.
    package init?(of pair: MixedPair, attempts: Double) {
        let throttle = pair.throttle
        guard let time = pair.legitimate.meanSeconds, throttle.sustainedRate != nil,
            throttle.limit.isSteady(within: time),
            throttle.onLimit == .deny || throttle.servesAll(waiting: pair.longestQueue)
        else { return nil }
        let envelope = throttle.envelopeFromEpoch(units: pair.attacker.cell.units)
        self.init(
            limit: envelope.admissions(within: time) / time.value, demand: pair.demand,
            attempts: attempts, scope: throttle.scope, onLimit: throttle.onLimit,
            clients: pair.load.clients)
    }
}

extension MixedPair {
    /// Units that can wait for one state at once: every caller of it makes one call at a time.
    fileprivate var longestQueue: Double {
        let thieves = Double(load.attackers) * Double(attacker.cell.units)
        let others = Double(load.callers) * Double(legitimate.cell.units)
        return throttle.scope == .global ? thieves + others : max(thieves, others)
    }
}

extension Policy {
    /// Whether each of so many units that wait at once for one state is let in before its patience
    /// runs out; never where calls over the limit are refused.
    ///
    /// The last of a queue waits until all of it is through at the rate in the long run, and for
    /// the rest of a window before that.
    func servesAll(waiting units: Double) -> Bool {
        guard case .wait(let longest) = onLimit, let sustainedRate else { return false }
        return units / sustainedRate + limit.longestPause.value < longest.seconds.value
    }
}

extension Limit {
    /// For how long it may let nothing through that its rate in the long run would.
    fileprivate var longestPause: Seconds {
        switch self {
        case .none, .tokenBucket, .concurrency, .delay: Seconds(0)
        case .all(let members): Seconds(members.reduce(0) { $0 + $1.longestPause.value })
        case .fixedWindow(let fixed): fixed.window.seconds
        case .slidingWindow(let sliding): sliding.window.seconds
        case .budget(let budget): budget.window.window.seconds
        case .tarpit(let tarpit): tarpit.window.seconds
        case .breaker(let breaker):
            Seconds(breaker.window.seconds.value + breaker.lockout.seconds.value)
        }
    }

    /// Whether a time holds enough of the limit's periods for its rate to show in it.
    package func isSteady(within time: Seconds) -> Bool {
        members.allSatisfy { member in
            if case .breaker = member { return false }
            return time.value >= 2 * member.longestPause.value
        }
    }
}
