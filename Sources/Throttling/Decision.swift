import Units

/// What a throttle answers to one call.
package enum Decision: Hashable, Sendable {
    /// The call may go on now.
    case admit
    /// The call has a place that opens at this instant of the throttle's clock.
    case wait(until: Nanoseconds)
    /// The call is refused; one made at this instant would be let in if nobody else came. The end
    /// of time where none ever would.
    case deny(retryAfter: Nanoseconds)
}
