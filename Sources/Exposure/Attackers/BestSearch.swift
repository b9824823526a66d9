import Foundation
import Results
import Units

extension Attack {
    /// The worst of all strategies, for each data set by itself, and of those that take as much the
    /// quickest: the alarm and the window are those of the one that takes most of a data set
    /// without end.
    ///
    /// Beside those that have a name, stationary mixtures are searched: periods flat out with a
    /// probability and filled else; the same number of operations in every period; flat out unless
    /// one more breach would raise the alarm; and the quickest leak that never alarms, left at a
    /// random period for a sprint.
    func best(_ datasets: [RecordCount]) -> Containment {
        let plans = candidates()
        let tables = plans.map { LossTable($0.thefts.records, value: nil) }
        var known: [Int: Containment] = [:]
        func told(_ index: Int) -> Containment {
            let containment =
                known[index] ?? containment(of: plans[index], as: .best, datasets)
            known[index] = containment
            return containment
        }
        // The first of equals: those with a name come first.
        func first(_ loss: (Int) -> Double) -> Int {
            plans.indices.dropFirst().reduce(0) { loss($1) > loss($0) ? $1 : $0 }
        }
        let most = first { plans[$0].thefts.meanRecords }
        let harvested = harvest(datasets)
        let isHarvest = meanOpenedRecords > plans[most].thefts.meanRecords
        let worst = isHarvest ? harvested : told(most)
        return Containment(
            strategy: .best, isContained: worst.isContained, alarm: worst.alarm,
            window: worst.window,
            losses: datasets.indices.map { index in
                let dataset = datasets[index]
                let means = tables.map { $0.mean(of: dataset) }
                let highest = means.max() ?? 0
                let equals = plans.indices.filter { means[$0] == highest }
                let quickest = equals.min {
                    time(of: dataset, by: plans[$0]) < time(of: dataset, by: plans[$1])
                }
                let loss = told(quickest ?? 0).losses[index]
                let reaped = harvested.losses[index]
                let isReaped =
                    reaped.records.mean == loss.records.mean
                    ? reaped.timeToAll < loss.timeToAll
                    : reaped.records.mean > loss.records.mean
                return isReaped ? reaped : loss
            }, recordsPerSecond: worst.recordsPerSecond)
    }

    /// The plan that takes most of a data set without end.
    func worstPlan() -> Plan? {
        candidates().max { $0.thefts.meanRecords < $1.thefts.meanRecords }
    }

    /// The strategies with a name and the best of each kind of mixture.
    private func candidates() -> [Plan] {
        let named = [Manner.sprint, .creep, .fill, .pulse].compactMap { plan($0, at: .estimate) }
        guard let watched, endsSessions, let supplies = projection.supplies(at: .estimate),
            let supply = Self.fastest(supplies), let quiet = quietest(supplies, watched)
        else { return named }
        var chosen = [
            .wary,
            bestLurk(
                sprint(supply, watched, fromEdge: true), leaking: quiet.recordsPerSecond),
        ]
        if watched.memory.count * watched.cycle <= Self.mostSteps {
            chosen += [bestMixture(supply, watched), bestLevel(supply, watched)]
        }
        return named + chosen.compactMap { $0 }.compactMap { plan($0, at: .estimate) }
    }

    /// Mixtures are searched where one cycle of the demand takes no more steps than this.
    private static let mostSteps = 1_000_000

    private func bestMixture(_ supply: Supply, _ watched: WatchedDemand) -> Manner? {
        // From about one burst in a horizon to nothing but bursts.
        let least = min(0.5, max(1e-9, watched.period / max(horizon, watched.period)))
        let leak = Leak(supply, watched)
        let share = Self.maximum(from: least, to: 1) { share in
            Mixture(share, leak, watched).meanOperations(self, watched)
        }
        return .mixture(share)
    }

    private func bestLevel(_ supply: Supply, _ watched: WatchedDemand) -> Manner? {
        let most = supply.sustained * watched.period
        guard most > 1 else { return nil }
        let least = max(1, min(most, watched.quietLimit) * 1e-3)
        let level = Self.maximum(from: least, to: most) { level in
            Mixture(level: level, watched).meanOperations(self, watched)
        }
        return .level(level)
    }

    private func bestLurk(_ sprint: Plan, leaking leak: Double) -> Manner? {
        guard horizon > 0 else { return nil }
        let loss = LurkingLoss(leak: leak, sprint: sprint, horizon: horizon)
        return .lurk(Self.maximum(from: 1e-3 / horizon, to: 1e6 / horizon, of: loss.mean))
    }

    /// Values that are tried, evenly in the logarithm, before the best one is closed in on.
    private static let tried = 24
    /// Steps of the golden section (Kiefer, 1953), each to 62 % of what was left.
    private static let steps = 16

    /// Where a function of a positive number is largest.
    static func maximum(
        from low: Double, to high: Double, of function: (Double) -> Double
    ) -> Double {
        guard high > low else { return high }
        let width = log(high / low) / Double(tried)
        let values = (0...tried).map { index in
            function(index == tried ? high : low * exp(Double(index) * width))
        }
        let best = values.indices.max { values[$0] < values[$1] } ?? 0
        let golden = (5.0.squareRoot() - 1) / 2
        var (left, right) = (
            log(low) + width * Double(max(0, best - 1)),
            log(low) + width * Double(min(tried, best + 1))
        )
        var inner = (right - golden * (right - left), left + golden * (right - left))
        var found = (function(exp(inner.0)), function(exp(inner.1)))
        for _ in 0..<steps {
            if found.0 >= found.1 {
                (right, inner.1, found.1) = (inner.1, inner.0, found.0)
                inner.0 = right - golden * (right - left)
                found.0 = function(exp(inner.0))
            } else {
                (left, inner.0, found.0) = (inner.0, inner.1, found.1)
                inner.1 = left + golden * (right - left)
                found.1 = function(exp(inner.1))
            }
        }
        let place = exp((left + right) / 2)
        let atGrid = best == tried ? high : low * exp(Double(best) * width)
        return function(place) >= values[best] ? min(high, place) : atGrid
    }
}
