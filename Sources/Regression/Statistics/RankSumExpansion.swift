import Foundation

/// The expansion of the distribution of U by its cumulants (Fix and Hodges, 1955).
struct RankSumExpansion: Sendable {
    private let mean: Double
    private let deviation: Double
    /// The fourth and sixth cumulants of the standardised U.
    private let fourth: Double
    private let sixth: Double
    /// Where the expansion ends, in standard deviations.
    private static let end = 3.5

    /// The expansion for samples of these sizes.
    ///
    /// U is distributed like a sum that is the difference, in cumulants, of n uniform counts below
    /// m + i and n below i, whose cumulant of order r is B(r) / r × (size^r − 1), with Bernoulli's
    /// number B(r).
    init(_ n: Int, _ m: Int) {
        var sums = (second: 0.0, fourth: 0.0, sixth: 0.0)
        for i in 1...max(1, n) {
            let (large, small) = (pow(Double(m + i), 2), pow(Double(i), 2))
            sums.second += large - small
            sums.fourth += pow(large, 2) - pow(small, 2)
            sums.sixth += pow(large, 3) - pow(small, 3)
        }
        let variance = sums.second / 12
        mean = Double(n) * Double(m) / 2
        deviation = variance.squareRoot()
        fourth = -sums.fourth / 120 / pow(variance, 2)
        sixth = sums.sixth / 252 / pow(variance, 3)
    }

    /// P(U ≥ u), with the usual correction for continuity.
    func upperTail(_ u: Int) -> Double {
        let z = (Double(u) - 0.5 - mean) / deviation
        let tail = tail(beyond: min(abs(z), Self.end))
        guard abs(z) > Self.end else { return z < 0 ? 1 - tail : tail }
        let far = tail * (Self.normalTail(abs(z)) / Self.normalTail(Self.end))
        return z < 0 ? 1 - far : far
    }

    private func tail(beyond z: Double) -> Double {
        let square = z * z
        let third = z * (square - 3)
        let fifth = z * ((square - 10) * square + 15)
        let seventh = z * (((square - 21) * square + 105) * square - 105)
        let density = exp(-square / 2) / (2 * Double.pi).squareRoot()
        return Self.normalTail(z)
            + density
            * (fourth / 24 * third + sixth / 720 * fifth + fourth * fourth / 1152 * seventh)
    }

    private static func normalTail(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }
}
