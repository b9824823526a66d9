import Regression
import Testing
import Units

@Suite("The sign test")
struct SignTestTests {
    /// C(n, k), exactly.
    private static func binomial(_ n: Int, _ k: Int) -> Double {
        var value: UInt128 = 1
        for i in 0..<k { value = value * UInt128(n - i) / UInt128(i + 1) }
        return Double(value)
    }

    /// P(B ≥ k) of n fair coins, as a sum of whole numbers.
    private static func tail(_ n: Int, _ k: Int) -> Double {
        stride(from: n, through: max(0, k), by: -1).reduce(0) { $0 + binomial(n, $1) }
            / Double(sign: .plus, exponent: n, significand: 1)
    }

    @Test("chances are binomial sums")
    func chances() {
        for n in [0, 1, 2, 3, 8, 20, 50, 51, 90] {
            let test = SignTest((0..<n).map(Double.init))
            for above in 0...n {
                let p = Self.tail(n, above)
                #expect(
                    abs(test.pAbove(Double(n - above) - 0.5) / p - 1) < 1e-13, "\(above) of \(n)")
                #expect(abs(test.pBelow(Double(above) - 0.5) / p - 1) < 1e-13, "\(above) of \(n)")
            }
        }
    }

    @Test("more values than a double can count the orders of still have chances")
    func many() {
        let test = SignTest((0..<100_000).map(Double.init))
        // Exactly, in fractions of whole numbers.
        #expect(abs(test.pAbove(49_683.5) / 0.022999517692138725 - 1) < 1e-11)
        #expect(test.pAbove(-1) == 0)
        #expect(test.pAbove(99_999) == 1)
    }

    @Test(
        "at 0.01 an interval reaches from the 4th to the 17th of 20, and over all of 10",
        arguments: [(20, 4, 17), (10, 1, 10), (8, 1, 8)])
    func places(n: Int, low: Int, high: Int) {
        let interval = SignTest((1...n).map(Double.init)).interval(level: 0.01)
        #expect(interval == Double(low)...Double(high))
    }

    @Test("seven values show nothing to both sides at 0.01, and six nothing to one")
    func tooFew() {
        #expect(SignTest((1...7).map(Double.init)).interval(level: 0.01) == nil)
        #expect(SignTest((1...7).map(Double.init)).upperBound(level: 0.01) == 7)
        #expect(SignTest((1...7).map(Double.init)).lowerBound(level: 0.01) == 1)
        #expect(SignTest((1...6).map(Double.init)).upperBound(level: 0.01) == nil)
        #expect(SignTest([]).median == nil)
        #expect(SignTest([]).pAbove(0) == 1)
        #expect(SignTest([]).lowerBound(level: 0.5) == nil)
    }

    // Each value is above or below the median with the same chance: all ways, one by one.
    @Test("an interval misses the median no more often than it says, and nearly as often as it may")
    func coverage() throws {
        for (n, level) in [(8, 0.05), (11, 0.01), (12, 0.1), (14, 0.01)] {
            var (missed, below, above) = (0, 0, 0)
            for signs in 0..<(1 << n) {
                let values = (0..<n).map { place in
                    let size = Double(place + 1)
                    return signs >> place & 1 == 1 ? size : -size
                }
                let test = SignTest(values)
                if !(try #require(test.interval(level: level)).contains(0)) { missed += 1 }
                if try #require(test.upperBound(level: level)) < 0 { below += 1 }
                if try #require(test.lowerBound(level: level)) > 0 { above += 1 }
            }
            let ways = Double(1 << n)
            let side = (0...n).map { Self.tail(n, $0) }
            let (half, whole) = (
                side.filter { $0 <= level / 2 }.max(), side.filter { $0 <= level }.max()
            )
            #expect(Double(missed) / ways == 2 * (try #require(half)))
            #expect(Double(below) / ways == (try #require(whole)))
            #expect(above == below)
        }
    }

    @Test("a chance is at most the level exactly where the bound lies beyond the threshold")
    func duality() throws {
        for seed in UInt64(0)..<300 {
            var generator = SeededGenerator(seed: seed)
            let values = (0..<Int.random(in: 7...40, using: &generator)).map { _ in
                Double(Int.random(in: -9...9, using: &generator))
            }
            let test = SignTest(values)
            for level in [0.01, 0.05, 0.3, 0.7] {
                let low = try #require(test.lowerBound(level: level))
                let high = try #require(test.upperBound(level: level))
                for threshold in stride(from: -10, through: 10, by: 0.5) {
                    #expect((test.pAbove(threshold) <= level) == (low > threshold), "seed \(seed)")
                    #expect((test.pBelow(threshold) <= level) == (high < threshold), "seed \(seed)")
                }
            }
        }
    }

    @Test("the order of the values does not change a bit")
    func order() {
        for seed in UInt64(0)..<100 {
            var generator = SeededGenerator(seed: seed)
            let kinds = [0.0, -0.0, 0.1, -0.3, 0.7]
            let values: [Double] = (0..<Int.random(in: 8...30, using: &generator)).map { _ in
                kinds[Int.random(in: 0..<kinds.count, using: &generator)]
            }
            let (one, other) = (SignTest(values), SignTest(values.shuffled(using: &generator)))
            #expect(one.median?.bitPattern == other.median?.bitPattern, "seed \(seed)")
            let bounds = [one, other].map { $0.interval(level: 0.05) }
            #expect(
                bounds[0]?.lowerBound.bitPattern == bounds[1]?.lowerBound.bitPattern, "seed \(seed)"
            )
            #expect(
                bounds[0]?.upperBound.bitPattern == bounds[1]?.upperBound.bitPattern, "seed \(seed)"
            )
        }
    }
}
