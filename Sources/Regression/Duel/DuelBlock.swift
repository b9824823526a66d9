/// One block of a duel: in each cell two rounds of the baseline and two of the candidate, in the
/// order A B B A or, mirrored, B A A B.
///
/// Whatever drifts evenly over a block falls on both alike and cancels in their difference.
package struct DuelBlock: Equatable, Sendable {
    /// The block's number, from 1; a block that was lost has one too, and is not here.
    package var number: Int
    /// Whether the candidate had the first and the last round.
    package var isMirrored: Bool
    /// The rounds of the cell.
    package var rounds: DuelRounds
    /// Those of the module that does nothing, each beside one of them; nil where it is not there.
    package var control: DuelRounds?

    /// A block from its parts.
    package init(number: Int, isMirrored: Bool, rounds: DuelRounds, control: DuelRounds?) {
        self.number = number
        self.isMirrored = isMirrored
        self.rounds = rounds
        self.control = control
    }

    /// Whether a block of that number is mirrored: every second one, so that the first place is
    /// not always the same anchor's.
    package static func isMirrored(_ number: Int) -> Bool { number.isMultiple(of: 2) }
}

/// The four rounds of a block.
package struct DuelRounds: Equatable, Sendable {
    /// What was measured of a round, in each metric's own unit.
    package typealias Values = [Metric: Double]

    /// The baseline's two rounds in the order of time.
    package var baseline: Pair
    /// The candidate's.
    package var candidate: Pair
    /// What became of the calls of both of the baseline's.
    package var baselineCalls: CallCounts
    /// Of both of the candidate's.
    package var candidateCalls: CallCounts

    /// Two rounds of one anchor.
    package struct Pair: Equatable, Sendable {
        package var first: Values
        package var second: Values

        package init(_ first: Values, _ second: Values) {
            self.first = first
            self.second = second
        }

        /// The logarithms of a cost in both; nil where one of them has none.
        func logCosts(of metric: Metric) -> (first: Double, second: Double)? {
            guard let first = first[metric].flatMap(metric.logCost),
                let second = second[metric].flatMap(metric.logCost)
            else { return nil }
            return (first, second)
        }

        /// The values of a metric, where there are any.
        func values(of metric: Metric) -> [Double] { [first, second].compactMap { $0[metric] } }
    }

    /// Four rounds.
    package init(
        baseline: Pair, candidate: Pair, baselineCalls: CallCounts = CallCounts(),
        candidateCalls: CallCounts = CallCounts()
    ) {
        self.baseline = baseline
        self.candidate = candidate
        self.baselineCalls = baselineCalls
        self.candidateCalls = candidateCalls
    }

    /// The logarithm of the cost ratio: the mean of the candidate's two less that of the
    /// baseline's; nil where a round lacks the metric.
    package func logRatio(of metric: Metric) -> Double? {
        guard let a = baseline.logCosts(of: metric), let b = candidate.logCosts(of: metric)
        else { return nil }
        return (b.first + b.second) / 2 - (a.first + a.second) / 2
    }
}
