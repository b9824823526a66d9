import Exposure
import Foundation
import Results
import Testing
import Units

@Suite("Detectors")
struct DetectorTests {
    /// P(X > x) of a normal X of variance 1.
    private func normal(shiftedBy shift: Double = 0) -> (Double) -> Double {
        { x in erfc((x - shift) / 2.0.squareRoot()) / 2 }
    }

    private func isNear(_ value: Double, _ expected: Double, within share: Double) -> Bool {
        abs(value / expected - 1) <= share
    }

    @Test("a CUSUM adds what is above k and forgets what is below")
    func cusumSteps() {
        var detector = CUSUMDetector(CUSUMSettings(reference: 0.5, decision: 4))
        // Mean 100, deviation 10: 1.5, 3.0, 2.5, 4.0 and 4.5.
        let fired = [120.0, 120, 100, 120, 110].map {
            detector.receive($0, mean: 100, deviation: 10)
        }
        #expect(fired == [false, false, false, false, true])
        #expect(detector.sum == 4.5)
        detector.reset()
        #expect(detector.sum == 0)
        #expect(detector.receive(0, mean: 100, deviation: 10) == false)
        #expect(detector.sum == 0)
    }

    @Test("an EWMA moves by its weight, and fires above L of its own deviations")
    func ewmaSteps() {
        // The asymptotic deviation of z at λ = 0.4 is a half.
        let settings = EWMASettings(weight: 0.4, limit: 3)
        #expect(abs(EWMADetector.limit(settings) - 1.5) < 1e-12)
        var detector = EWMADetector(settings)
        // 0.8, 1.28, and 1.568.
        let fired = (0..<3).map { _ in detector.receive(120, mean: 100, deviation: 10) }
        #expect(fired == [false, false, true])
        #expect(abs(detector.average - 1.568) < 1e-12)
        #expect(detector.receive(0, mean: 100, deviation: 10) == false)
        #expect(abs(detector.average - (0.6 * 1.568 - 4)) < 1e-12)
    }

    @Test("of counts that never vary, any above the mean fires")
    func withoutDeviation() {
        var cusum = CUSUMDetector(CUSUMSettings(reference: 0.5, decision: 4))
        var ewma = EWMADetector(EWMASettings(weight: 0.2, limit: 3))
        for (count, fires) in [(0.0, false), (1, true), (0, false)] {
            #expect(cusum.receive(count, mean: 0, deviation: 0) == fires)
            #expect(ewma.receive(count, mean: 0, deviation: 0) == fires)
        }
    }

    @Test("two CUSUMs at k = 1/2, h = 4 run as long as Lucas and Crosier (1982) have in table 1")
    func lucasCrosier() {
        let published: [(shift: Double, length: Double)] = [
            (0, 168), (0.25, 74.2), (0.5, 26.6), (0.75, 13.3), (1, 8.38), (1.5, 4.75), (2, 3.34),
            (2.5, 2.62), (3, 2.19), (4, 1.71), (5, 1.31),
        ]
        let settings = CUSUMSettings(reference: 0.5, decision: 4)
        for (shift, length) in published {
            // Two one-sided charts end as often as both together (Kemp, 1961).
            let rate = [shift, -shift].reduce(0) {
                $0 + 1 / CUSUMDetector.averageRunLength(settings, exceeding: normal(shiftedBy: $1))
            }
            #expect(isNear(1 / rate, length, within: 0.004), "shift \(shift): \(1 / rate)")
        }
    }

    @Test("a CUSUM runs as long as Brook and Evans (1972) and Montgomery have")
    func brookEvans() {
        let published: [(decision: Double, shift: Double, length: Double)] = [
            (3, 0, 117.59), (3, 1.5, 3.75), (5, 0, 930), (5, 1, 10.4),
        ]
        for (decision, shift, length) in published {
            let found = CUSUMDetector.averageRunLength(
                CUSUMSettings(reference: 0.5, decision: decision),
                exceeding: normal(shiftedBy: shift))
            #expect(isNear(found, length, within: 0.006), "h \(decision), \(shift): \(found)")
        }
    }

