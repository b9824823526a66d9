import Exposure
import Foundation
import Results
import Testing
import Units

@Suite("Beta-PERT distributions")
struct PERTTests {
    @Test(
        "the mean is (low + 4 · likely + high) / 6",
        arguments: [
            (0.0, 1.0, 10.0), (5, 5, 20), (-3, 4, 4), (1e17, 5e17, 1e18), (1e-9, 2e-9, 1e-8),
        ])
    func mean(low: Double, likely: Double, high: Double) {
        let mean = PERT(low: low, likely: likely, high: high).mean
        #expect(isClose(mean, (low + 4 * likely + high) / 6))
    }

    @Test("a range of one value gives that value, drawn or asked for")
    func point() {
        var generator = SeededGenerator(seed: 1)
        let point = PERT(ThreePoint(7.5))
        #expect(point.isPoint && point.mean == 7.5 && point.draw(using: &generator) == 7.5)
        #expect(point.quantile(0.95) == 7.5)
        #expect(point.cumulative(7.5) == 1 && point.cumulative(7.4) == 0)
    }

    @Test("lengths are told in seconds")
    func seconds() {
        let delays = ThreePoint(
            Nanoseconds.milliseconds(500), .seconds(60), .seconds(3_600))
        let pert = PERT(delays)
        #expect(pert.low == 0.5 && pert.likely == 60 && pert.high == 3_600)
    }

    @Test("with the likeliest at an end the distribution is known in closed form")
    func closedForm() {
        // Beta(1, 5): P(X ≤ x) = 1 − (1 − x)⁵. Beta(5, 1): x⁵.
        let (falling, rising) = (
            PERT(low: 0, likely: 0, high: 1), PERT(low: 0, likely: 1, high: 1)
        )
        for step in 0...100 {
            let x = Double(step) / 100
            #expect(abs(falling.cumulative(x) - (1 - pow(1 - x, 5))) < 1e-13, "at \(x)")
            #expect(abs(rising.cumulative(x) - pow(x, 5)) < 1e-13, "at \(x)")
        }
        // Beta(3, 3): x³ (10 − 15 x + 6 x²).
        let middle = PERT(low: 10, likely: 15, high: 20)
        for step in 0...100 {
            let x = Double(step) / 100
            let expected = x * x * x * (10 - 15 * x + 6 * x * x)
            #expect(abs(middle.cumulative(10 + 10 * x) - expected) < 1e-13, "at \(x)")
        }
    }

    @Test("a quantile is where the cumulative reaches its share", arguments: 1...20)
    func quantile(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let ends = (0..<3).map { _ in Double.random(in: -1e6...1e6, using: &generator) }.sorted()
        let pert = PERT(low: ends[0], likely: ends[1], high: ends[2])
        for share in [0.001, 0.05, 0.5, 0.95, 0.999] {
            let found = pert.cumulative(pert.quantile(share))
            #expect(abs(found - share) < 1e-9, "seed \(seed): \(found) for \(share)")
        }
        #expect(pert.quantile(1) <= pert.high && pert.quantile(0) >= pert.low)
    }

    @Test("draws follow the distribution (Kolmogorov and Smirnov)", arguments: 1...12)
    func draws(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let ends = (0..<3).map { _ in Double.random(in: 0...1_000, using: &generator) }.sorted()
        let pert = PERT(low: ends[0], likely: ends[1], high: ends[2])
        let count = 2_000
        let sample = (0..<count).map { _ in pert.draw(using: &generator) }.sorted()
        #expect(sample[0] >= pert.low && sample[count - 1] <= pert.high, "seed \(seed)")
        let distance =
            sample.enumerated().map { index, value in
                let expected = pert.cumulative(value)
                return max(
                    abs(expected - Double(index) / Double(count)),
                    abs(expected - Double(index + 1) / Double(count)))
            }.max() ?? 1
        // 2.2 / √n: one true sample in 8,000 is as far off.
        #expect(distance < 2.2 / Double(count).squareRoot(), "seed \(seed): \(distance)")
    }

    @Test("the same seed draws the same, whatever was drawn elsewhere")
    func repeatable() {
        let pert = PERT(low: 1, likely: 2, high: 9)
        var (first, second, other) = (
            SeededGenerator(seed: 5), SeededGenerator(seed: 5), SeededGenerator(seed: 6)
        )
        let draws = (0..<50).map { _ in pert.draw(using: &first) }
        #expect(draws == (0..<50).map { _ in pert.draw(using: &second) })
        #expect(draws != (0..<50).map { _ in pert.draw(using: &other) })
    }
}
