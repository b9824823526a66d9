/// What an M-of-N alarm remembers of the periods before the next one, as the states of an automaton
/// that reads one period at a time.
///
/// A breach is forgotten as soon as it can no longer be one of M among N, so that M of M needs M
/// states and not 2^(M − 1).
package struct AlarmMemory: Hashable, Sendable {
    /// The state after a period within bounds, of each state; the first remembers no breach.
    package let afterQuiet: [Int]
    /// The state after a period that breaches; nil where the alarm fires.
    package let afterBreach: [Int?]

    /// States.
    package var count: Int { afterQuiet.count }

    /// More states than this are not followed.
    package static let mostStates = 4_096

    /// The memory of an alarm.
    ///
    /// Where it has too many states, M breaches in a row are asked for: that alarm fires no sooner,
    /// so that no loss is told too small.
    package init(datapointsToAlarm: Int, evaluationPeriods: Int) {
        let (m, n) = (max(1, datapointsToAlarm), max(1, evaluationPeriods))
        let states = m < n ? Self.followed(m, of: n) : nil
        (afterQuiet, afterBreach) = states ?? Self.run(of: m)
    }

    private typealias Transitions = ([Int], [Int?])

    /// The state is the number of breaches in a row.
    private static func run(of m: Int) -> Transitions {
        ([Int](repeating: 0, count: m), (0..<m).map { $0 + 1 < m ? $0 + 1 : nil })
    }

    /// The state is how many periods ago, counted from the next one, the breaches lie that may
    /// still count, the latest first; nil for too many states.
    private static func followed(_ m: Int, of n: Int) -> Transitions? {
        var indices: [[Int]: Int] = [[]: 0]
        var states: [[Int]] = [[]]
        var (quiet, breach): Transitions = ([], [])
        func index(_ ages: [Int]) -> Int {
            // A breach of this age stays for n − age periods; with every later one it must reach m.
            let kept = ages.enumerated().filter { place, age in
                age < n && place + 1 + n - age >= m
            }.map(\.element)
            if let known = indices[kept] { return known }
            indices[kept] = states.count
            states.append(kept)
            return states.count - 1
        }
        var next = 0
        while next < states.count {
            guard states.count <= mostStates else { return nil }
            let ages = states[next]
            let older = ages.map { $0 + 1 }
            quiet.append(index(older))
            breach.append(ages.count + 1 < m ? index([1] + older) : nil)
            next += 1
        }
        return (quiet, breach)
    }

    /// Moves a distribution over the states on by one period that breaches with a probability.
    ///
    /// - Returns: the probability that the alarm fires.
    func pass(
        _ weights: inout [Double], into next: inout [Double], breaching probability: Double
    ) -> Double {
        var fired = 0.0
        for state in next.indices { next[state] = 0 }
        for state in weights.indices {
            let weight = weights[state]
            guard weight > 0 else { continue }
            next[afterQuiet[state]] += weight * (1 - probability)
            if let after = afterBreach[state] {
                next[after] += weight * probability
            } else {
                fired += weight * probability
            }
        }
        swap(&weights, &next)
        return fired
    }
}
