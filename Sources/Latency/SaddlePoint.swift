import Foundation

/// Terms of the Poisson and binomial distributions by their saddle point, to some 1e-14 however
/// large the counts are (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
package enum SaddlePoint {
    /// ln(x^k e^−x / Γ(k + 1)) for a real k ≥ 0, from the deviation k − x.
    package static func logOfPoissonTerm(_ k: Double, deviation: Double) -> Double {
        guard k > 0 else { return deviation }
        return -stirlingError(k) - departure(k, by: deviation) - 0.5 * Foundation.log(2 * .pi * k)
    }

    /// ln(Γ(a + b + 1) / (Γ(a + 1) Γ(b + 1)) x^a y^b) for real a, b > 0 and x + y = 1, from the
    /// deviation a y − b x.
    package static func logOfBinomialTerm(_ a: Double, _ b: Double, deviation: Double) -> Double {
        let all = a + b
        let errors = stirlingError(all) - stirlingError(a) - stirlingError(b)
        let departures = departure(a, by: deviation) + departure(b, by: -deviation)
        return errors - departures + 0.5 * Foundation.log(all / a / b / (2 * .pi))
    }

    /// k ln(k / m) − (k − m) for m = k − deviation, without losing the digits that cancel.
    private static func departure(_ k: Double, by deviation: Double) -> Double {
        -k * logarithmBeyondLine(-deviation / k)
    }

    /// ln(1 + u) − u, u > −1: by the series of the inverse hyperbolic tangent where they cancel.
    package static func logarithmBeyondLine(_ u: Double) -> Double {
        guard abs(u) < 0.3 else { return log1p(u) - u }
        let r = u / (2 + u)
        let square = r * r
        var sum = 0.0
        for odd in stride(from: 25.0, through: 3, by: -2) { sum = sum * square + 1 / odd }
        return r * (2 * square * sum - u)
    }

    /// ln Γ(k + 1) − ln(√(2 π k) (k/e)^k) (DLMF 5.11.1).
    private static func stirlingError(_ k: Double) -> Double {
        guard k > 15 else {
            return lgamma(k + 1) - (k + 0.5) * Foundation.log(k) + k - 0.5 * Foundation.log(2 * .pi)
        }
        let square = k * k
        let series =
            1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square
        return (1.0 / 12 - series / square) / k
    }
}
