import Units

/// A throttle: what it admits, what becomes of a call beyond that, and where it stands.
package struct Policy: Hashable, Sendable {
    /// What is admitted.
    package var limit: Limit
    /// What becomes of a call over the limit.
    package var onLimit: OnLimit
    /// Whose calls share one state.
    package var scope: Scope
    /// Where it is enforced, which decides whether a thief can walk around it.
    package var enforced: EnforcementPoint

    /// A policy; by default callers wait for at most 30 s on one global state in a service.
    package init(
        _ limit: Limit, onLimit: OnLimit = .wait(atMost: .seconds(30)), scope: Scope = .global,
        enforced: EnforcementPoint = .service
    ) {
        self.limit = limit
        self.onLimit = onLimit
        self.scope = scope
        self.enforced = enforced
    }

    /// No throttle.
    package static let none = Policy(.none)

    /// The form that stands in a cell's key: `token-bucket-500ps-100`, `fixed-window-10k-1m-deny`.
    package var keyForm: String {
        let base =
            switch limit {
            case .none: "none"
            case .tokenBucket(let bucket): "token-bucket-\(bucket.rate.keyForm)-\(bucket.burst)"
            case .fixedWindow(let fixed): "fixed-window-\(fixed.limit)-\(fixed.window)"
            }
        guard limit != .none else { return base }
        let deny = onLimit == .deny ? "-deny" : ""
        return base + deny + (scope == .perClient ? "-per-client" : "")
    }

    /// The policy in words for a report: `token bucket 500/s, burst 100`,
    /// `fixed window 10k per minute`.
    package var inWords: String {
        switch limit {
        case .none: "no throttle"
        case .tokenBucket(let bucket): "token bucket \(bucket.rate), burst \(bucket.burst)"
        case .fixedWindow(let fixed):
            "fixed window \(fixed.limit) per \(fixed.window.seconds.asPeriod)"
        }
    }
}

/// What a throttle admits.
package enum Limit: Hashable, Sendable {
    /// Everything.
    case none
    /// A continuous refill into a bucket that starts full.
    case tokenBucket(TokenBucket)
    /// A count in each window of a clock.
    case fixedWindow(FixedWindow)
}

/// What becomes of a call over the limit.
package enum OnLimit: Hashable, Sendable {
    /// It waits its turn, and is denied where the turn is further off than this.
    case wait(atMost: Nanoseconds)
    /// It is refused at once, with the time after which it would be admitted.
    case deny
}

/// Whose calls share one state.
package enum Scope: String, Codable, Hashable, Sendable {
    /// All callers.
    case global
    /// Each client identity has its own: m identities have m times the envelope.
    case perClient = "per-client"
}

/// Where a throttle is enforced.
package enum EnforcementPoint: String, Codable, CaseIterable, Hashable, Sendable {
    /// In the HSM itself.
    case hsm
    /// In a service of its own between the application and the HSM.
    case service
    /// On the application's host: whoever is on that host loads the module directly.
    case host

    /// Whether a thief on the application's host can walk around it.
    package var isBypassable: Bool { self == .host }
}
