import Foundation
import Latency
import Testing
import Units

@Suite("Intervals come from the spread between rounds")
struct RoundSpreadTests {
    @Test("five rounds give the interval that a hand computation gives")
    func byHand() throws {
        let interval = try #require(Interval(rounds: [90, 95, 100, 105, 110]))
        let logarithms = ([90, 95, 100, 105, 110] as [Double]).map { Foundation.log($0) }
        let mean: Double = logarithms.reduce(0, +) / 5
        let squares: Double = logarithms.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        let half = 2.77644510519779 * (squares / 4 / 5).squareRoot()
        #expect(abs(interval.estimate / exp(mean) - 1) < 1e-12)
        #expect(abs((interval.low ?? 0) / exp(mean - half) - 1) < 1e-11)
        #expect(abs((interval.high ?? 0) / exp(mean + half) - 1) < 1e-11)
        #expect(abs(interval.estimate - 99.7495) < 0.001)
        #expect(
            abs((interval.low ?? 0) - 90.39) < 0.02 && abs((interval.high ?? 0) - 110.08) < 0.02)
    }

    @Test("two rounds are symmetric on the logarithms with one degree of freedom")
    func twoRounds() throws {
        let interval = try #require(Interval(rounds: [100, 400]))
        // The half width is 12.706 · ln 4 / 2.
        let half = 12.7062047361747 * Foundation.log(4.0) / 2
        #expect(abs(interval.estimate - 200) < 1e-9)
        #expect(abs(Foundation.log(interval.high ?? 0) - Foundation.log(200.0) - half) < 1e-9)
        #expect(abs(Foundation.log(200.0) - Foundation.log(interval.low ?? 0) - half) < 1e-9)
    }

    @Test("one round has an estimate and no bounds; none has nothing")
    func fewRounds() {
        #expect(Interval(rounds: [42])?.low == nil && Interval(rounds: [42])?.high == nil)
        #expect(abs((Interval(rounds: [42])?.estimate ?? 0) - 42) < 1e-12)
        #expect(Interval(rounds: []) == nil)
    }

    @Test("rounds that gave nothing, less or no number are left out")
    func unusable() {
        let rounds = [90.0, 0, 110, -5, .nan, .infinity]
        #expect(Interval(rounds: rounds) == Interval(rounds: [90, 110]))
        #expect(Interval(rounds: [0, -1, .nan]) == nil)
    }

    @Test("equal rounds give an interval of no width")
    func equalRounds() throws {
        let interval = try #require(Interval(rounds: [7, 7, 7]))
        #expect(abs((interval.low ?? 0) - 7) < 1e-12 && abs((interval.high ?? 0) - 7) < 1e-12)
    }

    @Test("of many samples about 95 % of the intervals hold the truth")
    func coverage() throws {
        var generator = SeededGenerator(seed: 20_240_501)
        var held = 0
        for _ in 0..<4_000 {
            // The sum of twelve uniform draws is close to normal.
            let rounds = (0..<5).map { _ in
                var normal = -6.0
                for _ in 0..<12 { normal += Double.random(in: 0...1, using: &generator) }
                return exp(normal)
            }
            let interval = try #require(Interval(rounds: rounds))
            if (interval.low ?? 1) <= 1, (interval.high ?? 1) >= 1 { held += 1 }
        }
        #expect((3_740...3_860).contains(held), "\(held) of 4,000")
    }

    @Test("more confidence is a wider interval around the same estimate")
    func confidence() throws {
        let rounds = [90.0, 100, 110]
        let wide = try #require(Interval(rounds: rounds, confidence: 0.99))
        let usual = try #require(Interval(rounds: rounds))
        #expect(wide.estimate == usual.estimate)
        #expect((wide.low ?? 0) < (usual.low ?? 0) && (wide.high ?? 0) > (usual.high ?? 0))
    }
}
