/// What was found of one metric of one cell: all that a verdict needs.
///
/// Ratios are cost ratios, candidate over baseline, above 1 where the candidate is worse.
package struct Evidence: Codable, Equatable, Sendable {
    /// The cell's key, with its class where two classes share one.
    package var cell: String
    /// The metric.
    package var metric: Metric
    /// Typical value of the baseline, in the metric's own unit.
    package var baseline: Double
    /// Typical value of the candidate.
    package var candidate: Double
    /// The cost ratio.
    package var ratio: Double
    /// The bounds of its two-sided interval at 99 % or more; nil where so few values give none.
    package var low: Double?
    package var high: Double?
    /// The one-sided bound that the ratio stays below with 99 %, looks and all; nil likewise.
    package var upper: Double?
    /// The one-sided bound that the ratio stays above with 99 %; nil likewise.
    package var lower: Double?
    /// The chance of such values, or worse ones, where the ratio is 1 + tolerance or below; of the
    /// negative control, the root of that.
    package var pWorse: Double
    /// The chance of such values, or better ones, where the ratio is the inverse of that or above.
    package var pBetter: Double
    /// `pWorse` adjusted for all tests of the comparison (Holm); set by the judge.
    package var pAdjusted: Double?
    /// The ratio up to which identical anchors seem to differ on this host, at least 1; nil where
    /// it could not be measured.
    package var floor: Double?
    /// Pairs of values: blocks of a duel, the smaller number of rounds of a comparison.
    package var pairs: Int

    /// The cost ratio that was shown at the least: a wide interval around a large estimate tells
    /// less than a narrow one around a smaller.
    package var leastRatio: Double { lower ?? low ?? ratio }

    /// Evidence from its parts.
    package init(
        cell: String, metric: Metric, baseline: Double, candidate: Double, ratio: Double,
        low: Double?, high: Double?, upper: Double?, lower: Double?, pWorse: Double,
        pBetter: Double, floor: Double?, pairs: Int
    ) {
        self.cell = cell
        self.metric = metric
        self.baseline = baseline
        self.candidate = candidate
        self.ratio = ratio
        self.low = low
        self.high = high
        self.upper = upper
        self.lower = lower
        self.pWorse = pWorse
        self.pBetter = pBetter
        self.floor = floor
        self.pairs = pairs
    }
}
