import Results
import Throttling
import Units

/// A number of calls in each window of the clock.
///
/// The windows begin where those of the trace's clock do, days at midnight and weeks on Monday. Who
/// finds none of them left waits for a place in a later one, each in his turn.
struct FluidWindow: FluidLimit {
    private let limit: Double
    /// Lengths in nanoseconds.
    private let window: Int64
    private let period: Int64
    private let patience: Double
    /// Nanoseconds to the next edge; a whole window at one.
    private var left: Int64
    /// Places of this window that are taken.
    private var taken = 0.0
    /// Calls that wait for a place in a later one.
    private var backlog = 0.0

    /// The windows as they lie over a trace.
    init(
        _ limit: RecordCount, in window: Nanoseconds, patience: Nanoseconds, of trace: DemandTrace
    ) {
        (self.limit, self.patience) = (Double(limit.count), Double(patience.count))
        (self.window, period) = (window.count, trace.period.count)
        // 1 January 1970 was a Thursday.
        let since = (Int128(trace.start_s) + 3 * 86_400) * 1_000_000_000 % Int128(window.count)
        left = window.count - Int64(since < 0 ? since + Int128(window.count) : since)
    }

    mutating func burdened(of calls: Double) -> Double {
        var (rest, burdened) = (period, 0.0)
        while rest > 0 {
            if left == window {
                let whole = rest / window
                guard whole == 0 else {
                    burdened += pass(
                        whole: Double(whole), asking: calls * Double(window) / Double(period))
                    rest -= whole * window
                    continue
                }
                taken = min(limit, backlog)
                backlog -= taken
            }
            let part = min(left, rest)
            (left, rest) = (left - part, rest - part)
            burdened += pass(Double(part), of: calls)
            if left == 0 { (left, taken) = (window, 0) }
        }
        return burdened
    }

    /// A part of a window, at whose end `left` is still to come, in a period of so many calls.
    private mutating func pass(_ part: Double, of calls: Double) -> Double {
        let asked = calls * part / Double(period)
        let free = min(asked, limit - taken)
        taken += free
        guard asked > free else { return 0 }
        // He waits for the edge, and for each window that others have taken.
        let spare = patience - Double(left)
        let most = spare > 0 ? limit * ((spare / Double(window)).rounded(.down) + 1) : 0
        let joining = min(asked - free, calls * max(0, min(part, spare)) / Double(period))
        backlog = max(backlog, min(backlog + joining, most))
        return asked - free
    }

    /// Whole windows from an edge on, each asking for as much: those who wait take their places
    /// first, and what they do not leave is burdened. The sums are those of arithmetic series.
    private mutating func pass(whole number: Double, asking asked: Double) -> Double {
        let growth = asked - limit
        guard growth <= 0 else { return climb(number, asked, growth) }
        guard backlog > 0 else { return 0 }
        guard growth < 0 else { return number * min(asked, backlog) }
        let start = backlog
        backlog = max(0, start + number * growth)
        // Nobody finds a place of his window while more wait than it has.
        let shut = start > limit ? min(number, ((limit - start) / growth).rounded(.up)) : 0
        let after = start + shut * growth
        let falling = max(0, min(number - shut, (after / -growth).rounded(.up) - 1))
        return shut * asked + falling * (after + growth) + growth * falling * (falling - 1) / 2
    }

    /// Whole windows in which more is asked for than there is, so that more and more wait.
    private mutating func climb(_ number: Double, _ asked: Double, _ growth: Double) -> Double {
        let length = Double(window)
        let longest = limit * ((patience / length).rounded(.down) + 1)
        let most = patience < length ? min(longest, asked * patience / length) : longest
        let (start, top) = (backlog, min(limit, max(backlog, most)))
        backlog = min(max(start, most), start + number * growth)
        let climbing = start < top ? min(number, ((top - start) / growth).rounded(.up)) : 0
        return climbing * (growth + start) + growth * climbing * (climbing - 1) / 2
            + (number - climbing) * (growth + top)
    }
}

/// A number of calls in any stretch of one length, what was let through of a period evenly spread
/// in it as well; a stretch shorter than a period has its part of it.
struct FluidSlidingWindow: FluidLimit {
    private let limit: Double
    /// Periods in a stretch.
    private let reach: Double
    /// Periods before the newest that lie in it whole.
    private let whole: Int
    /// The most calls that wait.
    private let longest: Double
    /// What was let through of each period so far.
    private var served: [Double] = []
    /// Of those that lie in the stretch whole.
    private var recent = 0.0
    private var backlog = 0.0

    /// The stretches of a trace.
    init(_ sliding: SlidingWindow, patience: Nanoseconds, of trace: DemandTrace) {
        limit = Double(sliding.limit.count)
        reach = Double(sliding.window.count) / Double(trace.period.count)
        whole = Int(min(max(0, reach - 1), Double(trace.counts.count)))
        longest = limit * Double(patience.count) / Double(sliding.window.count)
        served.reserveCapacity(trace.counts.count)
    }

    mutating func burdened(of calls: Double) -> Double {
        let (waiting, most) = (backlog, room)
        let passed = min(most, waiting + calls)
        served.append(passed)
        recent += passed
        if served.count > whole { recent -= served[served.count - whole - 1] }
        backlog = min(longest, waiting + calls - passed)
        guard waiting > 0 else { return calls - passed }
        // Whoever comes while others wait, waits.
        return waiting + calls < most ? calls * waiting / (most - calls) : calls
    }

    /// What may be let through of the next period.
    private var room: Double {
        guard reach > 1 else { return limit / reach }
        let oldest = served.count - whole - 1
        let part = oldest >= 0 ? (reach - 1 - Double(whole)) * served[oldest] : 0
        return max(0, limit - recent - part)
    }
}
