import Foundation
import Regression
import Units

/// Blocks whose rounds are drawn.
struct DrawnBlocks {
    var generator: SeededGenerator
    /// What the candidate costs more, as a logarithm, of every metric.
    var shift = 0.0
    /// The spread of a round's logarithm.
    var spread = 0.01
    /// What each round costs more than the one before it, as a logarithm.
    var drift = 0.0
    /// Whether one round in ten is ten times as far off as the others.
    var hasOutliers = false
    var metrics = [Metric.serviceP50]
    /// Whether what does nothing is drawn too.
    var hasControl = true
    private var position = 0.0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// The block of a number; what does nothing is ten times as steady and has no shift.
    mutating func block(_ number: Int) -> DuelBlock {
        let isMirrored = DuelBlock.isMirrored(number)
        let own = rounds(isMirrored, shift)
        guard hasControl else {
            return DuelBlock(number: number, isMirrored: isMirrored, rounds: own, control: nil)
        }
        let (usual, begun) = (spread, position)
        (spread, position) = (usual / 10, begun - 4)
        let control = rounds(isMirrored, 0)
        (spread, position) = (usual, begun)
        return DuelBlock(
            number: number, isMirrored: isMirrored, rounds: own, control: control)
    }

    private mutating func rounds(_ isMirrored: Bool, _ shift: Double) -> DuelRounds {
        let (outside, inside) = isMirrored ? (shift, 0.0) : (0.0, shift)
        let four = [outside, inside, inside, outside].map { round($0) }
        let (outer, inner) = (
            DuelRounds.Pair(four[0], four[3]), DuelRounds.Pair(four[1], four[2])
        )
        return isMirrored
            ? DuelRounds(baseline: inner, candidate: outer)
            : DuelRounds(baseline: outer, candidate: inner)
    }

    private mutating func round(_ shift: Double) -> DuelRounds.Values {
        position += 1
        var values: DuelRounds.Values = [:]
        for metric in metrics {
            let cost = shift + drift * position + spread * noise()
            values[metric] = 1_000 * exp(metric.isBetterWhenMore ? -cost : cost)
        }
        return values
    }

    /// A draw around 0 with a variance of 1: the sum of two uniform ones, which is as good as any
    /// for what holds whatever the distribution, and quick.
    private mutating func noise() -> Double {
        let bits = generator.next()
        let (one, other) = (Double(bits >> 32) * 0x1p-32, Double(bits & 0xffff_ffff) * 0x1p-32)
        let isFar = hasOutliers && bits % 10 == 0
        return (one + other - 1) * (isFar ? 10 : 1) * 6.0.squareRoot()
    }
}
