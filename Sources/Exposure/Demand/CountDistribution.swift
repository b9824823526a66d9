import Foundation
import Latency
import Units

/// The number of legitimate operations in one period: Poisson, or negative binomial where its
/// variance is more than its mean (Hilbe, Negative Binomial Regression, 2011).
///
/// Every function takes a bounded time for means and counts up to 1e12. The smaller of two tails
/// has 9 correct digits at least for means up to 1e7.
package struct CountDistribution: Hashable, Sendable {
    /// The mean count.
    package let mean: Double
    /// φ: variance over mean, at least 1.
    package let dispersion: Double

    /// A distribution of counts.
    package init(mean: Double, dispersion: Double = 1) {
        precondition(mean >= 0 && dispersion >= 1, "counts are not below zero nor below Poisson")
        (self.mean, self.dispersion) = (mean, dispersion)
    }

    /// The variance of the count.
    package var variance: Double { mean * dispersion }

    /// The size r of a negative binomial with success probability 1/φ; infinite for Poisson.
    private var size: Double { mean / (dispersion - 1) }

    /// Whether it cannot be told from Poisson: the variance differs by less than rounding.
    private var isPoisson: Bool { dispersion - 1 < 1e-12 }

    /// P(D = count).
    package func probability(of count: UInt64) -> Double {
        guard mean > 0 else { return count == 0 ? 1 : 0 }
        return exp(logarithm(of: Double(count)))
    }

    /// ln P(D = n), for a mean above zero.
    private func logarithm(of n: Double) -> Double {
        guard !isPoisson else { return SaddlePoint.logOfPoissonTerm(n, deviation: n - mean) }
        guard n > 0 else { return -size * Foundation.log(dispersion) }
        return SaddlePoint.logOfBinomialTerm(n, size, deviation: (n - mean) / dispersion)
            + Foundation.log(size / (size + n))
    }

    /// P(D ≤ count) and P(D > count): Q(count + 1, mean), or I_1/φ(r, count + 1).
    private func tails(at count: UInt64) -> (below: Double, above: Double) {
        guard mean > 0 else { return (1, 0) }
        let next = Double(count) + 1
        guard !isPoisson else {
            let tails = incompleteGamma(next, mean)
            return (tails.upper, tails.lower)
        }
        let tails = incompleteBeta(
            (dispersion - 1) / dispersion, complement: 1 / dispersion, next, size,
            deviation: (next - mean) / dispersion)
        return (tails.upper, tails.lower)
    }

    /// P(D > count).
    package func probability(above count: UInt64) -> Double { tails(at: count).above }

    /// P(D ≤ count).
    package func probability(upTo count: UInt64) -> Double { tails(at: count).below }

    /// E[max(0, count − D)]: what is left below a count.
    ///
    /// By the size-biased distribution: E[D; D ≤ c] is the mean times P(D' < c), where D' has the
    /// size r + 1 (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, 5.10). Far
    /// below the mean the terms cancel, and only digits that count beside the mean are right.
    package func meanLeft(below count: UInt64) -> Double {
        guard mean > 0, count > 0 else { return Double(count) }
        let n = Double(count)
        // Above the mean the excess is the small one, and what is left is the rest.
        guard n < mean else { return n - mean + meanExcess(above: count) }
        return max(0, (n - mean) * probability(upTo: count) + edge(at: n))
    }

    /// E[max(0, D − count)]: what exceeds a count.
    package func meanExcess(above count: UInt64) -> Double {
        guard mean > 0 else { return 0 }
        let n = Double(count)
        guard n >= mean else { return mean - n + meanLeft(below: count) }
        return max(0, (mean - n) * probability(above: count) + edge(at: n))
    }

    /// E[D; D > n] − mean · P(D > n).
    private func edge(at n: Double) -> Double {
        (mean + n * (dispersion - 1)) * exp(logarithm(of: n))
    }
}

extension CountDistribution {
    /// The least count c with P(D ≤ c) ≥ probability, which is below 1.
    package func quantile(_ probability: Double) -> UInt64 {
        precondition(probability >= 0 && probability < 1, "a quantile lies inside 0 and 1")
        return least { self.probability(upTo: $0) >= probability }
    }

    /// The least count c with P(D > c) ≤ tail, above 0: for tails that 1 − tail cannot tell.
    package func quantile(upperTail tail: Double) -> UInt64 {
        precondition(tail > 0, "a count is exceeded with some probability")
        return least { self.probability(above: $0) <= tail }
    }

    /// The least count of which something holds that also holds of all larger ones.
    private func least(where holds: (UInt64) -> Bool) -> UInt64 {
        guard mean > 0 else { return 0 }
        func holdsAt(_ count: Double) -> Bool { holds(UInt64(min(count, Self.largest))) }
        var step = max(1, variance.squareRoot())
        var (low, high) = (mean, mean)
        if holdsAt(mean) {
            repeat { (low, high, step) = (low - step, low, step * 2) } while low > 0 && holdsAt(low)
        } else {
            repeat {
                (low, high, step) = (high, high + step, step * 2)
            } while high < Self.largest && !holdsAt(high)
        }
        return bisect(UInt64(max(0, low)), UInt64(min(high, Self.largest)), holds)
    }

    /// A count that none reaches: 292 years of one each nanosecond.
    private static let largest = 9e18

    /// The least count in low...high of which something holds; it holds of `high`.
    private func bisect(_ low: UInt64, _ high: UInt64, _ holds: (UInt64) -> Bool) -> UInt64 {
        var (low, high) = (low, high)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return high
    }
}
