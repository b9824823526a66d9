import Foundation
import Units

/// What can be taken without ever raising the alarm, by one way to call.
struct Leak: Sendable {
    /// The way to call.
    let supply: Supply
    /// E[min(flat, max(0, θ_max − D))] of each kind of period.
    let room: [Double]
    /// Operations of a period flat out, the mean of M − 1 in a row; of one where M = 1.
    let flat: Double
    /// The probability that a period flat out breaches, of each kind.
    let loud: [Double]
    private let watched: WatchedDemand

    init(_ supply: Supply, _ watched: WatchedDemand) {
        self.supply = supply
        self.watched = watched
        let burst = max(1, watched.rule.datapointsToAlarm - 1)
        flat = supply.operations(within: Double(burst) * watched.period) / Double(burst)
        loud = watched.breaches(adding: flat)
        room = watched.roomBelow(atMost: supply.operations(within: watched.period))
    }

    /// Operations a second of a manner in the long run.
    func pace(_ manner: Manner) -> Double {
        let fill = watched.mean(room)
        let each =
            switch manner {
            case .wary: max(wary, pulse(fill))
            case .pulse: pulse(fill)
            default: fill
            }
        return min(supply.sustained, each / watched.period)
    }

    /// [(M − 1) · flat + (N − M + 1) · under] / N.
    private func pulse(_ under: Double) -> Double {
        let (m, n) = (
            Double(watched.rule.datapointsToAlarm), Double(watched.rule.evaluationPeriods)
        )
        return ((m - 1) * flat + (n - m + 1) * under) / n
    }

    /// Operations of a period of who goes flat out unless one more breach would raise the alarm:
    /// more than a pulse where flat out breaches only now and then.
    private var wary: Double {
        let memory = watched.memory
        var weights = [Double](repeating: 0, count: memory.count)
        weights[0] = 1
        var next = weights
        var taken = 0.0
        func pass(_ kind: Int) -> Double {
            for state in next.indices { next[state] = 0 }
            var yield = 0.0
            for (state, weight) in weights.enumerated() where weight > 0 {
                if let after = memory.afterBreach[state] {
                    yield += weight * flat
                    next[after] += weight * loud[kind]
                    next[memory.afterQuiet[state]] += weight * (1 - loud[kind])
                } else {
                    // What the demand breaches by itself keeps him waiting.
                    yield += weight * room[kind]
                    next[state] += weight * watched.ownBreaches[kind]
                    next[memory.afterQuiet[state]] += weight * (1 - watched.ownBreaches[kind])
                }
            }
            swap(&weights, &next)
            return yield
        }
        let settling = max(64 * watched.rule.evaluationPeriods, 256)
        for place in 0..<settling { _ = pass(watched.kind(place)) }
        let periods = max(watched.cycle, settling)
        for place in settling..<settling + periods { taken += pass(watched.kind(place)) }
        return taken / Double(periods)
    }
}

extension Attack {
    /// A manner that never raises the alarm, by the way to call that gives most.
    func leaks(_ manner: Manner, _ supplies: [Supply], _ watched: WatchedDemand) -> Plan? {
        let leaks = supplies.map { Leak($0, watched) }
        let yields = leaks.map { $0.pace(manner) * $0.supply.recordsPerOperation }
        guard let most = yields.indices.max(by: { yields[$0] < yields[$1] }) else { return nil }
        let leak = leaks[most]
        let pace = yields[most] / leak.supply.recordsPerOperation
        let all = leak.supply.operations(within: horizon)
        let filled = watched.prefixSums(of: leak.room)
        let records = (0..<sample.count).map { theft in
            // A wary thief's turns depend on what the demand does: the mean stands for them.
            let taken =
                manner == .wary
                ? pace * horizon : taken(manner, leak, filled, theft, watched)
            return min(all, taken) * leak.supply.recordsPerOperation
        }
        return Plan(
            manner: manner,
            course: Course(
                supply: leak.supply, pace: pace,
                recordsPerOperation: leak.supply.recordsPerOperation),
            thefts: Thefts(unending: sample.count, horizon: horizon, records: records),
            recordsPerSecond: yields[most])
    }

    /// Periods that are gone through one by one; of more of them the mean is taken.
    private static let drawnPeriods = 64

    /// Operations of one theft until the horizon. What is filled is filled at a period's end, so
    /// that the last one, which the horizon cuts short, gives nothing.
    private func taken(
        _ manner: Manner, _ leak: Leak, _ filled: [Double], _ theft: Int,
        _ watched: WatchedDemand
    ) -> Double {
        let period = watched.period
        let first = sample.phase(theft) * period
        let periods = horizon < first ? 0 : ((horizon - first) / period).rounded(.down) + 1
        let start = Int(sample.starts[theft] * Double(watched.cycle))
        let (m, n) = (watched.rule.datapointsToAlarm, watched.rule.evaluationPeriods)
        guard periods <= Double(Self.drawnPeriods) else {
            let bursts = manner == .pulse ? Double(m - 1) / Double(n) : 0
            return bursts * leak.flat * horizon / period
                + (1 - bursts) * watched.sum(filled, from: start, periods: periods)
        }
        var generator = SeededGenerator(seed: sample.seeds[theft])
        var sum = 0.0
        for index in 0...Int(periods) {
            let begin = index > 0 ? first + Double(index - 1) * period : 0
            let end = min(horizon, first + Double(index) * period)
            if manner == .pulse, index % n < m - 1 {
                sum += min(leak.flat, leak.supply.served * (end - begin))
            } else if index < Int(periods) {
                let table = watched.tails[watched.kind(start + index)]
                let left = watched.quietLimit - Double(table.distribution.draw(using: &generator))
                sum += min(max(0, left), leak.supply.operations(within: end - begin))
            }
        }
        return sum
    }

    /// Operations of a period, times the records that each opens, that no alarm ever notices:
    /// [(M − 1) · flat + (N − M + 1) · under] / N, under = E[max(0, θ_max − D)], and no more than
    /// the throttle sustains.
    package var leakPerPeriod: Double? {
        guard let watched else { return nil }
        return leakPerSecond.map { $0 * watched.period }
    }

    /// Records that no alarm ever notices until the horizon; nil without an alarm to notice any.
    package var leak: Double? {
        leakPerSecond.map { $0 * horizon }
    }

    private var leakPerSecond: Double? {
        guard let watched, let supplies = projection.supplies(at: .estimate) else { return nil }
        return supplies.map { supply in
            Leak(supply, watched).pace(.pulse) * supply.recordsPerOperation
        }.max()
    }
}
