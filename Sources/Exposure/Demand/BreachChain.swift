/// The outcomes of the last periods of an M-of-N alarm as a Markov chain, periods taken to be
/// independent of each other.
///
/// Its state is a distribution over what the next N − 1 periods still remember.
package struct BreachChain: Hashable, Sendable {
    /// M.
    package let datapointsToAlarm: Int
    /// N.
    package let evaluationPeriods: Int
    /// The probability of each memory: bit i is set where the period i + 1 ago breached.
    private var states: [Double]

    /// A chain that remembers no breach; nil where it has more states than can be followed.
    package init?(datapointsToAlarm: Int, evaluationPeriods: Int) {
        guard evaluationPeriods <= 16 else { return nil }
        self.datapointsToAlarm = datapointsToAlarm
        self.evaluationPeriods = evaluationPeriods
        states = [Double](repeating: 0, count: 1 << (evaluationPeriods - 1))
        states[0] = 1
    }

    /// The probability that no alarm has fired yet.
    package var quiet: Double { states.reduce(0, +) }

    /// Goes on by one period that breaches with a probability.
    ///
    /// - Returns: the probability that the alarm fires at its end for the first time.
    package mutating func pass(breaching probability: Double) -> Double {
        var next = [Double](repeating: 0, count: states.count)
        let mask = states.count - 1
        var fired = 0.0
        for (memory, weight) in states.enumerated() where weight > 0 {
            next[(memory << 1) & mask] += weight * (1 - probability)
            if memory.nonzeroBitCount + 1 >= datapointsToAlarm {
                fired += weight * probability
            } else {
                next[(memory << 1 | 1) & mask] += weight * probability
            }
        }
        states = next
        return fired
    }
}
