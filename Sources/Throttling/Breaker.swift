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

extension Breaker {
    /// The earliest instant from `start` on at which it is not tripped and `units` more do not go
    /// beyond the threshold.
    func opening(
        from start: Int64, units: UInt64, _ ring: InstantRing, in row: borrowing MutableSpan<UInt64>
    ) -> Int64? {
        guard units <= threshold.count else { return nil }
        var opens = start
        let tripped = row[ring.base - 1]
        if tripped > 0 {
            let (end, overflow) = Int64(tripped - 1).addingReportingOverflow(lockout.count)
            guard !overflow else { return nil }
            opens = max(opens, end)
        }
        // What was admitted up to the trip is forgotten.
        if let taken = ring.instant(Int(units) - 1, in: row), UInt64(taken) >= tripped {
            let (leaves, overflow) = taken.addingReportingOverflow(window.count)
            guard !overflow else { return nil }
            opens = max(opens, leaves)
        }
        return opens
    }

    /// Takes `units` at `instant`, and trips where they are the last of `threshold` in the window.
    func take(
        _ units: UInt64, at instant: Int64, _ ring: InstantRing,
        in row: inout MutableSpan<UInt64>
    ) {
        ring.append(units, at: instant, in: &row)
        let tripped = row[ring.base - 1]
        if let oldest = ring.instant(0, in: row), UInt64(oldest) >= tripped,
            oldest > instant - window.count
        {
            row[ring.base - 1] = UInt64(instant) + 1
        }
    }
}
