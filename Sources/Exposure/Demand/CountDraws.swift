import Foundation
import Latency
import Units

extension CountDistribution {
    /// A drawn count, in a time that does not grow with the mean.
    package func draw(using generator: inout SeededGenerator) -> UInt64 {
        guard mean > 0 else { return 0 }
        guard dispersion > 1 else { return Self.poisson(mean, &generator) }
        // A Poisson of a gamma-distributed mean is a negative binomial.
        let scale = dispersion - 1
        return Self.poisson(Self.gamma(mean / scale, &generator) * scale, &generator)
    }

    /// A Poisson count.
    private static func poisson(_ mean: Double, _ generator: inout SeededGenerator) -> UInt64 {
        // Beyond 2^53 a count and its mean differ by less than a double can hold of either.
        guard mean < 9e15 else { return UInt64(min(mean, 9e18)) }
        return mean < 10 ? inverted(mean, &generator) : rejected(mean, &generator)
    }

    /// A Poisson count by inversion of its distribution, term by term.
    private static func inverted(_ mean: Double, _ generator: inout SeededGenerator) -> UInt64 {
        var left = Double.random(in: 0..<1, using: &generator)
        var (term, count) = (exp(-mean), 0.0)
        while left >= term, term > 0 {
            left -= term
            count += 1
            term *= mean / count
        }
        return UInt64(count)
    }

    /// A Poisson count of a mean of 10 or more, by transformed rejection with squeeze (Hörmann,
    /// The transformed rejection method for generating Poisson random variables, 1993: PTRS).
    private static func rejected(_ mean: Double, _ generator: inout SeededGenerator) -> UInt64 {
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverse = 1.1239 + 1.1328 / (b - 3.4)
        let squeeze = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = Double.random(in: 0..<1, using: &generator) - 0.5
            let v = Double.random(in: 0..<1, using: &generator)
            let inside = 0.5 - abs(u)
            guard inside > 0 else { continue }
            let count = ((2 * a / inside + b) * u + mean + 0.43).rounded(.down)
            if inside >= 0.07, v <= squeeze { return UInt64(count) }
            if count < 0 || (inside < 0.013 && v > inside) { continue }
            let density = SaddlePoint.logOfPoissonTerm(count, deviation: count - mean)
            let hat = Foundation.log(v * inverse / (a / (inside * inside) + b))
            if hat <= density { return UInt64(count) }
        }
    }

    /// A draw of the gamma distribution of scale 1 (Marsaglia and Tsang, A Simple Method for
    /// Generating Gamma Variables, 2000).
    package static func gamma(_ shape: Double, _ generator: inout SeededGenerator) -> Double {
        guard shape >= 1 else {
            let u = Double.random(in: 0..<1, using: &generator)
            return gamma(shape + 1, &generator) * pow(u, 1 / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(&generator)
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            let u = Double.random(in: 0..<1, using: &generator)
            if Foundation.log(u) < 0.5 * x * x + d * (1 - v + Foundation.log(v)) { return d * v }
        }
    }

    /// A draw of the standard normal distribution (Marsaglia's polar method, 1964).
    private static func normal(_ generator: inout SeededGenerator) -> Double {
        while true {
            let x = Double.random(in: -1..<1, using: &generator)
            let y = Double.random(in: -1..<1, using: &generator)
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            return x * (-2 * Foundation.log(square) / square).squareRoot()
        }
    }
}