    @Test("an EWMA with both limits runs as long as Lucas and Saccucci (1990) have")
    func lucasSaccucci() {
        let published: [(weight: Double, limit: Double, shift: Double, length: Double)] = [
            (0.1, 2.814, 0, 500), (0.1, 2.814, 0.5, 31.3), (0.1, 2.814, 1, 10.3),
            (0.2, 2.962, 0, 500), (0.2, 2.962, 1, 10.5), (0.05, 2.615, 0, 500),
            (0.4, 3.054, 0, 500), (0.4, 3.054, 1, 14.3),
        ]
        for (weight, limit, shift, length) in published {
            let found = EWMADetector.averageRunLength(
                EWMASettings(weight: weight, limit: limit), sides: .both,
                exceeding: normal(shiftedBy: shift))
            #expect(isNear(found, length, within: 0.006), "λ \(weight), shift \(shift): \(found)")
        }
    }

    @Test("an EWMA with the upper limit runs as long as Waldmann (1986) has")
    func waldmann() {
        // His limit is twice the deviation of a count.
        for (weight, length) in [(0.75, 209.3), (0.5, 3_907.5)] {
            let settings = EWMASettings(
                weight: weight, limit: 2 * ((2 - weight) / weight).squareRoot())
            let found = EWMADetector.averageRunLength(settings, exceeding: normal())
            #expect(isNear(found, length, within: 0.002), "λ \(weight): \(found)")
        }
    }

    @Test("at λ = 1 an EWMA is Shewhart's chart: it runs 1 / P(X > L)")
    func shewhart() {
        for (limit, shift) in [(3.0, 0.0), (6, 0), (3, 1.5)] {
            let exceeding = normal(shiftedBy: shift)
            let found = EWMADetector.averageRunLength(
                EWMASettings(weight: 1, limit: limit), exceeding: exceeding)
            #expect(isNear(found, 1 / exceeding(limit), within: 1e-9), "L \(limit), \(shift)")
        }
    }

    @Test("at h near 0 a CUSUM is Shewhart's chart too: it runs 1 / P(X > k + h)")
    func shewhartCUSUM() {
        let found = CUSUMDetector.averageRunLength(
            CUSUMSettings(reference: 5, decision: 1e-6), exceeding: normal())
        #expect(isNear(found, 1 / normal()(5), within: 1e-4))
    }
}

@Suite("Detectors on counts")
struct CountDetectorTests {
    /// Legitimate counts of a period, what is added, and the detector.
    struct Case: CustomTestStringConvertible {
        let mean: Double
        let dispersion: Double
        let added: Double

        init(_ mean: Double, _ dispersion: Double, _ added: Double) {
            (self.mean, self.dispersion, self.added) = (mean, dispersion, added)
        }

        var testDescription: String { "mean \(mean), φ \(dispersion), \(added) added" }
        var usual: CountDistribution { CountDistribution(mean: mean, dispersion: dispersion) }
        var deviation: Double { (mean * dispersion).squareRoot() }
    }

    static let cases = [
        Case(102.7, 1, 0), Case(102.7, 5, 0), Case(102.7, 5, 16), Case(9.3, 1, 0),
    ]

    /// Draws counts by looking a uniform number up among the cumulative probabilities.
    private struct Urn {
        private var cumulative: [Double] = []

        init(_ usual: CountDistribution) {
            var sum = 0.0
            while sum < 1 - 1e-12, cumulative.count < 5_000 {
                sum += usual.probability(of: UInt64(cumulative.count))
                cumulative.append(sum)
            }
        }

