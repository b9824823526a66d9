import Units

extension Attack {
    /// When the alarm fires in each theft, in seconds from the first call; infinite for never, or
    /// not before the horizon.
    ///
    /// The first periods are gone through one by one. From then on the time is drawn at once, by
    /// inversion of its distribution in the quasi-stationary regime.
    ///
    /// - Parameters:
    ///   - fromEdge: whether all begin with a period, whatever their phase.
    ///   - earlier: the probability that a period breaches, by its kind, the theft's phase and the
    ///     period's number from 0.
    ///   - later: the same of each kind in the long run.
    func alarmTimes(
        _ watched: WatchedDemand, fromEdge: Bool = false,
        earlier: (_ kind: Int, _ phase: Int, _ index: Int) -> Double,
        later: () -> [Double]
    ) -> [Double] {
        let early = 4 * min(watched.rule.evaluationPeriods, 256) + 16
        let memory = watched.memory
        var hazard: AlarmHazard?
        return (0..<sample.count).map { theft in
            var generator = SeededGenerator(seed: sample.seeds[theft])
            let start = Int(sample.starts[theft] * Double(watched.cycle))
            let phaseIndex = fromEdge ? TheftSample.phases - 1 : sample.phases[theft]
            let phase = TheftSample.phase(phaseIndex)
            var state = watched.remembered(before: start, using: &generator)
            for index in 0..<early {
                let end = (phase + Double(index)) * watched.period
                guard end < horizon else { return .infinity }
                let breach = earlier(watched.kind(start + index), phaseIndex, index)
                guard generator.uniform() < breach else {
                    state = memory.afterQuiet[state]
                    continue
                }
                guard let next = memory.afterBreach[state] else { return end }
                state = next
            }
            let known = hazard ?? AlarmHazard(watched, breaches: later())
            hazard = known
            let more = known.periodsToAlarm(from: start + early, survival: generator.uniform())
            return (phase + Double(early - 1) + more) * watched.period
        }
    }
}

extension WatchedDemand {
    /// Less than this a demand never breaches by itself.
    private static let negligible = 1e-9
    /// Tries at a quiet past; a demand that always breaches has none.
    private static let tries = 100

    /// What the alarm remembers at the beginning of a period of the demand alone, given that fewer
    /// than M of the last N breach.
    func remembered(before place: Int, using generator: inout SeededGenerator) -> Int {
        guard ownBreaches.contains(where: { $0 > Self.negligible }) else { return 0 }
        let periods = rule.evaluationPeriods
        let first = (place % cycle - periods % cycle + cycle) % cycle
        tries: for _ in 0..<Self.tries {
            var state = 0
            for index in 0..<periods {
                guard generator.uniform() < ownBreaches[kind(first + index)] else {
                    state = memory.afterQuiet[state]
                    continue
                }
                guard let next = memory.afterBreach[state] else { continue tries }
                state = next
            }
            return state
        }
        return 0
    }
}
