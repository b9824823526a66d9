import Results

/// A one-sided upper CUSUM of standardised counts (Page, Continuous inspection schemes, 1954):
/// C = max(0, C + x − k), and it fires where C exceeds h.
package struct CUSUMDetector: Hashable, Sendable {
    /// k and h.
    package let settings: CUSUMSettings
    /// C, in standard deviations.
    package private(set) var sum = 0.0

    /// A detector that has seen nothing.
    package init(_ settings: CUSUMSettings) { self.settings = settings }

    /// Takes the count of a period, with the mean and the standard deviation that are usual for it.
    ///
    /// - Returns: whether it fires. It goes on from where it is; `reset` begins anew.
    package mutating func receive(_ count: Double, mean: Double, deviation: Double) -> Bool {
        // Counts that never vary have no scale: any above the mean is out of bounds.
        guard deviation > 0 else { return count > mean }
        sum = max(0, sum + (count - mean) / deviation - settings.reference)
        return sum > settings.decision
    }

    /// Begins anew, as after an alarm that was looked into.
    package mutating func reset() { sum = 0 }

    /// States of the Markov chain: at 120 the average run length of normal counts is within
    /// one in a thousand of the integral equation's.
    private static let states = 120

    /// The average run length: periods until it fires, from its beginning, where all periods are
    /// alike and independent.
    ///
    /// The Markov chain of Brook and Evans, An approach to the probability distribution of CUSUM
    /// run length (Biometrika 59, 1972): state 0 holds sums up to half a width, the others one
    /// width each.
    ///
    /// - Parameter exceeding: P(X > x) of a standardised count. Not its complement, the cumulative
    ///   distribution function: long runs hang on the small probabilities of its upper tail.
    package static func averageRunLength(
        _ settings: CUSUMSettings, exceeding: (Double) -> Double
    ) -> Double {
        let width = 2 * settings.decision / Double(2 * states - 1)
        // Steps of whole widths are all that transitions differ by.
        let edges = (-states...states).map { step in
            exceeding((Double(step) - 0.5) * width + settings.reference)
        }
        var chain = RunLengthChain(states: states)
        for from in 0..<states {
            chain[from, 0] = 1 - edges[states - from + 1]
            for to in 1..<states {
                let edge = states + to - from
                chain[from, to] = edges[edge] - edges[edge + 1]
            }
            chain.end(from, edges[states + states - from])
        }
        return chain.averageRunLengths()[0]
    }
}
