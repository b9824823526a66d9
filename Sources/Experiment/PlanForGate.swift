import Regression
import Results

extension Plan {
    /// Fewer rounds than this are measured for no gate.
    private static let leastRoundsForGate = 5

    /// The most tests that a comparison of two such runs makes: each metric of each cell of the
    /// anchor.
    package var testsOfGate: Int { cells.count(where: \.isAnchored) * Metric.allCases.count }

    /// The rounds without which a comparison of two such runs could never find a regression.
    package var roundsForGate: Int {
        // The control must be seen to move as well, in either direction.
        let controlTests = 2 * cells.count(where: \.isFloor) * Metric.allCases.count
        return max(
            Self.leastRoundsForGate, NeededPairs.rounds(forTests: max(testsOfGate, controlTests)))
    }
}
