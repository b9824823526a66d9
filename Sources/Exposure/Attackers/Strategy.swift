/// How a thief goes about it.
package enum Strategy: String, CaseIterable, Hashable, Sendable {
    /// As fast as HSM and throttle allow.
    case sprint
    /// Blind: adds the same to every period, so little that no period of the horizon breaches, with
    /// the confidence that he wants.
    case creep
    /// Sees the demand, and fills each period to just below the threshold at its end.
    case fill
    /// Breaches at most M − 1 of every N periods, flat out in those, and fills the others.
    case pulse
    /// Adds no call: keeps what legitimate calls open anyway.
    case harvest
    /// The worst of these and of a search over stationary mixtures.
    case best
}
