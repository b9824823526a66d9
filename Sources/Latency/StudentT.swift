import Foundation

/// Student's t distribution.
package struct StudentT: Sendable {
    /// Degrees of freedom, at least 1.
    package let degreesOfFreedom: Int

    /// The distribution with so many degrees of freedom.
    package init(degreesOfFreedom: Int) {
        precondition(degreesOfFreedom >= 1, "a t distribution has a degree of freedom")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T ≤ t), by the regularised incomplete beta function (Abramowitz and Stegun 26.7.1).
    package func cumulative(_ t: Double) -> Double {
        let freedom = Double(degreesOfFreedom)
        let tail = 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
        return t > 0 ? 1 - tail : tail
    }

    /// The t with P(T ≤ t) = probability, by bisection to the last bits.
    package func quantile(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "a quantile lies inside 0 and 1")
        guard probability != 0.5 else { return 0 }
        guard probability > 0.5 else { return -quantile(1 - probability) }
        var (low, high) = (0.0, 1.0)
        while cumulative(high) < probability { high *= 2 }
        for _ in 0..<200 where low < high {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return high
    }
}

/// I_x(a, b), by its continued fraction (DLMF 8.17.22) evaluated with Lentz's method.
private func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean; above it the symmetry I_x(a,b) = 1 − I_1−x(b,a).
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let logOfBeta = lgamma(a) + lgamma(b) - lgamma(a + b)
    let front = Foundation.exp(a * logarithm(x) + b * logarithm(1 - x) - logOfBeta)
    let tiny = 1e-300
    var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for step in 1...500 {
        let m = Double(step)
        let n = a + 2 * m
        let even: Double = m * (b - m) * x / ((n - 1) * n)
        let odd: Double = -(a + m) * (a + b + m) * x / (n * (n + 1))
        for numerator in [even, odd] {
            d = 1 + numerator * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + numerator / c
            c = abs(c) < tiny ? tiny : c
            fraction *= c * d
        }
        if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction / a
}
