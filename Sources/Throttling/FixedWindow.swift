import Units

/// At most `limit` calls in each window, the windows aligned to the throttle's epoch.
///
/// The state is the number of the next free place when the places of all windows are counted in
/// one row: place n belongs to window n / limit.
package struct FixedWindow: SingleWordLimit {
    /// Calls a window, at least 1.
    package let limit: RecordCount
    /// Length of a window, at least a millisecond.
    package let window: Nanoseconds
    /// φ ∈ (0, window]: from the epoch to the first edge; the whole window where it begins at one.
    package let phase: Nanoseconds

    /// A window policy; nil `phase` begins at an edge.
    package init(limit: RecordCount, window: Nanoseconds, phase: Nanoseconds? = nil) {
        precondition(limit.count >= 1 && window.count > 0, "a window admits something")
        self.limit = limit
        self.window = window
        self.phase = phase ?? window
        precondition(self.phase.count > 0 && self.phase <= window, "a phase lies within a window")
    }

    package func place(
        after word: UInt64, at now: Nanoseconds, operations: UInt64
    ) -> (word: UInt64, opens: Nanoseconds)? {
        guard operations <= limit.count else { return nil }
        let (first, overflow) = windowIndex(at: now).multipliedReportingOverflow(by: limit.count)
        guard !overflow else { return nil }
        var place = max(word, first)
        var (window, taken) = place.quotientAndRemainder(dividingBy: limit.count)
        // A request of several never straddles two windows.
        if operations > limit.count - taken {
            let (edge, beyond) = place.addingReportingOverflow(limit.count - taken)
            guard !beyond else { return nil }
            (place, window, taken) = (edge, window + 1, 0)
        }
        let (next, full) = place.addingReportingOverflow(operations)
        guard !full, let opens = start(ofWindow: window) else { return nil }
        return (next, max(opens, now))
    }

    private func windowIndex(at now: Nanoseconds) -> UInt64 {
        let sinceEdge = max(now.count, 0) - phase.count
        return sinceEdge < 0 ? 0 : UInt64(sinceEdge / window.count) + 1
    }

    private func start(ofWindow index: UInt64) -> Nanoseconds? {
        guard index > 0 else { return .zero }
        let length = (index - 1).multipliedReportingOverflow(by: window.count.magnitude)
        let (start, overflow) = length.partialValue.addingReportingOverflow(phase.count.magnitude)
        guard !length.overflow, !overflow else { return nil }
        return Int64(exactly: start).map(Nanoseconds.init)
    }
}
