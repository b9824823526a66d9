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

    /// The mean of what it takes of a defence: phases of the beginning in eighths.
    func meanTaken(of defence: SmallDefence) -> Double {
        let phases = [0.125, 0.375, 0.625, 0.875]
        return phases.reduce(0) { $0 + taken(of: defence, phase: $1) } / Double(phases.count)
    }

    private func taken(of defence: SmallDefence, phase: Double) -> Double {
        let memories = 1 << (defence.n - 1)
        // By how many periods ago the alarm fired, none first.
        var weights = [[Double]](
            repeating: [Double](repeating: 0, count: memories), count: defence.delay + 1)
        weights[0] = quietPast(of: defence)
        // The horizon cuts as much of the last period as the first one lacks.
        let (first, whole, last) = (
            levels.map { outcome($0, of: defence, share: phase, isCut: false) },
            levels.map { outcome($0, of: defence, share: 1, isCut: false) },
            levels.map { outcome($0, of: defence, share: 1 - phase, isCut: true) }
        )
        var sum = 0.0
        for period in 0...defence.horizon {
            let outcomes = period == 0 ? first : period == defence.horizon ? last : whole
            var next = weights.map { $0.map { _ in 0.0 } }
            for age in weights.indices {
                for memory in 0..<memories where weights[age][memory] > 0 {
                    let chances = chances[memory % chances.count]
                    for (chance, outcome) in zip(chances, outcomes) {
                        let weight = weights[age][memory] * chance
                        sum += weight * outcome.taken
                        for (isBreach, probability) in [
                            (true, outcome.breaches), (false, 1 - outcome.breaches),
                        ] {
                            let counts =
                                memory.nonzeroBitCount + (isBreach ? 1 : 0) >= defence.m
                            let fires = age > 0 || isBreach && counts
                            let after = (memory << 1 | (isBreach ? 1 : 0)) & (memories - 1)
                            let older = fires ? age + 1 : 0
                            guard older <= defence.delay else { continue }
                            next[older][after] += weight * probability
                        }
                    }
                }
            }
            weights = next
        }
        return sum
    }

    private func outcome(
        _ level: Level, of defence: SmallDefence, share: Double, isCut: Bool
    ) -> (taken: Double, breaches: Double) {
        let limit = Double(defence.threshold)
        func above(_ count: Double) -> Double {
            count < 0 ? 1 : defence.demand.probability(above: UInt64(count))
        }
        switch level {
        case .blind(let operations):
            let added = operations * share
            return (added, above((limit - added).rounded(.down)))
        case .fill:
            guard !isCut else { return (0, 0) }
            // E[min(flat, max(0, limit − D))], count by count.
            let most = defence.flat * share
            let room = (0...defence.threshold).reduce(0.0) { sum, count in
                sum + min(most, limit - Double(count)) * defence.demand.probability(of: count)
            }
            return (room, above(limit))
        }
    }

    private func quietPast(of defence: SmallDefence) -> [Double] {
        let own = defence.demand.probability(above: defence.threshold)
        var weights = [Double](repeating: 0, count: 1 << (defence.n - 1))
        for past in 0..<(1 << defence.n) where past.nonzeroBitCount < defence.m {
            var weight = 1.0
            for bit in 0..<defence.n { weight *= past >> bit & 1 == 1 ? own : 1 - own }
            weights[past & (weights.count - 1)] += weight
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
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
