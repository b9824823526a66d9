import Units

/// The `threshold`-th admission within `window` trips it: from that instant it denies for
/// `lockout`, and then has forgotten what went before.
///
/// The count is exact, as that of a sliding window is, and costs the same: a ring of the last
/// `threshold` instants, 8 bytes each.
package struct Breaker: Hashable, Sendable {
    /// θ: the admission that trips, from 1 to `SlidingWindow.mostKept`.
    package let threshold: RecordCount
    /// The length of time within which they are counted.
    package let window: Nanoseconds
    /// How long it denies once tripped.
    package let lockout: Nanoseconds

    /// A breaker; `threshold` lies between 1 and `SlidingWindow.mostKept`.
    package init(threshold: RecordCount, window: Nanoseconds, lockout: Nanoseconds) {
        precondition(
            (1...SlidingWindow.mostKept).contains(threshold.count), "a ring keeps what it counts")
        precondition(window > .zero && lockout > .zero, "a window and a lockout have a length")
        self.threshold = threshold
        self.window = window
        self.lockout = lockout
    }
}
