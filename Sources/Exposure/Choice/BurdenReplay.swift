import Results
import Throttling
import Units

/// The share of the calls of a trace that a limit denies or lets wait.
///
/// An approximation: the calls of a period are taken as evenly spread in it, a fluid, so that
/// nobody waits for what happens within one. What a limit has given away and who still waits is
/// kept from one period to the next; a period without a count is one without calls. Whoever would
/// wait for longer than the limit lets him is denied and adds nothing.
struct BurdenReplay {
    private let trace: DemandTrace
    /// How long a call waits at most; nothing where it is denied at once.
    private let patience: Nanoseconds

    /// The replay of a trace through limits beyond which this happens.
    init(of trace: DemandTrace, onLimit: OnLimit) {
        self.trace = trace
        patience = if case .wait(let most) = onLimit { most } else { .zero }
    }

    /// The share of a limit; nil for one of which counts of periods say nothing, or nothing new.
    func share(of limit: Limit) -> Double? {
        switch limit {
        case .tokenBucket(let bucket):
            share(
                of: FluidBucket(
                    rate: bucket.rate.perSecond, burst: Double(bucket.burst.count),
                    patience: patience.seconds.value, period: trace.period.seconds.value))
        case .fixedWindow(let fixed):
            share(of: FluidWindow(fixed.limit, in: fixed.window, patience: patience, of: trace))
        case .budget(let budget):
            share(
                of: FluidWindow(
                    budget.quota, in: budget.period.length, patience: patience, of: trace))
        case .slidingWindow(let sliding):
            share(of: FluidSlidingWindow(sliding, patience: patience, of: trace))
        case .none, .breaker, .tarpit, .concurrency, .delay, .all: nil
        }
    }

    /// The share of those who wait for a device of so many calls a second, in a queue of more than
    /// a second's worth: nobody gives up.
    func share(ofDevice rate: Double) -> Double {
        share(
            of: FluidBucket(
                rate: rate, burst: max(1, rate), patience: .infinity,
                period: trace.period.seconds.value))
    }

    private func share(of limit: some FluidLimit) -> Double {
        var (limit, calls, burdened) = (limit, 0.0, 0.0)
        for count in trace.counts {
            let count = Double(count ?? 0)
            calls += count
            burdened += limit.burdened(of: count)
        }
        return calls > 0 ? min(1, burdened / calls) : 0
    }
}

/// A limit on a fluid, with what it remembers.
protocol FluidLimit {
    /// Takes the calls of the next period.
    ///
    /// - Returns: how many of them are denied or wait.
    mutating func burdened(of calls: Double) -> Double
}

/// A bucket, full at first; below nothing lies what those who wait have taken in advance.
struct FluidBucket: FluidLimit {
    private let burst: Double
    /// Tokens of one period.
    private let refill: Double
    /// The least level: whoever would take more is denied.
    private let lowest: Double
    private let isDenied: Bool
    private var level: Double

    /// A bucket of so many tokens a second, from which calls wait for `patience` seconds.
    init(rate: Double, burst: Double, patience: Double, period: Double) {
        self.burst = burst
        refill = rate * period
        isDenied = patience <= 0
        lowest = isDenied ? 0 : -rate * patience
        level = burst
    }

    mutating func burdened(of calls: Double) -> Double {
        let (before, gain) = (level, refill - calls)
        level = min(burst, max(lowest, before + gain))
        guard !isDenied else { return max(0, -(before + gain)) }
        return calls * Self.empty(from: before, gain)
    }

    /// The share of a period for which the bucket is empty, or somebody waits.
    private static func empty(from level: Double, _ gain: Double) -> Double {
        if level > 0 { return level + gain < 0 ? 1 + level / gain : 0 }
        return gain > 0 ? min(1, -level / gain) : 1
    }
}
