/// The rank-sum test of two independent samples of which one is the other shifted (Wilcoxon, 1945;
/// Mann and Whitney, 1947), with the estimate and the bounds of the shift that belong to it (Hodges
/// and Lehmann, Estimates of location based on rank tests, 1963; Moses, 1953).
///
/// Everything is read from the differences of all pairs, candidate minus baseline. A difference
/// that equals the shift asked about is a tie and counts as no evidence: of all ways to break the
/// ties that is the least favourable one. Under the distribution without ties a chance is then no
/// smaller than that of ties broken by lot, which is exact, and a closed interval misses the shift
/// no more often than it says.
///
/// The two sides answer alike: `pAbove(shift) ≤ level` exactly where `lowerBound(level:)` lies
/// above that shift, and likewise below.
package struct RankSum: Sendable {
    /// The differences of all pairs.
    private let differences: PairDifferences
    private let distribution: RankSumDistribution

    /// A test of two samples of finite values in any order, one value each at least.
    ///
    /// - Parameter distribution: that of the two sizes.
    package init(baseline: [Double], candidate: [Double], distribution: RankSumDistribution) {
        precondition(!baseline.isEmpty && !candidate.isEmpty, "each sample has a value")
        precondition(
            distribution.sizes == [baseline.count, candidate.count].sorted(),
            "the distribution is that of the two sizes")
        differences = PairDifferences(of: candidate, minus: baseline)
        self.distribution = distribution
    }

    /// The estimate of the shift: the median of the differences.
    package var shift: Double { differences.median }

    /// The interval that misses the shift with a chance of `level` at most, and on either side with
    /// half of that; nil where so few values give none.
    package func interval(level: Double) -> ClosedRange<Double>? {
        guard let critical = distribution.criticalValue(level: level / 2) else { return nil }
        let (low, high) = (lowerBound(critical), upperBound(critical))
        return low <= high ? low...high : nil
    }

    /// What the shift exceeds with a chance of `level` at most; nil where so few values show
    /// nothing.
    package func upperBound(level: Double) -> Double? {
        distribution.criticalValue(level: level).map(upperBound)
    }

    /// What the shift falls below with a chance of `level` at most; nil likewise.
    package func lowerBound(level: Double) -> Double? {
        distribution.criticalValue(level: level).map(lowerBound)
    }

    /// The chance, if the true shift is the one given or below, of as many differences above it or
    /// more.
    package func pAbove(_ shift: Double) -> Double {
        distribution.upperTail(differences.count(above: shift))
    }

    /// The chance, if the true shift is the one given or above, of as many differences below it or
    /// more.
    package func pBelow(_ shift: Double) -> Double {
        distribution.upperTail(differences.count(below: shift))
    }

    private func upperBound(_ critical: Int) -> Double { differences.smallest(critical) }

    private func lowerBound(_ critical: Int) -> Double {
        differences.smallest(distribution.pairs - critical + 1)
    }
}
