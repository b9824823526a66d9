import Foundation

/// P(a, x) and Q(a, x), the regularised incomplete gamma functions (DLMF 8.2.4), a > 0, x ≥ 0.
///
/// The smaller one has some 12 correct digits, 9 at a of 1e12, where the digits of x itself end.
package func incompleteGamma(_ a: Double, _ x: Double) -> Tails {
    guard x > 0 else { return Tails(lower: 0) }
    guard x < .infinity else { return Tails(upper: 0) }
    let front = exp(SaddlePoint.logOfPoissonTerm(a, deviation: a - x))
    guard a < 200 else { return integratedGamma(a, x, front) }
    return x < a + 1
        ? Tails(lower: front * gammaSeries(a, x)) : Tails(upper: front * a * gammaFraction(a, x))
}

/// The tail on the side of x that is away from the mode, integrated from x.
private func integratedGamma(_ a: Double, _ x: Double, _ front: Double) -> Tails {
    let power = a - 1
    let slope = (power - x) / x
    let curvature = power / (x * x)
    if slope > 0 {
        let integral = integralOfDecay(slope: slope, curvature: curvature, limit: x) { s in
            power * SaddlePoint.logarithmBeyondLine(-s / x) - s * slope
        }
        return Tails(lower: front * (a / x) * integral)
    }
    let integral = integralOfDecay(slope: -slope, curvature: curvature, limit: .infinity) { s in
        power * SaddlePoint.logarithmBeyondLine(s / x) + s * slope
    }
    return Tails(upper: front * (a / x) * integral)
}

/// Γ(a + 1) e^x x^−a P(a, x) (DLMF 8.11.4).
private func gammaSeries(_ a: Double, _ x: Double) -> Double {
    var (term, sum, next) = (1.0, 1.0, a)
    while term > sum * 1e-17 {
        next += 1
        term *= x / next
        sum += term
    }
    return sum
}

/// e^x x^−a Γ(a, x), by the continued fraction DLMF 8.9.2 evaluated with Lentz's method.
private func gammaFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = Double.greatestFiniteMagnitude
    var d = 1 / b
    var fraction = d
    for step in 1...10_000 {
        let numerator = -Double(step) * (Double(step) - a)
        b += 2
        d = 1 / notZero(numerator * d + b)
        c = notZero(b + numerator / c)
        fraction *= c * d
        if abs(c * d - 1) < 2e-16 { break }
    }
    return fraction
}

/// A value by which a step of Lentz's method can divide.
func notZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
