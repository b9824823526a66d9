import Foundation

/// How likely an alarm is to fire in each period of a cycle of the demand, once it has been quiet
/// for long: the quasi-stationary regime of its memory (Darroch and Seneta, 1965), in which one
/// cycle is like the next however long it lasts.
struct AlarmHazard: Sendable {
    /// Λ: the sum of −ln(1 − P(fires)) of the periods of a cycle before each one; the last is that
    /// of all of them.
    private let cumulative: [Double]
    private let kinds: [Int]

    /// Beyond this a period is survived by nobody.
    private static let certain = 700.0

    /// The hazard where each kind of period breaches with a probability.
    init(_ watched: WatchedDemand, breaches: [Double]) {
        let (memory, kinds) = (watched.memory, watched.kinds)
        let settling = 4 * watched.rule.evaluationPeriods + 16
        var weights = [Double](repeating: 0, count: memory.count)
        var next = weights
        weights[0] = 1
        func pass(_ kind: Int) -> Double {
            let fired = memory.pass(&weights, into: &next, breaching: breaches[kind])
            let quiet = weights.reduce(0, +)
            guard quiet > 1e-300 else {
                weights = weights.map { _ in 0 }
                weights[0] = 1
                return Self.certain
            }
            for state in weights.indices { weights[state] /= quiet }
            // The smaller of the two keeps its digits.
            let hazard = fired < 0.5 ? -log1p(-fired) : -log(quiet)
            return min(Self.certain, max(0, hazard))
        }
        let before = cycleBefore(kinds.count, settling)
        for place in before { _ = pass(kinds[place]) }
        var sums = [0.0]
        sums.reserveCapacity(kinds.count + 1)
        var (last, steady) = (-1.0, 0)
        for place in kinds.indices {
            let isSame = place > 0 && kinds[place] == kinds[place - 1]
            if !isSame { steady = 0 }
            // Once as many periods as are remembered were alike, the rest of the hour is as well.
            let hazard = steady > settling ? last : pass(kinds[place])
            steady = isSame && abs(hazard - last) <= 1e-12 * hazard ? steady + 1 : 0
            last = hazard
            sums.append(sums[place] + hazard)
        }
        cumulative = sums
        self.kinds = kinds
    }

    private var whole: Double { cumulative[kinds.count] }

    /// How many periods go by, that of the alarm included, from one that begins at a place of the
    /// cycle; infinite where the alarm never fires.
    ///
    /// - Parameter survival: what is drawn: the probability of as many periods or more.
    func periodsToAlarm(from place: Int, survival: Double) -> Double {
        guard whole > 0 else { return .infinity }
        let start = place % kinds.count
        let reached = cumulative[start] - log(survival)
        let cycles = (reached / whole).rounded(.down)
        let rest = reached - cycles * whole
        var (low, high) = (0, kinds.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle + 1] >= rest { high = middle } else { low = middle + 1 }
        }
        return max(1, cycles * Double(kinds.count) + Double(low + 1 - start))
    }

    /// Sums over the time until the alarm of what every period yields.
    struct Sums {
        fileprivate let hazard: AlarmHazard
        /// From each place to the end of the cycle, and from its beginning to each place.
        fileprivate let ahead: [Double]
        fileprivate let behind: [Double]
    }

    /// The sums of yields of each kind of period.
    func sums(of yields: [Double]) -> Sums {
        let count = kinds.count
        var (ahead, behind) = (
            [Double](repeating: 0, count: count + 1), [Double](repeating: 0, count: count + 1)
        )
        for place in (0..<count).reversed() {
            let stay = exp(cumulative[place] - cumulative[place + 1])
            ahead[place] = yields[kinds[place]] + stay * ahead[place + 1]
        }
        for place in 0..<count {
            behind[place + 1] = behind[place] + exp(-cumulative[place]) * yields[kinds[place]]
        }
        return Sums(hazard: self, ahead: ahead, behind: behind)
    }
}

/// The places of so many periods before the beginning of a cycle.
private func cycleBefore(_ cycle: Int, _ periods: Int) -> [Int] {
    (0..<periods).reversed().map { (cycle - 1 - $0 % cycle) % cycle }
}

extension AlarmHazard.Sums {
    /// E[Σ yields of the periods until the alarm, its own included], of at most so many periods
    /// from a place on.
    func mean(from place: Int, periods: Double) -> Double {
        guard periods > 0 else { return 0 }
        let (sums, count) = (hazard.cumulative, hazard.kinds.count)
        let start = place % count
        let cycles = (periods / Double(count)).rounded(.down)
        let rest = periods - cycles * Double(count)
        let restart = exp(sums[start] - sums[count])
        let cycle = ahead[start] + restart * behind[start]
        let left = exp(-cycles * hazard.whole)
        let whole = hazard.whole > 0 ? expm1(-cycles * hazard.whole) / expm1(-hazard.whole) : cycles
        return cycle * whole + left * partial(from: start, Int(rest), restart)
            + left * (rest - rest.rounded(.down)) * tail(from: start, Int(rest))
    }

    /// The sum over fewer periods than a cycle has.
    private func partial(from start: Int, _ periods: Int, _ restart: Double) -> Double {
        let (sums, count) = (hazard.cumulative, hazard.kinds.count)
        let end = start + periods
        guard end > count else {
            return ahead[start] - exp(sums[start] - sums[end]) * ahead[end]
        }
        return ahead[start] + restart * behind[end - count]
    }

    /// What one more period yields.
    private func tail(from start: Int, _ periods: Int) -> Double {
        partial(from: start, min(periods + 1, hazard.kinds.count), restart(start))
            - partial(from: start, min(periods, hazard.kinds.count), restart(start))
    }

    private func restart(_ start: Int) -> Double {
        exp(hazard.cumulative[start] - hazard.whole)
    }
}
