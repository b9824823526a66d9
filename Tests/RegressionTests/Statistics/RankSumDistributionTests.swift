import Foundation
import Regression
import Testing

@Suite("The distribution of the rank sum")
struct RankSumDistributionTests {
    /// How many of all orders of n and m values have each U, found by trying all.
    private static func counts(_ n: Int, _ m: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: n * m + 1)
        for order in 0..<(1 << (n + m)) where order.nonzeroBitCount == n {
            var (u, first) = (0, 0)
            for place in 0..<(n + m) {
                if order >> place & 1 == 1 { first += 1 } else { u += first }
            }
            counts[u] += 1
        }
        return counts
    }

    @Test("chances are those of all orders, counted one by one")
    func enumerated() {
        for n in 1...7 {
            for m in 1...7 {
                let counts = Self.counts(n, m)
                let all = Double(counts.reduce(0, +))
                let distribution = RankSumDistribution(n, m)
                #expect(distribution.pairs == n * m)
                for u in 0...(n * m) {
                    let expected = Double(counts[u...].reduce(0, +)) / all
                    #expect(abs(distribution.upperTail(u) - expected) < 1e-15, "\(n), \(m), \(u)")
                }
                #expect(distribution.upperTail(n * m + 1) == 0)
            }
        }
    }

    @Test(
        "the critical value is the smallest count that is rare enough", arguments: [0.01, 0.2, 0.9])
    func critical(level: Double) {
        for (n, m) in [(1, 3), (3, 3), (5, 5), (8, 8), (20, 11), (65, 65), (100, 120)] {
            let distribution = RankSumDistribution(n, m)
            let least = (1...(n * m)).first { distribution.upperTail($0) <= level }
            #expect(distribution.criticalValue(level: level) == least, "\(n), \(m)")
        }
    }

    // 1 / C(2R, R) ≤ 0.01 / tests.
    @Test(
        "so many rounds can show something in so many tests, and no more",
        arguments: [(5, 2), (6, 9), (7, 34), (8, 128), (9, 486)])
    func rounds(rounds: Int, tests: Int) {
        let distribution = RankSumDistribution(rounds, rounds)
        #expect(distribution.criticalValue(level: 0.01 / Double(tests)) == rounds * rounds)
        #expect(distribution.criticalValue(level: 0.01 / Double(tests + 1)) == nil)
    }

    @Test("sizes without a pair show nothing")
    func empty() {
        #expect(RankSumDistribution(0, 5).upperTail(0) == 1)
        #expect(RankSumDistribution(0, 5).criticalValue(level: 0.5) == nil)
    }

    // R: pwilcox(u − 1, 65, 65, lower.tail = FALSE), by counting as well.
    @Test(
        "the largest sizes that are counted are counted right",
        arguments: [
            (2113, 0.499999999999998), (2500, 0.035732398658499), (2800, 0.000625640452797),
        ])
    func large(u: Int, p: Double) {
        #expect(abs(RankSumDistribution(65, 65).upperTail(u) / p - 1) < 1e-11)
    }

    // Counted up to 65 against 65, expanded from 66 against 66 on: a standard deviation has the
    // same chance on both sides, but for how the sizes change it.
    @Test("the expansion goes on where counting ends")
    func seam() {
        for z in stride(from: -3.0, through: 3.0, by: 0.25) {
            let (small, large) = (Self.tail(65, 65, z), Self.tail(66, 66, z))
            #expect(abs(large / small - 1) < 0.002, "\(z) deviations: \(small), \(large)")
        }
    }

    /// P(U lies z standard deviations above its mean, or more), interpolated between whole U.
    private static func tail(_ n: Int, _ m: Int, _ z: Double) -> Double {
        let deviation = (Double(n * m * (n + m + 1)) / 12).squareRoot()
        let u = Double(n * m) / 2 + z * deviation + 0.5
        let (distribution, below) = (RankSumDistribution(n, m), Int(u.rounded(.down)))
        let (low, high) = (distribution.upperTail(below), distribution.upperTail(below + 1))
        return low * pow(high / low, u - Double(below))
    }

    @Test("an expanded chance never rises with the count, and is never nothing before the end")
    func monotone() {
        for (n, m) in [(66, 66), (66, 200), (12, 20_000)] {
            let distribution = RankSumDistribution(n, m)
            var last = 1.0
            for u in stride(from: 0, through: n * m, by: max(1, n * m / 5000)) {
                let tail = distribution.upperTail(u)
                #expect(tail <= last && tail > 0, "\(n), \(m), \(u)")
                #expect(abs(tail + distribution.upperTail(n * m - u + 1) - 1) < 1e-12)
                last = tail
            }
        }
    }
}
