import Foundation

/// The two sides of a continuous distribution at a point: each good to its last digits where it is
/// the smaller one.
package struct Tails: Hashable, Sendable {
    /// What lies below.
    package let lower: Double
    /// What lies above.
    package let upper: Double

    /// The tails of which the lower is known.
    init(lower: Double) {
        self.lower = min(1, max(0, lower))
        upper = 1 - self.lower
    }

    /// The tails of which the upper is known.
    init(upper: Double) {
        self.upper = min(1, max(0, upper))
        lower = 1 - self.upper
    }

    /// The same with the sides exchanged.
    var mirrored: Tails { Tails(lower: upper, upper: lower) }

    private init(lower: Double, upper: Double) { (self.lower, self.upper) = (lower, upper) }
}

/// The integral over [0, limit] of e^g, where g(0) = 0 and g falls ever faster or nearly so.
///
/// Four panels of Gauss and Legendre's 16 points up to where e^g is lost: a bounded cost, however
/// large the parameters of a tail are.
///
/// - Parameters:
///   - slope: −g′(0).
///   - curvature: −g″(0).
func integralOfDecay(
    slope: Double, curvature: Double, limit: Double, _ g: (Double) -> Double
) -> Double {
    let lost = 42.0
    let steepness = max(0, slope)
    let root = (steepness * steepness + 2 * curvature * lost).squareRoot()
    var end = 2 * lost / (steepness + root)
    while end < limit, g(end) > -lost { end *= 1.3 }
    end = min(end, limit)
    let (panels, half) = (4, end / 8)
    var sum = 0.0
    for panel in 0..<panels {
        let middle = Double(2 * panel + 1) * half
        for (node, weight) in gaussLegendre {
            sum += weight * (exp(g(middle - half * node)) + exp(g(middle + half * node)))
        }
    }
    return sum * half
}

/// The positive nodes and the weights of 16 points (DLMF 3.5.21).
private let gaussLegendre: [(node: Double, weight: Double)] = [
    (0.0950125098376374402, 0.189450610455068496), (0.281603550779258913, 0.182603415044923589),
    (0.458016777657227386, 0.169156519395002538), (0.617876244402643748, 0.149595988816576732),
    (0.755404408355003034, 0.124628971255533872), (0.865631202387831744, 0.0951585116824927848),
    (0.944575023073232576, 0.0622535239386478929), (0.98940093499164993, 0.027152459411754095),
]
