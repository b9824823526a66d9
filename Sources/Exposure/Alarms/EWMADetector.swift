import Results

/// A one-sided upper EWMA of standardised counts (Roberts, Control chart tests based on geometric
/// moving averages, 1959): z = λ x + (1 − λ) z, and it fires where z exceeds L √(λ / (2 − λ)).
///
/// That limit is of the asymptotic variance, which z comes close to after a few 1/λ periods; the
/// narrower limits of a chart that has just begun are not used, as a detector runs long before a
/// theft. Its lower side is free: a quiet stretch draws z below zero, and no limit holds it there.
package struct EWMADetector: Hashable, Sendable {
    /// λ and L.
    package let settings: EWMASettings
    /// z, in standard deviations of a count.
    package private(set) var average = 0.0

    /// A detector that has seen nothing.
    package init(_ settings: EWMASettings) { self.settings = settings }

    /// Takes the count of a period, with the mean and the standard deviation that are usual for it.
    ///
    /// - Returns: whether it fires. It goes on from where it is; `reset` begins anew.
    package mutating func receive(_ count: Double, mean: Double, deviation: Double) -> Bool {
        // Counts that never vary have no scale: any above the mean is out of bounds.
        guard deviation > 0 else { return count > mean }
        average += settings.weight * ((count - mean) / deviation - average)
        return average > Self.limit(settings)
    }

    /// Begins anew, as after an alarm that was looked into.
    package mutating func reset() { average = 0 }

    /// What z must exceed, in standard deviations of a count.
    package static func limit(_ settings: EWMASettings) -> Double {
        settings.limit * deviation(settings)
    }

    /// The asymptotic standard deviation of z.
    private static func deviation(_ settings: EWMASettings) -> Double {
        (settings.weight / (2 - settings.weight)).squareRoot()
    }

    /// Which limits end a run.
    package enum Sides: Sendable {
        /// The upper, as the detector's.
        case upper
        /// Both, as in most published tables.
        case both
    }

    /// States of the two Markov chains between which is extrapolated.
    private static let states = (coarse: 51, fine: 101)
    /// How far below zero z is followed, in its deviations, where nothing ends the run there.
    private static let depth = 7.0

    /// The average run length: periods until it fires, from its beginning, where all periods are
    /// alike and independent.
    ///
    /// The Markov chain of Lucas and Saccucci, Exponentially weighted moving average control
    /// schemes (Technometrics 32, 1990): states of equal width, each for its middle, and the run
    /// length extrapolated to infinitely many states, as its error falls with their square. For λ
    /// of 0.02 and more that is within one in a hundred.
    ///
    /// - Parameter exceeding: P(X > x) of a standardised count. Not its complement, the cumulative
    ///   distribution function: long runs hang on the small probabilities of its upper tail.
    package static func averageRunLength(
        _ settings: EWMASettings, sides: Sides = .upper, exceeding: (Double) -> Double
    ) -> Double {
        let (coarse, fine) = (
            runLength(settings, sides, states: states.coarse, exceeding: exceeding),
            runLength(settings, sides, states: states.fine, exceeding: exceeding)
        )
        let ratio = Double(states.fine * states.fine) / Double(states.coarse * states.coarse)
        return max(1, fine + (fine - coarse) / (ratio - 1))
    }

    private static func runLength(
        _ settings: EWMASettings, _ sides: Sides, states: Int, exceeding: (Double) -> Double
    ) -> Double {
        let high = limit(settings)
        let low = sides == .both ? -high : -depth * deviation(settings)
        let width = (high - low) / Double(states)
        /// P(z > each edge), from the lowest, with z before.
        func passing(from z: Double) -> [Double] {
            let passing = (0...states).map { edge in
                let edge = low + Double(edge) * width
                return exceeding((edge - (1 - settings.weight) * z) / settings.weight)
            }
            // What falls below the lowest state stays in it where no limit is.
            return sides == .both ? passing : [1] + passing.dropFirst()
        }
        var chain = RunLengthChain(states: states)
        for from in 0..<states {
            let passing = passing(from: low + (Double(from) + 0.5) * width)
            for to in 0..<states { chain[from, to] = passing[to] - passing[to + 1] }
            chain.end(from, passing[states] + (1 - passing[0]))
        }
        let lengths = chain.averageRunLengths()
        // The first step is taken exactly: zero need not be the middle of a state.
        let first = passing(from: 0)
        return lengths.indices.reduce(1) { $0 + (first[$1] - first[$1 + 1]) * lengths[$1] }
    }
}
