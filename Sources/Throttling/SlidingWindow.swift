import Units

/// Fewer than `limit` admissions in (now − window, now] let the next one in: an exact log.
///
/// The state is a ring of the last `limit` instants, 8 bytes each.
package struct SlidingWindow: Hashable, Sendable {
    /// Admissions in any stretch of `window`, from 1 to `mostKept`.
    package let limit: RecordCount
    /// The length of the stretch.
    package let window: Nanoseconds

    /// The most instants that a ring keeps: 128 MiB of them.
    package static let mostKept: UInt64 = 1 << 24

    /// A window that slides; `limit` lies between 1 and `mostKept`.
    package init(limit: RecordCount, window: Nanoseconds) {
        precondition((1...Self.mostKept).contains(limit.count), "a ring keeps what it admits")
        precondition(window > .zero, "a window has a length")
        self.limit = limit
        self.window = window
    }
}

extension SlidingWindow {
    /// The earliest instant from `start` on at which `units` more are within the limit.
    ///
    /// The admission that has to have left is the oldest but `units` − 1 of the last `limit`.
    func opening(
        from start: Int64, units: UInt64, _ ring: InstantRing, in row: borrowing MutableSpan<UInt64>
    ) -> Int64? {
        guard units <= limit.count else { return nil }
        guard let taken = ring.instant(Int(units) - 1, in: row) else { return start }
        let (leaves, overflow) = taken.addingReportingOverflow(window.count)
        return overflow ? nil : max(start, leaves)
    }
}
