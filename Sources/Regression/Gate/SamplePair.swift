import Foundation

/// What two runs measured of one metric of one cell, as logarithms of costs.
struct SamplePair {
    private let metric: Metric
    private let values: (baseline: [Double], candidate: [Double])
    private let costs: (baseline: [Double], candidate: [Double])
    /// The same less what the negative control cost in the same rounds; nil without a control.
    private var overControl: (baseline: [Double], candidate: [Double])?
    /// How many rounds of each have no value.
    private let lacking: (baseline: Int, candidate: Int)

    /// Distributions by the sizes of the two samples, each made once.
    struct Distributions {
        private var made: [[Int]: RankSumDistribution] = [:]

        /// The distribution for samples of these sizes.
        mutating func of(_ n: Int, _ m: Int) -> RankSumDistribution {
            if let known = made[[n, m]] { return known }
            let new = RankSumDistribution(n, m)
            made[[n, m]] = new
            return new
        }

        /// The rank-sum test of two samples.
        mutating func test(_ baseline: [Double], _ candidate: [Double]) -> RankSum {
            RankSum(
                baseline: baseline, candidate: candidate,
                distribution: of(baseline.count, candidate.count))
        }
    }

    /// A pair of samples in the order of the rounds.
    ///
    /// - Parameter lacking: how many rounds of each there are besides, without a value.
    /// - Returns: nil where one is empty, or a value has no logarithm.
    init?(
        _ metric: Metric, baseline: [Double], candidate: [Double],
        lacking: (baseline: Int, candidate: Int) = (0, 0)
    ) {
        self.metric = metric
        self.lacking = lacking
        values = (baseline, candidate)
        costs = (baseline.compactMap(metric.logCost), candidate.compactMap(metric.logCost))
        guard !baseline.isEmpty, !candidate.isEmpty, costs.baseline.count == baseline.count,
            costs.candidate.count == candidate.count
        else { return nil }
    }

    /// Sets beside each round what the host made of it, as the negative control tells.
    ///
    /// - Parameter control: logarithms of costs in the order of the rounds, as many as there are.
    mutating func correct(by control: (baseline: [Double], candidate: [Double])) {
        guard control.baseline.count == costs.baseline.count,
            control.candidate.count == costs.candidate.count
        else { return }
        overControl = (
            zip(costs.baseline, control.baseline).map { $0 - $1 },
            zip(costs.candidate, control.candidate).map { $0 - $1 }
        )
    }

    /// What the pair shows: the Hodges-Lehmann estimate of the cost ratio, with exact p and bounds
    /// of the rank-sum test.
    ///
    /// The rounds of a run share the host's drift, and are then not the independent sample that the
    /// test takes them for. So chances and one-sided bounds are those of the ratio itself or of the
    /// ratio over the control's, in which a common drift cancels, whichever shows less.
    ///
    /// - Parameter limit: the logarithm of the ratio from which on a candidate is worse.
    func evidence(
        of cell: String, limit: Double, _ distributions: inout Distributions
    ) -> Evidence {
        let all = [costs] + (overControl.map { [$0] } ?? [])
        func tests(_ value: Double) -> [RankSum] {
            all.map { costs in
                distributions.test(
                    costs.baseline + Array(repeating: -value, count: lacking.baseline),
                    costs.candidate + Array(repeating: value, count: lacking.candidate))
            }
        }
        // What is lacking counts against whatever is to be shown.
        let dearest = tests(LackingValues.far)
        let cheapest = lacking == (0, 0) ? dearest : tests(-LackingValues.far)
        let level = GateRule.level
        func bound(_ bounds: [Double?], _ widest: ([Double]) -> Double?) -> Double? {
            bounds.contains(nil)
                ? nil : LackingValues.ratio(widest(bounds.compactMap(\.self)))
        }
        return Evidence(
            cell: cell, metric: metric, baseline: Self.median(values.baseline),
            candidate: Self.median(values.candidate),
            ratio: exp(distributions.test(costs.baseline, costs.candidate).shift),
            low: LackingValues.ratio(cheapest[0].lowerBound(level: level / 2)),
            high: LackingValues.ratio(dearest[0].upperBound(level: level / 2)),
            upper: bound(dearest.map { $0.upperBound(level: level) }) { $0.max() },
            lower: bound(cheapest.map { $0.lowerBound(level: level) }) { $0.min() },
            pWorse: cheapest.map { $0.pAbove(limit) }.max() ?? 1,
            pBetter: dearest.map { $0.pBelow(-limit) }.max() ?? 1,
            floor: floor(&distributions), pairs: min(values.baseline.count, values.candidate.count))
    }

    /// The ratio by which a run seems to differ from itself, the larger of both; nil where neither
    /// has four rounds.
    ///
    /// Half of the rounds against the other half differ by √2 times what all of them would against
    /// as many others. Odd rounds against even ones show their noise, the first half against the
    /// second the drift of the host.
    private func floor(_ distributions: inout Distributions) -> Double? {
        var largest: Double?
        for costs in [costs.baseline, costs.candidate] where costs.count >= 4 {
            let middle = costs.count / 2
            for half in [costs.indices.filter { $0.isMultiple(of: 2) }, Array(0..<middle)] {
                let chosen = Set(half)
                let rest = costs.indices.filter { !chosen.contains($0) }
                let shift = distributions.test(half.map { costs[$0] }, rest.map { costs[$0] }).shift
                largest = max(largest ?? 1, exp(abs(shift) / 2.0.squareRoot()))
            }
        }
        return largest
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
