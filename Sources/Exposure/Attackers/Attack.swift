import Results
import Throttling
import Units

/// Thefts under one throttle, one alarm and one demand, by every strategy.
///
/// A theft begins at a random instant of a week: a random hour and a random phase of a period of
/// the alarm. Before it the alarm has been quiet: what it remembers is the last N periods of the
/// demand alone, given that fewer than M of them breach. In each period the thief's operations, a
/// fluid, are added to the demand's count; the period that is the M-th to breach of the last N
/// raises the alarm at its end, and after the delays he is cut off. An alarm that the demand raises
/// by itself while he is at work finds him as well, whose calls are looked at then: all but `fill`,
/// `pulse` and `harvest`, with whom counts look as they do without a thief, so that an alarm leads
/// nowhere. They go on until the horizon, which ends every theft. So does everybody where a
/// revocation ends no session, where there is no alarm or no demand to set it by, and where it
/// watches for too few calls.
///
/// The throttle's whole envelope is the thief's: the worst case.
package struct Attack: Sendable {
    /// What throttle and device let him have.
    package let projection: Projection
    /// The demand under the alarm; nil where no alarm fires for added calls.
    package let watched: WatchedDemand?
    /// What legitimate callers ask for; nil where nobody says.
    package let demand: DemandProfile?
    /// H in seconds.
    let horizon: Double
    /// How sure `creep` wants to be that no period of the horizon breaches.
    let confidence: Double
    /// Whether the alarm ends the theft.
    let endsSessions: Bool
    /// What a thief who picks finds.
    let value: ValueCurve?
    /// The thefts.
    let sample: TheftSample

    /// An attack.
    ///
    /// - Parameters:
    ///   - horizon: H: when a theft ends that nobody stops.
    ///   - confidence: how sure `creep` wants to be.
    ///   - draws: thefts in the sample, rounded up to a multiple of 32.
    package init(
        _ projection: Projection, rule: AlarmRule?, demand: DemandProfile?,
        delays: DelaySettings?, horizon: Nanoseconds, confidence: Probability,
        value: ValueCurve?, draws: Int = 10_000, seed: UInt64
    ) {
        let watched = rule.flatMap { rule in demand.flatMap { WatchedDemand(rule, $0) } }
        self.init(
            projection, watched: watched, demand: demand, delays: delays, horizon: horizon,
            confidence: confidence, value: value, draws: draws, seed: seed)
    }

    /// An attack under an alarm that other attacks share.
    package init(
        _ projection: Projection, watched: WatchedDemand?, demand: DemandProfile?,
        delays: DelaySettings?, horizon: Nanoseconds, confidence: Probability,
        value: ValueCurve?, draws: Int = 10_000, seed: UInt64
    ) {
        self.projection = projection
        self.watched = watched
        self.demand = demand
        self.horizon = max(0, horizon.seconds.value)
        self.confidence = confidence.value
        endsSessions = delays?.endsSessions ?? true
        self.value = value
        sample = TheftSample(atLeast: draws, delays: delays, seed: seed)
    }

    /// How the thefts by a strategy end, and what is lost of data sets by then.
    package func containment(of strategy: Strategy, datasets: [RecordCount]) -> Containment {
        switch strategy {
        case .harvest: return harvest(datasets)
        case .best: return best(datasets)
        case .sprint, .creep, .fill, .pulse:
            guard let plan = plan(manner(of: strategy), at: .estimate) else {
                preconditionFailure("a projection has at least one way to call")
            }
            return containment(of: plan, as: strategy, datasets)
        }
    }

    /// The containment of thefts that went by a plan.
    func containment(
        of plan: Plan, as strategy: Strategy, _ datasets: [RecordCount]
    ) -> Containment {
        let table = LossTable(plan.thefts.records, value: value)
        let (low, high) = (meanLosses(like: plan, at: .low), meanLosses(like: plan, at: .high))
        var containment = Containment(
            strategy: strategy, isContained: plan.thefts.contained,
            alarm: Summary(plan.thefts.alarms), window: Summary(plan.thefts.windows) ?? .none,
            losses: datasets.map { dataset in
                ContainedLoss(
                    dataset: dataset, records: table.records(of: dataset),
                    low: low?.mean(of: dataset), high: high?.mean(of: dataset),
                    allLeave: table.allLeave(of: dataset), timeToAll: time(of: dataset, by: plan),
                    valueShare: table.valueShare(of: dataset))
            }, recordsPerSecond: plan.recordsPerSecond)
        containment.course = plan.course
        return containment
    }

    /// The losses of the same manner at a bound of the measured rate.
    private func meanLosses(like plan: Plan, at level: RateLevel) -> LossTable? {
        self.plan(plan.manner, at: level).map { LossTable($0.thefts.records, value: nil) }
    }
}

extension Summary {
    /// Of no thefts.
    static let none = Summary(mean: 0, p50: 0, p95: 0, worstPhase: 0)
}
