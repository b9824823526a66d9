/// The outcomes of the last periods of an M-of-N alarm as a Markov chain, periods taken to be
/// independent of each other.
///
/// Its state is a distribution over what the next N − 1 periods still remember while the alarm has
/// not fired: a run of breaches where M = N, nothing where M = 1, the age of the last breach where
/// M = 2, and otherwise which of the last N − 1 periods breached.
package struct BreachChain: Hashable, Sendable {
    /// M.
    package let datapointsToAlarm: Int
    /// N.
    package let evaluationPeriods: Int
    /// The probability of each memory.
    private var states: [Double]
    /// The memory that follows on each after a quiet period.
    private let afterQuiet: [Int32]
    /// The memory that follows on each after a breach; negative where the alarm fires.
    private let afterBreach: [Int32]
    /// How many breaches each remembers.
    private let breaches: [Int32]

    /// A chain that remembers no breach; nil where it has more than 65,536 states.
    ///
    /// There is one for every M = N, M = 1 and M = 2, and for every N up to 17.
    package init?(datapointsToAlarm: Int, evaluationPeriods: Int) {
        guard 1...evaluationPeriods ~= datapointsToAlarm else { return nil }
        let size = (datapointsToAlarm, evaluationPeriods)
        guard let memories = Memories(breaches: size.0, of: size.1) else { return nil }
        (self.datapointsToAlarm, self.evaluationPeriods) = size
        (afterQuiet, afterBreach) = (memories.afterQuiet, memories.afterBreach)
        breaches = memories.breaches
        states = [Double](repeating: 0, count: afterQuiet.count)
        states[0] = 1
    }

    /// The probability that no alarm has fired yet.
    package var quiet: Double { states.reduce(0, +) }

    /// Goes on by one period that breaches with a probability.
    ///
    /// - Returns: the probability that the alarm fires at its end for the first time.
    package mutating func pass(breaching probability: Double) -> Double {
        var next = [Double](repeating: 0, count: states.count)
        var fired = 0.0
        for (memory, weight) in states.enumerated() where weight > 0 {
            next[Int(afterQuiet[memory])] += weight * (1 - probability)
            let after = Int(afterBreach[memory])
            if after < 0 {
                fired += weight * probability
            } else {
                next[after] += weight * probability
            }
        }
        states = next
        return fired
    }

    /// Sets the state to that of an alarm that has long watched periods that breach with a
    /// probability, and is not firing now: what a theft that begins at any time meets.
    ///
    /// A memory of k breaches has the weight p^k (1 − p)^(N − 1 − k); one of M − 1 only where the
    /// period before those it remembers was quiet.
    package mutating func settle(breaching probability: Double) {
        let clear = 1 - probability
        var total = 0.0
        for memory in states.indices {
            let count = Int(breaches[memory])
            var weight = power(probability, count)
            if datapointsToAlarm == evaluationPeriods {
                // A run: what lies before its quiet beginning is free.
                weight *= clear
            } else {
                let isFull = count == datapointsToAlarm - 1
                weight *= power(clear, evaluationPeriods - 1 - count + (isFull ? 1 : 0))
            }
            states[memory] = weight
            total += weight
        }
        guard total > 0 else { return clearAll() }
        for memory in states.indices { states[memory] /= total }
    }

    private mutating func clearAll() {
        for memory in states.indices { states[memory] = 0 }
        states[0] = 1
    }

    /// Periods until the alarm fires for the first time, the mean from a cleared state; nil where
    /// there are more than 512 states to solve for and no closed form.
    ///
    /// M = N: (1 − p^M) / ((1 − p) p^M) (Feller, An Introduction to Probability Theory, 1968,
    /// XIII.7).
    package func meanPeriodsToAlarm(breaching probability: Double) -> Double? {
        guard probability > 0 else { return .infinity }
        guard probability < 1 else { return Double(datapointsToAlarm) }
        if datapointsToAlarm == evaluationPeriods {
            // Summed, so that a probability near 1 loses nothing: Σ p^−k, k = 1 … M.
            return (1...datapointsToAlarm).reduce(0) { $0 + 1 / power(probability, $1) }
        }
        guard states.count <= 512 else { return nil }
        var chain = RunLengthChain(states: states.count)
        for memory in states.indices {
            chain[memory, Int(afterQuiet[memory])] += 1 - probability
            let after = Int(afterBreach[memory])
            if after < 0 {
                chain.end(memory, probability)
            } else {
                chain[memory, after] += probability
            }
        }
        return chain.averageRunLengths().first
    }
}

/// base^exponent, a whole exponent.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, left) = (1.0, base, exponent)
    while left > 0 {
        if left & 1 == 1 { result *= square }
        (square, left) = (square * square, left >> 1)
    }
    return result
}

/// What an M-of-N alarm that has not fired can remember, and how one memory follows on another.
private struct Memories {
    var afterQuiet: [Int32] = []
    var afterBreach: [Int32] = []
    var breaches: [Int32] = []

    init?(breaches limit: Int, of periods: Int) {
        if limit == 1 {
            add(afterQuiet: 0, afterBreach: -1, breaches: 0)
        } else if limit == periods {
            // The state is the run of breaches that is going on.
            for run in 0..<periods {
                add(afterQuiet: 0, afterBreach: run + 1 < periods ? run + 1 : -1, breaches: run)
            }
        } else if limit == 2 {
            // The state is the age of the last breach; 0 for none that is remembered.
            add(afterQuiet: 0, afterBreach: 1, breaches: 0)
            for age in 1..<periods {
                add(afterQuiet: age + 1 < periods ? age + 1 : 0, afterBreach: -1, breaches: 1)
            }
        } else {
            guard follow(limit, periods) else { return nil }
        }
    }

    private mutating func add(afterQuiet quiet: Int, afterBreach breach: Int, breaches count: Int) {
        afterQuiet.append(Int32(quiet))
        afterBreach.append(Int32(breach))
        breaches.append(Int32(count))
    }

    /// Finds every memory of at most limit − 1 breaches, bit i set where the period i + 1 ago
    /// breached; false where there are too many.
    private mutating func follow(_ limit: Int, _ periods: Int) -> Bool {
        guard periods <= 64 else { return false }
        let mask = UInt64.max >> UInt64(65 - periods)
        var numbers: [UInt64: Int] = [0: 0]
        var memories: [UInt64] = [0]
        func number(of memory: UInt64) -> Int {
            if let known = numbers[memory] { return known }
            numbers[memory] = memories.count
            memories.append(memory)
            return memories.count - 1
        }
        var next = 0
        while next < memories.count {
            guard memories.count <= 65_536 else { return false }
            let memory = memories[next]
            let count = memory.nonzeroBitCount
            let quiet = number(of: memory << 1 & mask)
            let fires = count + 1 >= limit
            let breach = fires ? -1 : number(of: (memory << 1 | 1) & mask)
            add(afterQuiet: quiet, afterBreach: breach, breaches: count)
            next += 1
        }
        return true
    }
}