        func draw(using generator: inout SeededGenerator) -> Double {
            let uniform = Double.random(in: 0..<1, using: &generator)
            var (low, high) = (0, cumulative.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] > uniform { high = middle } else { low = middle + 1 }
            }
            return Double(low)
        }
    }

    /// The mean length of simulated runs, with its standard error.
    private func simulate(
        _ item: Case, runs: Int, until fires: () -> (Double) -> Bool
    ) -> (mean: Double, error: Double) {
        var generator = SeededGenerator(seed: 20_26)
        let urn = Urn(item.usual)
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<runs {
            let fires = fires()
            var length = 1.0
            while !fires(urn.draw(using: &generator) + item.added) { length += 1 }
            sum += length
            squares += length * length
        }
        let mean = sum / Double(runs)
        return (mean, ((squares / Double(runs) - mean * mean) / Double(runs)).squareRoot())
    }

    @Test("the chain of a CUSUM agrees with runs of the detector", arguments: cases)
    func cusum(item: Case) {
        let settings = CUSUMSettings(reference: 0.5, decision: 2)
        let expected = CUSUMDetector.averageRunLength(
            settings, over: StandardisedCount(item.usual, added: item.added))
        let found = simulate(item, runs: 3_000) {
            var detector = CUSUMDetector(settings)
            return { detector.receive($0, mean: item.mean, deviation: item.deviation) }
        }
        // Counts are whole and the chain's states are not: 2 % beyond what the draws allow.
        #expect(
            abs(expected - found.mean) < 3.5 * found.error + 0.02 * found.mean,
            "\(expected) against \(found)")
    }

    @Test("the chain of an EWMA agrees with runs of the detector", arguments: cases)
    func ewma(item: Case) {
        let settings = EWMASettings(weight: 0.2, limit: 1.8)
        let expected = EWMADetector.averageRunLength(
            settings, over: StandardisedCount(item.usual, added: item.added))
        let found = simulate(item, runs: 3_000) {
            var detector = EWMADetector(settings)
            return { detector.receive($0, mean: item.mean, deviation: item.deviation) }
        }
        #expect(
            abs(expected - found.mean) < 3.5 * found.error + 0.02 * found.mean,
            "\(expected) against \(found)")
    }

    @Test("at λ = 1 a run is as long as the count's own tail says, with and without a thief")
    func shewhart() {
        let usual = CountDistribution(mean: 10_000, dispersion: 4)
        for (added, count) in [(0.0, 10_600 as UInt64), (200, 10_400), (-100, 10_700)] {
            let found = EWMADetector.averageRunLength(
                EWMASettings(weight: 1, limit: 3), over: StandardisedCount(usual, added: added))
            let expected = 1 / usual.probability(above: count)
            #expect(abs(found / expected - 1) < 0.01, "\(added): \(found) for \(expected)")
        }
    }

    @Test("counts that never vary fire at once or never")
    func constant() {
        let (cusum, ewma) = (
            CUSUMSettings(reference: 0.5, decision: 4), EWMASettings(weight: 0.2, limit: 3)
        )
        for (added, length) in [(0.0, Double.infinity), (1, 1)] {
            let count = StandardisedCount(CountDistribution(mean: 0), added: added)
            #expect(CUSUMDetector.averageRunLength(cusum, over: count) == length)
            #expect(EWMADetector.averageRunLength(ewma, over: count) == length)
        }
    }

    @Test("the more is added, the shorter the run, and dispersion makes false alarms")
    func order() {
        let settings = CUSUMSettings(reference: 0.5, decision: 4)
        let usual = CountDistribution(mean: 100)
        let lengths = [0.0, 5, 10, 20, 1_000].map {
            CUSUMDetector.averageRunLength(settings, over: StandardisedCount(usual, added: $0))
        }
        #expect(lengths == lengths.sorted(by: >))
        #expect(abs((lengths.last ?? 0) - 1) < 1e-9)
        // At the same deviation a longer upper tail fires oftener.
        let dispersed = CUSUMDetector.averageRunLength(
            settings, over: StandardisedCount(CountDistribution(mean: 100, dispersion: 20)))
        #expect(dispersed < lengths[0])
    }
}
