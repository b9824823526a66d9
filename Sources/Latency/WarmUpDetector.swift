import Units

/// Where the warm-up of a series of calls ends.
package enum WarmUp: Hashable, Sendable {
    /// After so many calls; the rest of the series is steady.
    case ends(afterCalls: Int)
    /// The series is not steady in its first half: it would take more than half to cut.
    case noSteadyState
    /// There are too few calls to tell.
    case tooFewCalls
}

/// MSER-5: finds where the warm-up ends in the durations of consecutive calls of one caller.
///
/// Five consecutive calls make a batch, so a slow device leaves no gaps as spans of time would.
/// Of all cuts it takes the one with the least squared standard error of the mean of what remains:
/// the sum of squared deviations over the square of the number of batches. Never fewer than five
/// batches, nor fewer than a tenth, remain: the ends of a series are alike by chance.
///
/// Batches outside Tukey's fences (1.5 times the quartiles' distance beyond them) count as lying
/// on the fence. A single stall would otherwise outweigh all else, and MSER would cut up to the
/// last one, however steady the calls are.
///
/// At most 2,048 batches are kept, 16 KiB: when they are full, each two become one, so a batch is
/// then 5 · 2^k calls.
///
/// Sources: White (1997), "An effective truncation heuristic for bias reduction in simulation
/// output", Simulation 69(6); Spratt (1998), "An evaluation of contemporary heuristics for the
/// startup problem", University of Virginia; for a cut in the second half as a series that is too
/// short: Hoad, Robinson and Davies (2010), "Automating warm-up length estimation", JORS 61.
package struct WarmUpDetector: Sendable {
    /// The fewest calls that are judged.
    package static let callsMin = 100

    static let batchesMax = 2_048

    /// How many calls a batch has now: 5 · 2^k.
    package private(set) var callsPerBatch = 5
    /// How many calls were recorded.
    package private(set) var calls = 0

    /// The mean of each whole batch, in nanoseconds.
    private(set) var batches: [Double] = []
    private var sum = 0.0
    private var callsInSum = 0

    /// A series without a call.
    package init() { batches.reserveCapacity(Self.batchesMax) }

    /// Adds the duration of the next call.
    package mutating func record(_ duration: Nanoseconds) {
        calls += 1
        sum += Double(duration.count)
        callsInSum += 1
        guard callsInSum == callsPerBatch else { return }
        batches.append(sum / Double(callsPerBatch))
        (sum, callsInSum) = (0, 0)
        if batches.count == Self.batchesMax { halve() }
    }

    private mutating func halve() {
        for index in 0..<batches.count / 2 {
            batches[index] = (batches[2 * index] + batches[2 * index + 1]) / 2
        }
        batches.removeLast(batches.count / 2)
        callsPerBatch *= 2
    }

    /// Where the warm-up ends, by the whole batches recorded so far.
    ///
    /// One pass over the batches, and one sorting of at most 2,048 of them for the fences.
    package var warmUp: WarmUp {
        guard calls >= Self.callsMin else { return .tooFewCalls }
        let cut = Self.bestCut(of: Self.fenced(batches))
        guard 2 * cut <= batches.count else { return .noSteadyState }
        return .ends(afterCalls: cut * callsPerBatch)
    }

    /// The number of leading batches without which the mean of the rest is known best.
    private static func bestCut(of batches: [Double]) -> Int {
        let leastRemaining = max(5, batches.count / 10)
        var (mean, squares) = (0.0, 0.0)
        var best = (error: Double.infinity, cut: 0)
        // From the end, so that each step adds one batch (Welford) and the earliest of equals wins.
        for cut in batches.indices.reversed() {
            let remaining = batches.count - cut
            let deviation = batches[cut] - mean
            mean += deviation / Double(remaining)
            squares += deviation * (batches[cut] - mean)
            guard remaining >= leastRemaining else { continue }
            let error = squares / Double(remaining * remaining)
            if error <= best.error { best = (error, cut) }
        }
        return best.cut
    }

    /// The batches with those outside the fences drawn in to them.
    private static func fenced(_ batches: [Double]) -> [Double] {
        let sorted = batches.sorted()
        let low = sorted[sorted.count / 4]
        let high = sorted[3 * sorted.count / 4]
        // Where most calls last exactly as long, the fences still let the others differ.
        let reach = max(1.5 * (high - low), 0.01 * high)
        return batches.map { min(max($0, low - reach), high + reach) }
    }
}
