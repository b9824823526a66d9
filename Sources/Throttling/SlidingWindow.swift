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
