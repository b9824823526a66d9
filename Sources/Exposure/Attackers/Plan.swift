import Units

/// How a thief goes about it, with the numbers that he chose.
enum Manner: Hashable, Sendable {
    /// As fast as HSM and throttle allow.
    case sprint
    /// As much as leaves every period of the horizon within bounds, with the confidence wanted.
    case creep
    /// The same number of operations in every period, whether it breaches or not.
    case level(Double)
    /// Fills each period.
    case fill
    /// Flat out in M − 1 of every N periods, fills the others.
    case pulse
    /// Flat out unless one more breach would raise the alarm, else fills.
    case wary
    /// Flat out in a period with a probability, else fills.
    case mixture(Double)
    /// The quickest way that never alarms, left for a sprint from the beginning of a period, with
    /// so many chances a second.
    case lurk(Double)
}

/// A manner with what came of it.
struct Plan: Sendable {
    /// The manner.
    let manner: Manner
    /// What he holds after a time.
    let course: Course
    /// How the thefts of the sample ended.
    let thefts: Thefts
    /// Records a second in the long run while nobody stops him.
    let recordsPerSecond: Double
    /// When each theft turns into a sprint; empty where none does or all begin with it.
    var turns: [Double] = []
}

extension Attack {
    /// What a thief chooses, of those whom the contract names.
    func manner(of strategy: Strategy) -> Manner {
        switch strategy {
        case .sprint, .harvest, .best: .sprint
        case .creep: .creep
        case .fill: .fill
        case .pulse: .pulse
        }
    }

    /// A manner with what comes of it; nil where the measured rate has no such bound.
    func plan(_ manner: Manner, at level: RateLevel) -> Plan? {
        guard let supplies = projection.supplies(at: level), let sprint = Self.fastest(supplies)
        else { return nil }
        guard let watched else { return sprintUnseen(manner, sprint) }
        switch manner {
        case .sprint: return self.sprint(sprint, watched)
        case .creep:
            let levels = supplies.map { ($0, creepLevel($0, watched)) }
            return levels.max { $0.1 * $0.0.recordsPerOperation < $1.1 * $1.0.recordsPerOperation }
                .map { steady(manner, $0.1, $0.0, watched) }
        case .level(let operations):
            return steady(manner, operations, sprint, watched)
        case .fill, .pulse, .wary:
            return leaks(manner, supplies, watched)
        case .mixture(let share):
            return mixture(share, sprint, watched)
        case .lurk(let rate):
            return lurk(rate, supplies, sprint, watched)
        }
    }

    /// The way to call that opens most in the long run.
    static func fastest(_ supplies: [Supply]) -> Supply? {
        func pace(_ supply: Supply) -> (Double, Double) {
            (supply.sustained * supply.recordsPerOperation, supply.recordsPerOperation)
        }
        return supplies.max { pace($0) < pace($1) }
    }

    /// Where nobody watches, nothing holds anybody back.
    private func sprintUnseen(_ manner: Manner, _ supply: Supply) -> Plan {
        let course = Course.sprint(supply)
        let taken = course.records(within: horizon)
        return Plan(
            manner: manner, course: course,
            thefts: Thefts(
                unending: sample.count, horizon: horizon,
                records: [Double](repeating: taken, count: sample.count)),
            recordsPerSecond: supply.sustained * supply.recordsPerOperation)
    }

    /// A sprint; from the beginning of a period by a thief who sees where it is.
    func sprint(
        _ supply: Supply, _ watched: WatchedDemand, fromEdge: Bool = false
    ) -> Plan {
        let course = Course.sprint(supply)
        let times = alarmTimes(watched, of: course, fromEdge: fromEdge)
        return plan(
            .sprint, course, times, perSecond: supply.sustained * supply.recordsPerOperation)
    }

    /// The same in every period.
    private func steady(
        _ manner: Manner, _ operations: Double, _ supply: Supply, _ watched: WatchedDemand
    ) -> Plan {
        let pace = operations / watched.period
        let course = Course(
            supply: supply, pace: pace, recordsPerOperation: supply.recordsPerOperation)
        let times =
            pace > 0
            ? alarmTimes(watched, of: course)
            // Who takes nothing cannot be found.
            : [Double](repeating: .infinity, count: sample.count)
        return plan(
            manner, course, times,
            perSecond: min(pace, supply.sustained) * supply.recordsPerOperation)
    }

    /// When the alarm fires on a course that all thefts take.
    private func alarmTimes(
        _ watched: WatchedDemand, of course: Course, fromEdge: Bool = false
    ) -> [Double] {
        var added = AddedOperations(course, period: watched.period)
        return alarmTimes(watched, fromEdge: fromEdge) { kind, phase, index in
            watched.breach(kind, adding: added.operations(phase: phase, index: index))
        } later: {
            added.laterBreaches(watched, until: horizon)
        }
    }

    private func mixture(_ share: Double, _ supply: Supply, _ watched: WatchedDemand) -> Plan {
        let mixture = Mixture(share, Leak(supply, watched), watched)
        let pace = min(watched.mean(mixture.yields) / watched.period, supply.sustained)
        let course = Course(
            supply: supply, pace: pace, recordsPerOperation: supply.recordsPerOperation)
        let times = alarmTimes(watched) { kind, _, _ in
            mixture.breaches[kind]
        } later: {
            mixture.breaches
        }
        return plan(.mixture(share), course, times, perSecond: pace * supply.recordsPerOperation)
    }

    /// A plan of thefts that alarms end at these times.
    private func plan(
        _ manner: Manner, _ course: Course, _ times: [Double], perSecond: Double
    ) -> Plan {
        let all = course.records(within: horizon)
        guard endsSessions else {
            return Plan(
                manner: manner, course: course,
                thefts: Thefts(
                    unending: sample.count, horizon: horizon,
                    records: [Double](repeating: all, count: sample.count)),
                recordsPerSecond: perSecond)
        }
        let thefts = Thefts(alarms: times, sample: sample, horizon: horizon) { _, window in
            window < horizon ? course.records(within: window) : all
        }
        return Plan(manner: manner, course: course, thefts: thefts, recordsPerSecond: perSecond)
    }

    /// T(N) of a plan.
    func time(of dataset: RecordCount, by plan: Plan) -> Seconds {
        let least = projection.theft(of: dataset).seconds
        guard plan.course.pace.isFinite else { return least }
        let steady = max(least, plan.course.time(until: Double(dataset.count)))
        guard case .lurk(let rate) = plan.manner, rate > 0 else { return steady }
        return min(steady, Seconds(1 / rate + least.value))
    }
}
