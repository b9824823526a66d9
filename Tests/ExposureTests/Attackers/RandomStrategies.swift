import Exposure
import Results
import Units

/// A defence in steady demand, small enough for any stationary strategy to be followed exactly.
struct SmallDefence: Sendable {
    let m: Int
    let n: Int
    let threshold: UInt64
    let demand: CountDistribution
    /// Operations of a period flat out: what the device serves.
    let flat: Double
    /// Whole periods from the alarm to the last call.
    let delay: Int
    /// Periods until the horizon.
    let horizon: Int
    /// The first period of thefts that begin at several phases.
    let beginnings: [Period]
    /// Every period between.
    let whole: Period
    /// The last one.
    let last: Period
    /// What the alarm remembers before the theft: the outcomes of N periods with fewer than M
    /// breaches, the oldest forgotten.
    let quietPast: [Double]

    /// A period of a theft.
    struct Period: Sendable {
        /// The part of it that the theft lasts.
        let share: Double
        /// E[min(flat, max(0, θ − D))]: nothing where its end is not seen.
        let room: Double
    }

    init(
        _ m: Int, of n: Int, threshold: UInt64, demand: CountDistribution, flat: Double,
        delay: Int, horizon: Int
    ) {
        (self.m, self.n, self.threshold, self.demand) = (m, n, threshold, demand)
        (self.flat, self.delay, self.horizon) = (flat, delay, horizon)
        let chances = (0...threshold).map { demand.probability(of: $0) }
        func period(_ share: Double) -> Period {
            let room = chances.enumerated().reduce(0.0) { sum, one in
                sum + min(flat * share, Double(threshold) - Double(one.offset)) * one.element
            }
            return Period(share: share, room: room)
        }
        whole = period(1)
        last = Period(share: 0.5, room: 0)
        beginnings = (0..<10).map { period((Double($0) + 0.5) / 10) }
        let own = demand.probability(above: threshold)
        var weights = [Double](repeating: 0, count: 1 << (n - 1))
        for past in 0..<(1 << n) where past.nonzeroBitCount < m {
            var weight = 1.0
            for bit in 0..<n { weight *= past >> bit & 1 == 1 ? own : 1 - own }
            weights[past & (weights.count - 1)] += weight
        }
        let sum = weights.reduce(0, +)
        quietPast = weights.map { $0 / sum }
    }

    /// The attack on it.
    func attack(draws: Int) throws -> Attack {
        try Attacks.attack(
            perSecond: [flat / 60], rule: Attacks.rule(threshold, m, of: n),
            demand: Attacks.steady(demand.mean / 60, dispersion: demand.dispersion),
            delays: DelaySettings(
                response: .automatic(ThreePoint(.seconds(Int64(delay) * 60)))),
            horizon: .seconds(Int64(horizon) * 60), draws: draws)
    }
}

/// What a thief does in a period, by the outcomes of the N − 1 before it: one of several levels by
/// chance.
struct RandomStrategy {
    /// What is added in a period.
    enum Level {
        /// The same, whatever the demand.
        case blind(Double)
        /// As much as leaves the period within bounds.
        case fill
    }

    let levels: [Level]
    /// The probability of each level, for each memory; one for all who do not look.
    let chances: [[Double]]

    /// The mean of what it takes of a defence, over phases of the beginning.
    ///
    /// After the first period all phases are gone on with together: the last one, which the horizon
    /// cuts, is half a period for those of any phase.
    func meanTaken(of defence: SmallDefence) -> Double {
        var (sum, weights) = (0.0, [Double]())
        for first in defence.beginnings {
            var own = defence.quietPast
            own += [Double](repeating: 0, count: own.count * defence.delay)
            sum += pass(&own, of: defence, mixed(defence, first))
            weights = weights.isEmpty ? own : zip(weights, own).map { $0 + $1 }
        }
        let (whole, last) = (mixed(defence, defence.whole), mixed(defence, defence.last))
        for _ in 1..<defence.horizon { sum += pass(&weights, of: defence, whole) }
        sum += pass(&weights, of: defence, last)
        return sum / Double(defence.beginnings.count)
    }

    /// What each memory makes of a period: operations, and the probability that it breaches.
    private func mixed(
        _ defence: SmallDefence, _ period: SmallDefence.Period
    ) -> [(taken: Double, breaches: Double)] {
        let outcomes = levels.map { outcome($0, of: defence, period) }
        return (0..<1 << (defence.n - 1)).map { memory in
            zip(chances[memory % chances.count], outcomes).reduce((0, 0)) { sum, one in
                (sum.0 + one.0 * one.1.taken, sum.1 + one.0 * one.1.breaches)
            }
        }
    }

    /// Goes on by one period; the weights are by how many periods ago the alarm fired, none first,
    /// and by memory.
    ///
    /// - Returns: what is taken in it.
    private func pass(
        _ weights: inout [Double], of defence: SmallDefence,
        _ choices: [(taken: Double, breaches: Double)]
    ) -> Double {
        let memories = choices.count
        var next = [Double](repeating: 0, count: weights.count)
        var sum = 0.0
        for (state, weight) in weights.enumerated() where weight > 0 {
            let (age, memory) = (state / memories, state % memories)
            let choice = choices[memory]
            sum += weight * choice.taken
            let quiet = (memory << 1) & (memories - 1)
            let loud = (memory << 1 | 1) & (memories - 1)
            let fires = age > 0 || memory.nonzeroBitCount + 1 >= defence.m
            let (onQuiet, onBreach) = (age > 0 ? age + 1 : 0, fires ? age + 1 : 0)
            if onQuiet <= defence.delay {
                next[onQuiet * memories + quiet] += weight * (1 - choice.breaches)
            }
            if onBreach <= defence.delay {
                next[onBreach * memories + loud] += weight * choice.breaches
            }
        }
        weights = next
        return sum
    }

    private func outcome(
        _ level: Level, of defence: SmallDefence, _ period: SmallDefence.Period
    ) -> (taken: Double, breaches: Double) {
        switch level {
        case .blind(let operations):
            let added = operations * period.share
            let left = (Double(defence.threshold) - added).rounded(.down)
            let breaches = left < 0 ? 1 : defence.demand.probability(above: UInt64(left))
            return (added, breaches)
        case .fill:
            return (period.room, defence.demand.probability(above: defence.threshold))
        }
    }
}

extension RandomStrategy {
    /// Any stationary strategy.
    static func random(
        against defence: SmallDefence, using generator: inout SeededGenerator
    ) -> RandomStrategy {
        let flat = defence.flat
        let low = Double.random(in: 0...flat, using: &generator)
        let levels: [Level] =
            Bool.random(using: &generator)
            ? [.fill, .blind(flat), .blind(low)] : [.blind(0), .blind(low), .blind(flat)]
        let looks = Bool.random(using: &generator)
        let chances = (0..<(looks ? 1 << (defence.n - 1) : 1)).map { _ in
            // Pure choices as well as mixed ones.
            let weights = levels.map { _ in
                Bool.random(using: &generator) ? Double.random(in: 0...1, using: &generator) : 0
            }
            let sum = weights.reduce(0, +)
            return sum > 0 ? weights.map { $0 / sum } : [1, 0, 0]
        }
        return RandomStrategy(levels: levels, chances: chances)
    }
}
