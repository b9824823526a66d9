import Foundation
import Units

/// The number of legitimate operations in one period: Poisson, or negative binomial where its
/// variance is more than its mean (Hilbe, Negative Binomial Regression, 2011).
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

    /// P(D = count).
    package func probability(of count: UInt64) -> Double {
        guard mean > 0 else { return count == 0 ? 1 : 0 }
        let n = Double(count)
        guard dispersion > 1 else {
            return Foundation.exp(n * Foundation.log(mean) - mean - lgamma(n + 1))
        }
        // NB with size r and success probability 1/φ: mean r (φ − 1), variance φ times that.
        let size = mean / (dispersion - 1)
        return Foundation.exp(
            lgamma(n + size) - lgamma(size) - lgamma(n + 1) - size * Foundation.log(dispersion)
                + n * Foundation.log((dispersion - 1) / dispersion))
    }

    /// P(D > count).
    package func probability(above count: UInt64) -> Double {
        var sum = 0.0
        var next = count + 1
        while true {
            let term = probability(of: next)
            sum += term
            if Double(next) > mean, term <= sum * 1e-17 || term == 0 { break }
            next += 1
        }
        return min(1, sum)
    }

    /// E[max(0, count − D)]: what is left below a count.
    package func meanLeft(below count: UInt64) -> Double {
        var (sum, below) = (0.0, UInt64(0))
        while below < count {
            sum += Double(count - below) * probability(of: below)
            below += 1
        }
        return sum
    }

    /// A drawn count.
    package func draw(using generator: inout SeededGenerator) -> UInt64 {
        var left = Double.random(in: 0..<1, using: &generator)
        var count: UInt64 = 0
        while true {
            left -= probability(of: count)
            if left < 0 || Double(count) > 100 * (mean + 10) { return count }
            count += 1
        }
    }
}
