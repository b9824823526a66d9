import Foundation

/// What two runs measured of one metric of one cell, as logarithms of costs.
struct SamplePair {
    private let metric: Metric
    private let values: (baseline: [Double], candidate: [Double])
    private let costs: (baseline: [Double], candidate: [Double])

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
    /// - Returns: nil where one is empty, or a value has no logarithm.
    init?(_ metric: Metric, baseline: [Double], candidate: [Double]) {
        self.metric = metric
        values = (baseline, candidate)
        costs = (baseline.compactMap(metric.logCost), candidate.compactMap(metric.logCost))
        guard !baseline.isEmpty, !candidate.isEmpty, costs.baseline.count == baseline.count,
            costs.candidate.count == candidate.count
        else { return nil }
    }

    /// What the pair shows: the Hodges-Lehmann estimate of the cost ratio, with exact p and bounds
    /// of the rank-sum test.
    ///
    /// - Parameter limit: the logarithm of the ratio from which on a candidate is worse.
    func evidence(
        of cell: String, limit: Double, _ distributions: inout Distributions
    ) -> Evidence {
        let test = distributions.test(costs.baseline, costs.candidate)
        let interval = test.interval(level: GateRule.level)
        return Evidence(
            cell: cell, metric: metric, baseline: Self.median(values.baseline),
            candidate: Self.median(values.candidate), ratio: exp(test.shift),
            low: interval.map { exp($0.lowerBound) }, high: interval.map { exp($0.upperBound) },
            upper: test.upperBound(level: GateRule.level).map { exp($0) },
            lower: test.lowerBound(level: GateRule.level).map { exp($0) },
            pWorse: test.pAbove(limit), pBetter: test.pBelow(-limit),
            floor: floor(&distributions), pairs: min(values.baseline.count, values.candidate.count))
    }

    /// The ratio by which a run seems to differ from itself, the larger of both; nil where neither
    /// has four rounds.
    ///
    /// Half of the rounds against the other half differ by √2 times what all of them would against
    /// as many others. Odd rounds against even ones, so that both halves have the same of a drift.
    private func floor(_ distributions: inout Distributions) -> Double? {
        var largest: Double?
        for costs in [costs.baseline, costs.candidate] where costs.count >= 4 {
            let odd = costs.indices.filter { $0.isMultiple(of: 2) }.map { costs[$0] }
            let even = costs.indices.filter { !$0.isMultiple(of: 2) }.map { costs[$0] }
            let shift = distributions.test(odd, even).shift
            largest = max(largest ?? 1, exp(abs(shift) / 2.0.squareRoot()))
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
