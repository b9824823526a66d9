import Foundation
import Units

extension Attack {
    /// What never alarms, as much of it as there is.
    func quietest(_ supplies: [Supply], _ watched: WatchedDemand) -> Plan? {
        [Manner.fill, .pulse, .wary].compactMap { leaks($0, supplies, watched) }
            .max { $0.recordsPerSecond < $1.recordsPerSecond }
    }

    /// Thefts that leak until the first period after a random instant, exponentially distributed,
    /// and sprint from then on until they are contained.
    func lurk(
        _ rate: Double, _ supplies: [Supply], _ supply: Supply, _ watched: WatchedDemand
    ) -> Plan? {
        guard let quiet = quietest(supplies, watched) else { return nil }
        let sprint = sprint(supply, watched, fromEdge: true)
        let base = Course(
            supply: supply, pace: quiet.course.pace,
            recordsPerOperation: quiet.course.recordsPerOperation)
        var thefts = sprint.thefts
        var turns: [Double] = []
        for theft in 0..<sample.count {
            var generator = SeededGenerator(seed: ~sample.seeds[theft])
            let chance = -log(generator.uniform()) / rate
            let edge = sample.phase(theft) * watched.period
            let later = ((chance - edge) / watched.period).rounded(.up) * watched.period
            let turn = min(horizon, edge + max(0, later))
            var course = base
            course.sprintsAfter = turn
            let window = min(horizon, turn + sprint.thefts.windows[theft])
            let isEnded = sprint.thefts.alarms[theft].isFinite && window < horizon
            thefts.windows[theft] = window
            thefts.alarms[theft] = isEnded ? turn + sprint.thefts.alarms[theft] : .infinity
            thefts.records[theft] = course.records(within: window)
            turns.append(turn)
        }
        return Plan(
            manner: .lurk(rate), course: base, thefts: thefts,
            recordsPerSecond: quiet.recordsPerSecond, turns: turns)
    }
}

/// The mean loss of a thief who leaks until a random instant and sprints from then on.
struct LurkingLoss {
    private let leak: Double
    private let horizon: Double
    /// The sprint's lengths that stand for all of them, each with what it yields in all, and within
    /// each of equal parts of it.
    private let sprints: [(length: Double, records: Double, within: [Double])]

    private static let lengths = 32
    private static let parts = 32

    /// The loss of those who leak so many records a second.
    init(leak: Double, sprint: Plan, horizon: Double) {
        (self.leak, self.horizon) = (leak, horizon)
        let sorted = sprint.thefts.windows.sorted()
        sprints = (0..<Self.lengths).map { index in
            let length = sorted[sorted.count * (2 * index + 1) / (2 * Self.lengths)]
            let within = (0..<Self.parts).map { part in
                sprint.course.records(
                    within: length * (Double(part) + 0.5) / Double(Self.parts))
            }
            return (length, sprint.course.records(within: length), within)
        }
    }

    /// The mean at so many chances a second that the sprint begins.
    func mean(at rate: Double) -> Double {
        let leaked = leak * -expm1(-rate * horizon) / rate
        let sprinted = sprints.reduce(0.0) { sum, sprint in
            let whole = -expm1(-rate * (horizon - sprint.length)) * sprint.records
            let part = sprint.length / Double(Self.parts)
            let cut = sprint.within.enumerated().reduce(0.0) { sum, element in
                // He begins so long before the horizon.
                let left = Double(element.offset) * part
                let chance = exp(-rate * (horizon - left - part)) * -expm1(-rate * part)
                return sum + chance * element.element
            }
            return sum + whole + cut
        }
        return leaked + sprinted / Double(sprints.count)
    }
}
