import Foundation
import Regression
import Testing
import Units

@Suite("Scalability fits")
struct ScalabilityFitTests {
    private typealias Point = ScalabilityFit.Point

    /// SPEC SDM 1991, from the R package usl.
    private static let spec = zip(
        [1, 18, 36, 72, 108, 144, 216],
        [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2]
    ).map { Point(callers: $0, throughput: $1) }

    private static func law(_ n: Double, _ gamma: Double, _ alpha: Double, _ beta: Double)
        -> Double
    { gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1)) }

    @Test("the SPEC benchmark of 1991 has the parameters and the peak of the R package usl")
    func oracle() throws {
        let fit = try ScalabilityFit(Self.spec)
        #expect(abs(fit.contention.value - 0.02773) < 1e-5)
        #expect(abs(fit.coherency.value - 1.0437e-4) < 1e-8)
        #expect(abs(fit.single.value - 89.995) < 1e-3)
        let peak = try #require(fit.peak)
        #expect(abs(peak.callers.value - 96.5) < 0.05)
        #expect(abs(peak.throughput - 1883.9) < 0.2)
        let low = try #require(peak.callers.low)
        let high = try #require(peak.callers.high)
        #expect(low < 96.5 && high > 96.5 && low > 40 && high < 250)
        for figure in [fit.single, fit.contention, fit.coherency] {
            let (low, high) = (try #require(figure.low), try #require(figure.high))
            #expect(low >= 0 && low < figure.value && high > figure.value)
        }
        #expect(fit.isExtrapolated(433) && !fit.isExtrapolated(432))
    }

    @Test(
        "the law itself is found again, whatever its parameters", arguments: 0..<60 as Range<UInt64>
    )
    func exact(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let gamma = pow(10, Double.random(in: -1...5, using: &generator))
        let alpha = Double.random(in: 0...0.9, using: &generator)
        let beta = pow(10, Double.random(in: -6 ... -1, using: &generator))
        let fit = try ScalabilityFit(
            [1, 2, 4, 8, 16, 32, 64].map {
                Point(callers: $0, throughput: Self.law(Double($0), gamma, alpha, beta))
            })
        #expect(abs(fit.single.value / gamma - 1) < 1e-5, "seed \(seed)")
        #expect(abs(fit.contention.value - alpha) < 1e-5, "seed \(seed)")
        #expect(abs(fit.coherency.value - beta) < 1e-6 + 1e-4 * beta, "seed \(seed)")
    }

    @Test("a straight line has neither contention nor a peak")
    func linear() throws {
        let fit = try ScalabilityFit(
            [1, 2, 3, 8].map { Point(callers: $0, throughput: 10 * Double($0)) })
        #expect(fit.contention.value < 1e-9 && fit.coherency.value < 1e-9)
        #expect(fit.peak == nil || (fit.peak?.callers.value ?? 0) > 1e4)
        #expect(abs(fit.throughput(at: 100) - 1000) < 1e-3)
    }

    @Test("Amdahl's law with noise above it has no coherency, and a one-sided interval")
    func amdahl() throws {
        // The last point lies above Amdahl's curve, where β would have to be below 0.
        let values = [(1, 100.0), (2, 181.8), (4, 307.7), (8, 470.6), (16, 680.0)]
        let fit = try ScalabilityFit(values.map { Point(callers: $0.0, throughput: $0.1) })
        #expect(fit.coherency.value == 0 && fit.peak == nil)
        #expect(fit.coherency.low == 0 && (fit.coherency.high ?? 0) > 0)
        #expect(abs(fit.contention.value - 0.1) < 0.02)
    }

    @Test("a curve that falls keeps the bounds, and is best with one caller")
    func falling() throws {
        let values = [(1, 1000.0), (2, 700.0), (4, 420.0), (8, 230.0)]
        let fit = try ScalabilityFit(values.map { Point(callers: $0.0, throughput: $0.1) })
        #expect((0..<1).contains(fit.contention.value) && fit.coherency.value > 0)
        let peak = try #require(fit.peak)
        #expect(peak.callers.value == 1 && abs(peak.throughput / fit.single.value - 1) < 1e-9)
    }

    @Test("no nearby law within the bounds fits better", arguments: 0..<30 as Range<UInt64>)
    func least(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let points = [1, 2, 3, 5, 8].map {
            Point(callers: $0, throughput: Double.random(in: 1...1000, using: &generator))
        }
        let fit = try ScalabilityFit(points)
        func squares(_ gamma: Double, _ alpha: Double, _ beta: Double) -> Double {
            points.reduce(0) { sum, point in
                let miss = point.throughput - Self.law(Double(point.callers), gamma, alpha, beta)
                return sum + miss * miss
            }
        }
        let values = (fit.single.value, fit.contention.value, fit.coherency.value)
        let best = squares(values.0, values.1, values.2)
        for _ in 0..<100 {
            let gamma = values.0 * Double.random(in: 0.9...1.1, using: &generator)
            let alpha = min(0.999, max(0, values.1 + .random(in: -0.05...0.05, using: &generator)))
            let beta = max(0, values.2 + .random(in: -0.05...0.05, using: &generator))
            #expect(squares(gamma, alpha, beta) >= best * (1 - 1e-6), "seed \(seed)")
        }
    }

    @Test("rounds of the same callers are one mean, in any order")
    func rounds() throws {
        let rounds = Self.spec.flatMap {
            [0.98, 1.02].map { [point = $0] in (point, $0) }.map {
                Point(callers: $0.0.callers, throughput: $0.0.throughput * $0.1)
            }
        }
        let fit = try ScalabilityFit(rounds.reversed())
        #expect(fit.points.map(\.callers) == Self.spec.map(\.callers))
        #expect(abs(fit.contention.value - 0.02773) < 1e-5)
    }

    @Test("three numbers of callers are fitted without an interval, two are refused")
    func fewest() throws {
        let three = try ScalabilityFit(Array(Self.spec.prefix(3)))
        #expect(three.contention.high == nil && three.single.low == nil)
        #expect(throws: ScalabilityFitError.tooFewNumbers(2)) {
            try ScalabilityFit(Array(Self.spec.prefix(2)) + Self.spec.prefix(2))
        }
        #expect(throws: ScalabilityFitError.tooFewNumbers(0)) { try ScalabilityFit([]) }
    }

    @Test("a throughput of nothing is refused", arguments: [0, -1, .infinity])
    func unusable(throughput: Double) {
        #expect(throws: ScalabilityFitError.unusable(throughput: throughput, callers: 5)) {
            try ScalabilityFit(Self.spec + [Point(callers: 5, throughput: throughput)])
        }
    }
}
