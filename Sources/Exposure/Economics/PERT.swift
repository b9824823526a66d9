import Foundation
import Results
import Units

/// A beta-PERT distribution: what is known of a value by its least, its likeliest and its most.
///
/// Malcolm, Roseboom, Clark and Fazar (1959) give the mean, Vose (2008) the beta distribution with
/// the weight λ = 4 of the likeliest: low + (high − low) · Beta(α, β) with
/// α = 1 + λ (likely − low) / (high − low) and β = 1 + λ (high − likely) / (high − low).
package struct PERT: Hashable, Sendable {
    /// The least.
    package let low: Double
    /// The likeliest.
    package let likely: Double
    /// The most.
    package let high: Double

    /// λ: how many times as much as an end the likeliest weighs in the mean.
    private static let weight = 4.0

    /// A distribution; low ≤ likely ≤ high, all finite.
    package init(low: Double, likely: Double, high: Double) {
        precondition(
            low <= likely && likely <= high && (high - low).isFinite,
            "a range is finite and goes from low to high")
        (self.low, self.likely, self.high) = (low, likely, high)
    }

    /// The distribution over a range.
    package init(_ range: ThreePoint<Double>) {
        self.init(low: range.low, likely: range.likely, high: range.high)
    }

    /// The distribution over a range of lengths, in seconds.
    package init(_ range: ThreePoint<Nanoseconds>) {
        self.init(
            low: range.low.seconds.value, likely: range.likely.seconds.value,
            high: range.high.seconds.value)
    }

    /// Whether there is nothing uncertain about it.
    package var isPoint: Bool { low == high }

    /// (low + 4 · likely + high) / 6.
    package var mean: Double {
        isPoint ? low : low + (high - low) * alpha / (alpha + beta)
    }

    /// A value drawn at random: X / (X + Y) of two gamma variates has the beta distribution.
    package func draw(using generator: inout SeededGenerator) -> Double {
        guard !isPoint else { return low }
        let first = generator.gamma(shape: alpha)
        let second = generator.gamma(shape: beta)
        return value(at: first / (first + second))
    }

    /// P(value ≤ x).
    package func cumulative(_ x: Double) -> Double {
        if x >= high { return 1 }
        if x < low { return 0 }
        return Self.incompleteBeta((x - low) / (high - low), alpha, beta)
    }

    /// The value below which a share of the draws lies; the share must lie in 0...1.
    package func quantile(_ share: Double) -> Double {
        precondition((0...1).contains(share), "a share lies between 0 and 1")
        guard !isPoint else { return low }
        var (below, above) = (0.0, 1.0)
        // A double has 53 bits: halving more often changes nothing.
        for _ in 0..<53 {
            let middle = (below + above) / 2
            if Self.incompleteBeta(middle, alpha, beta) < share {
                below = middle
            } else {
                above = middle
            }
        }
        return value(at: (below + above) / 2)
    }

    private var alpha: Double { 1 + Self.weight * ((likely - low) / (high - low)) }
    private var beta: Double { 1 + Self.weight * ((high - likely) / (high - low)) }

    /// Clamped: rounding must not put a value outside of its range.
    private func value(at share: Double) -> Double { min(high, low + (high - low) * share) }

    /// I_x(a, b), the regularised incomplete beta function; a and b lie in 1...5.
    private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let front = tgamma(a + b) / (tgamma(a) * tgamma(b)) * pow(x, a) * pow(1 - x, b)
        // Where the fraction converges slowly the mirrored one is quick.
        return x < (a + 1) / (a + b + 2)
            ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b
    }

    /// The continued fraction of the incomplete beta function (DLMF 8.17.22) evaluated as Lentz has
    /// it (Press et al., Numerical Recipes, 6.4).
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var (numerator, denominator) = (1.0, 1 / (1 - (a + b) * x / (a + 1)))
        var fraction = denominator
        for step in 1...200 {
            let m = Double(step)
            for term in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                denominator = 1 / (1 + term * denominator)
                numerator = 1 + term / numerator
                fraction *= denominator * numerator
            }
            if abs(denominator * numerator - 1) < 1e-15 { break }
        }
        return fraction
    }
}

extension SeededGenerator {
    /// A number between 0 and 1, neither of them.
    mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

    /// A standard normal variate by the polar method (Marsaglia and Bray, 1964).
    mutating func normal() -> Double {
        while true {
            let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = x * x + y * y
            if square < 1, square > 0 { return x * (-2 * log(square) / square).squareRoot() }
        }
    }

    /// A gamma variate of scale 1 (Marsaglia and Tsang, 2000); the shape must be at least 1.
    mutating func gamma(shape: Double) -> Double {
        precondition(shape >= 1, "the method is for shapes from 1 on")
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(uniform()) < x * x / 2 + d * (1 - v + log(v)) { return d * v }
        }
    }
}
