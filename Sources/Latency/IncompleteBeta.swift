import Foundation

/// I_x(a, b), the regularised incomplete beta function (DLMF 8.17.2), and what it lacks to 1;
/// a, b > 0.
///
/// The smaller one has some 12 correct digits, 9 where a or b is 1e12 and the digits of x end.
///
/// - Parameters:
///   - x: the upper bound, 0 to 1.
///   - complement: 1 − x, given apart so that an x near 1 keeps its digits.
///   - deviation: a (1 − x) − b x, where it is known better than from the other arguments.
package func incompleteBeta(
    _ x: Double, complement y: Double, _ a: Double, _ b: Double, deviation: Double? = nil
) -> Tails {
    guard x > 0 else { return Tails(lower: 0) }
    guard y > 0 else { return Tails(upper: 0) }
    let deviation = deviation ?? a * y - b * x
    // Below the mean; above it by the symmetry I_x(a, b) = 1 − I_1−x(b, a).
    guard deviation >= 0 else {
        return incompleteBeta(y, complement: x, b, a, deviation: -deviation).mirrored
    }
    // x^a y^b / B(a, b)
    let front =
        exp(SaddlePoint.logOfBinomialTerm(a, b, deviation: deviation)) * a / (a + b) * b
    if min(a, b) > 50 {
        return Tails(lower: front * integratedBeta(x, y, a, b, deviation))
    }
    // The fraction is slow where I_y(b, a) is almost a power of y; a remainder keeps few digits.
    if b < 1, y < 0.5, a * y < 1 {
        let upper = front / b * betaSeries(y, b, a)
        if upper < 0.999 { return Tails(upper: upper) }
    }
    return Tails(lower: front / betaFraction(x, a, b, deviation))
}

/// I_x(a, b) over x^a y^b / B(a, b), where x is below the mean: integrated from x down.
private func integratedBeta(
    _ x: Double, _ y: Double, _ a: Double, _ b: Double, _ deviation: Double
) -> Double {
    let slope = (deviation - y + x) / (x * y)
    let curvature = (a - 1) / (x * x) + (b - 1) / (y * y)
    let integral = integralOfDecay(slope: slope, curvature: curvature, limit: x) { s in
        (a - 1) * SaddlePoint.logarithmBeyondLine(-s / x)
            + (b - 1) * SaddlePoint.logarithmBeyondLine(s / y) - s * slope
    }
    return integral / (x * y)
}

/// I_x(a, b) over x^a y^b / (a B(a, b)), a sum of positive terms (DLMF 8.17.8).
private func betaSeries(_ x: Double, _ a: Double, _ b: Double) -> Double {
    var (term, sum, step) = (1.0, 1.0, 0.0)
    while term > sum * 1e-17 {
        step += 1
        term *= (a + b + step - 1) / (a + step) * x
        sum += term
    }
    return sum
}

/// x^a y^b / B(a, b) over I_x(a, b), by the continued fraction of Didonato and Morris (Algorithm
/// 708, 1992, equation 9) evaluated with Lentz's method.
private func betaFraction(_ x: Double, _ a: Double, _ b: Double, _ deviation: Double) -> Double {
    var fraction = notZero(a * (deviation + 1) / (a + 1))
    var (c, d) = (fraction, 0.0)
    for step in 1...100_000 {
        let m = Double(step)
        let below = a + 2 * m - 1
        let numerator = (m * (a + m - 1) / below) * ((a + b + m - 1) / below) * (b - m) * x * x
        let denominator =
            m + m * (b - m) * x / below + (a + m) * (deviation + 1 + m * (2 - x)) / (below + 2)
        d = 1 / notZero(denominator + numerator * d)
        c = notZero(denominator + numerator / c)
        fraction *= c * d
        if abs(c * d - 1) < 2e-16 { break }
    }
    return fraction
}
