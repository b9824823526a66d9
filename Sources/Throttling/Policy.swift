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
    /// What a call is charged.
    package var charge: Charge

    /// A policy; by default callers wait for at most 30 s on one global state in a service, and a
    /// call is one unit.
    package init(
        _ limit: Limit, onLimit: OnLimit = .usual, scope: Scope = .global,
        enforced: EnforcementPoint = .service, charge: Charge = .operation
    ) {
        self.limit = limit
        self.onLimit = onLimit
        self.scope = scope
        self.enforced = enforced
        self.charge = charge
    }

    /// No throttle.
    package static let none = Policy(.none)

    /// What one call with so many bytes of ciphertext is charged, at least 1.
    package func units(forBytes count: Int) -> UInt64 {
        guard case .bytes(let unit) = charge, unit.count > 0, count > 0 else { return 1 }
        return UInt64((count - 1) / unit.count) + 1
    }
}

/// What a call is charged.
package enum Charge: Hashable, Sendable {
    /// One unit, however much it opens.
    case operation
    /// One unit for every started so many bytes of ciphertext, updates included: joining records
    /// into one call saves nothing.
    case bytes(ByteCount)
}

/// What becomes of a call over the limit.
package enum OnLimit: Hashable, Sendable {
    /// It waits its turn, and is denied where the turn is further off than this.
    case wait(atMost: Nanoseconds)
    /// It is refused at once, with the time after which it would be admitted.
    case deny

    /// What becomes of it where nobody says.
    package static let usual = OnLimit.wait(atMost: .seconds(30))
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
