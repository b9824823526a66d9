import Units

extension ThresholdChoice {
    /// What becomes of the thieves who add calls, once a chosen throttle and alarm are all that
    /// stands against them and no time ends what they do.
    package enum Outlook: Hashable, Sendable {
        /// No alarm ever finds a thief who goes about it so, and he has all after a time: at the
        /// soonest, or at the mean rate of a week.
        case unnoticed(Strategy, timeToAll: Seconds, isMean: Bool)
        /// He is found, and goes on all the same, as a revocation ends no session.
        case unstopped(Strategy, timeToAll: Seconds)
        /// Everybody is found; of those who are found last, 95 of 100 within a time.
        case noticed(Strategy, within: Seconds)
    }
}

extension Attack {
    /// What becomes of those who add calls to take all of a data set; nil where nobody can tell.
    package func outlook(of dataset: RecordCount) -> ThresholdChoice.Outlook? {
        guard let soonest = timeToAll(of: dataset, by: .sprint) else { return nil }
        guard watched != nil else {
            return .unnoticed(.sprint, timeToAll: soonest, isMean: false)
        }
        guard endsSessions else { return .unstopped(.sprint, timeToAll: soonest) }
        let hidden = [Strategy.fill, .pulse].compactMap { strategy in
            timeToAll(of: dataset, by: strategy).map { (strategy: strategy, time: $0) }
        }
        guard let quickest = hidden.min(by: { $0.time < $1.time }) else { return nil }
        // Where only the throttle keeps it from him, he is not found for that.
        if quickest.time.isNever, !soonest.isNever { return lastNoticed }
        return .unnoticed(quickest.strategy, timeToAll: quickest.time, isMean: true)
    }

    private func timeToAll(of dataset: RecordCount, by strategy: Strategy) -> Seconds? {
        plan(manner(of: strategy), at: .estimate).map { time(of: dataset, by: $0) }
    }

    /// Who of those that an alarm finds is found last.
    private var lastNoticed: ThresholdChoice.Outlook? {
        let found = [Strategy.sprint, .creep].compactMap { strategy in
            plan(manner(of: strategy), at: .estimate)
                .flatMap { Summary($0.thefts.alarms) }
                .map { (strategy: strategy, within: Seconds($0.p95)) }
        }
        return found.max { $0.within < $1.within }
            .map { .noticed($0.strategy, within: $0.within) }
    }
}
