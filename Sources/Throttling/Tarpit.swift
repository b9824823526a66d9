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
        var total: Int64 = 0
        var next = max(count, min(free.count, count.addingReportingOverflow(units).partialValue))
        let end = count.addingReportingOverflow(units)
        guard !end.overflow else { return .max }
        while next < min(end.partialValue, depth) {
            let sum = total.addingReportingOverflow(wait(after: next).count)
            guard !sum.overflow else { return .max }
            (total, next) = (sum.partialValue, next + 1)
        }
        guard next < end.partialValue else { return Nanoseconds(total) }
        let rest = UInt128(end.partialValue - next) * UInt128(wait(after: depth).count.magnitude)
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
