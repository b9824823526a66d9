import Foundation

/// Periods that are each alike but for the demand: with what probability one breaches, and what it
/// yields.
struct Mixture: Sendable {
    /// The probability that a period breaches, of each kind.
    let breaches: [Double]
    /// Operations of a period, of each kind.
    let yields: [Double]

    /// Flat out with a probability, else filled.
    init(_ share: Double, _ leak: Leak, _ watched: WatchedDemand) {
        breaches = zip(leak.loud, watched.ownBreaches).map { share * $0 + (1 - share) * $1 }
        let most = leak.supply.sustained * watched.period
        yields = leak.room.map { min(most, share * leak.flat + (1 - share) * $0) }
    }

    /// The same number of operations, whatever the demand.
    init(level operations: Double, _ watched: WatchedDemand) {
        breaches = watched.breaches(adding: operations)
        yields = watched.tails.map { _ in operations }
    }

    /// Places of a cycle at which a theft is taken to begin.
    private static let starts = 24
    /// Delays that stand for all of them.
    private static let delays = 8

    /// The mean number of operations until the alarm and the delay after it are over, or the
    /// horizon comes: exact for a memory that begins with what the demand left in it, and delays of
    /// which every eighth of the sample has one.
    ///
    /// Periods and demand are independent, so that what is taken until a stopping time has the mean
    /// of the sum of the means (Wald's identity).
    func meanOperations(_ attack: Attack, _ watched: WatchedDemand) -> Double {
        let sums = AlarmHazard(watched, breaches: breaches).sums(of: yields)
        let delays = attack.delayOctiles(Self.delays)
        let starts = min(watched.cycle, Self.starts)
        let total = (0..<starts).reduce(0.0) { total, index in
            let start = watched.cycle * (2 * index + 1) / (2 * starts)
            return total + mean(from: start, attack, watched, sums, delays)
        }
        return total / Double(starts)
    }

    private func mean(
        from start: Int, _ attack: Attack, _ watched: WatchedDemand, _ sums: AlarmHazard.Sums,
        _ delays: [Double]
    ) -> Double {
        let early = 4 * min(watched.rule.evaluationPeriods, 256)
        let horizon = attack.horizon / watched.period
        var weights = watched.rememberedWeights(before: start)
        var next = weights
        // What is taken within so many periods by who is cut off at the alarm itself.
        var taken = [0.0]
        var lasting = [1.0]
        for index in 0..<early {
            let kind = watched.kind(start + index)
            // The first period is on average half over.
            let yield = index == 0 ? yields[kind] / 2 : yields[kind]
            taken.append(taken[index] + lasting[index] * yield)
            _ = watched.memory.pass(&weights, into: &next, breaching: breaches[kind])
            lasting.append(weights.reduce(0, +))
        }
        func until(_ periods: Double) -> Double {
            // Half a period of the first one is gone before it begins.
            let place = periods + 0.5
            guard place >= Double(early) else {
                let whole = Int(place)
                return taken[whole] + (place - Double(whole)) * (taken[whole + 1] - taken[whole])
            }
            let more = sums.mean(from: start + early, periods: place - Double(early))
            return taken[early] + lasting[early] * more
        }
        let kind = watched.kind(start)
        return delays.reduce(0.0) { total, delay in
            // Going on for a while after the alarm is like an alarm that comes later by that much.
            let late = min(delay / watched.period, horizon)
            return total + late * yields[kind] + until(horizon - late)
        } / Double(delays.count)
    }
}

extension Attack {
    /// So many delays in the middle of equal parts of the sample.
    func delayOctiles(_ parts: Int) -> [Double] {
        let sorted = sample.sortedDelays
        return (0..<parts).map { sorted[sorted.count * (2 * $0 + 1) / (2 * parts)] }
    }
}

extension WatchedDemand {
    /// The distribution of what the alarm remembers at the beginning of a period.
    func rememberedWeights(before place: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: memory.count)
        var next = weights
        weights[0] = 1
        let periods = rule.evaluationPeriods
        let first = (place % cycle - periods % cycle + cycle) % cycle
        for index in 0..<periods {
            _ = memory.pass(&weights, into: &next, breaching: ownBreaches[kind(first + index)])
        }
        let quiet = weights.reduce(0, +)
        guard quiet > 1e-300 else {
            weights = weights.map { _ in 0 }
            weights[0] = 1
            return weights
        }
        return weights.map { $0 / quiet }
    }
}
