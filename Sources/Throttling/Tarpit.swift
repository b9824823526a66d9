import Glibc
import Units

/// Waits that grow with what was admitted in the last `window`, one after another in each scope.
///
/// With j admissions in it a call waits not at all where j < `free`, else
/// min(`longest`, `first` · `growth`^(j − `free`)). More than `depth` admissions change nothing, so
/// that the state is a ring of that many instants, 8 bytes each.
package struct Tarpit: Hashable, Sendable {
    /// n₀: admissions in the window before anybody waits.
    package let free: RecordCount
    /// d₀: the first wait.
    package let first: Nanoseconds
    /// g ≥ 1: what each further admission multiplies the wait by.
    package let growth: Double
    /// d₁: no wait is longer.
    package let longest: Nanoseconds
    /// w: how far back admissions are counted.
    package let window: Nanoseconds
    /// The least number of admissions at which the wait has stopped to grow.
    package let depth: UInt64

    /// The most steps in which a wait may grow from the first to the longest.
    package static let mostSteps: UInt64 = 1 << 16

    /// A tarpit; nil where it has no first wait, where its waits shrink, or where it would have to
    /// keep more instants than `SlidingWindow.mostKept` or take more than `mostSteps` to its cap.
    package init?(
        free: RecordCount, first: Nanoseconds, growth: Double, longest: Nanoseconds,
        window: Nanoseconds
    ) {
        guard first > .zero, longest >= first, window > .zero, growth >= 1, growth.isFinite,
            free.count <= SlidingWindow.mostKept,
            let steps = Self.steps(from: first, to: longest, growth: growth)
        else { return nil }
        self.free = free
        self.first = first
        self.growth = growth
        self.longest = longest
        self.window = window
        depth = free.count + steps
    }

    /// What a call waits after so many admissions in the window.
    package func wait(after count: UInt64) -> Nanoseconds {
        guard count >= free.count else { return .zero }
        return Self.wait(step: count - free.count, first, growth, longest)
    }

    /// What a request of several units waits: as long as so many of one unit that came together.
    package func wait(after count: UInt64, units: UInt64) -> Nanoseconds {
        let (end, beyond) = count.addingReportingOverflow(units)
        guard !beyond else { return .max }
        var (next, total) = (max(count, min(free.count, end)), Int64(0))
        while next < min(end, depth) {
            let (sum, overflow) = total.addingReportingOverflow(wait(after: next).count)
            guard !overflow else { return .max }
            (total, next) = (sum, next + 1)
        }
        guard next < end else { return Nanoseconds(total) }
        // From the depth on every one waits equally long.
        let rest = UInt128(end - next) * UInt128(wait(after: depth).count.magnitude)
        return Nanoseconds(Int64(clamping: UInt128(total.magnitude) + rest))
    }

    private static func wait(
        step: UInt64, _ first: Nanoseconds, _ growth: Double, _ longest: Nanoseconds
    ) -> Nanoseconds {
        let grown = (Double(first.count) * pow(growth, Double(step))).rounded()
        // Infinite or beyond the clock is beyond the cap.
        guard grown < Double(longest.count) else { return longest }
        return Nanoseconds(Int64(grown))
    }

    /// Steps until the wait is as long as it gets; nil beyond `mostSteps`.
    private static func steps(
        from first: Nanoseconds, to longest: Nanoseconds, growth: Double
    ) -> UInt64? {
        func wait(_ step: UInt64) -> Nanoseconds { Self.wait(step: step, first, growth, longest) }
        guard growth > 1 else { return 0 }
        guard wait(mostSteps) == longest else { return nil }
        var (low, high) = (UInt64(0), mostSteps)
        while low < high {
            let middle = (low + high) / 2
            if wait(middle) == longest { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Tarpit {
    /// The instant at which a request that begins to wait at `start` has done so.
    func opening(
        from start: Int64, units: UInt64, _ ring: InstantRing, in row: borrowing MutableSpan<UInt64>
    ) -> Int64? {
        let count = ring.count(after: start - window.count, in: row)
        let length = wait(after: UInt64(count), units: units)
        let (opens, overflow) = start.addingReportingOverflow(length.count)
        return overflow ? nil : opens
    }

    /// The earliest instant from `start` on at which a request would wait for `patience`
    /// nanoseconds or less; nil where it always waits for longer.
    func retry(
        from start: Int64, units: UInt64, within patience: Int64, _ ring: InstantRing,
        in row: borrowing MutableSpan<UInt64>
    ) -> Int64? {
        guard let most = mostAdmissions(units: units, within: patience) else { return nil }
        guard most < depth, let taken = ring.instant(ring.capacity - 1 - Int(most), in: row) else {
            return start
        }
        let (leaves, overflow) = taken.addingReportingOverflow(window.count)
        return overflow ? nil : max(start, leaves)
    }

    /// The most admissions in the window after which a request waits for `patience` nanoseconds or
    /// less; `depth` for any number of them, nil for none.
    private func mostAdmissions(units: UInt64, within patience: Int64) -> UInt64? {
        func isBorne(_ count: UInt64) -> Bool {
            wait(after: count, units: units).count <= patience
        }
        var low = free.count - min(units, free.count)
        guard isBorne(low) else { return nil }
        // One more would already wait.
        guard patience >= first.count else { return low }
        var high = depth
        while low < high {
            let middle = (low + high + 1) / 2
            if isBorne(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
