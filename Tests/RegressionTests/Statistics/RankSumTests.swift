import Regression
import Testing
import Units

/// Two samples of a few values each, by lot.
private struct Samples: CustomStringConvertible {
    let seed: UInt64
    var baseline: [Double] = []
    var candidate: [Double] = []
    var description: String { "seed \(seed): \(baseline) against \(candidate)" }

    /// Samples of the sizes, of whole numbers where they are to have ties.
    init(seed: UInt64, sizes: ClosedRange<Int>, ties: Bool) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        let spread = Int.random(in: 1...8, using: &generator)
        func draw() -> Double {
            ties
                ? Double(Int.random(in: -spread...spread, using: &generator))
                : Double.random(in: -1...1, using: &generator)
        }
        baseline = (0..<Int.random(in: sizes, using: &generator)).map { _ in draw() }
        candidate = (0..<Int.random(in: sizes, using: &generator)).map { _ in draw() }
    }

    init(baseline: [Double], candidate: [Double], seed: UInt64) {
        (self.baseline, self.candidate, self.seed) = (baseline, candidate, seed)
    }

    var test: RankSum {
        RankSum(
            baseline: baseline, candidate: candidate,
            distribution: RankSumDistribution(baseline.count, candidate.count))
    }

    /// All differences, sorted.
    var differences: [Double] {
        candidate.flatMap { value in baseline.map { value - $0 } }.sorted()
    }

    /// Every U that some way to break the ties at a shift gives, each way tried.
    func possible(at shift: Double) -> Set<Int> {
        let moved = candidate.map { $0 - shift }
        var possible: Set<Int> = [
            moved.reduce(0) { sum, value in sum + baseline.count { $0 < value } }
        ]
        for value in Set(moved) {
            let (first, second) = (baseline.count { $0 == value }, moved.count { $0 == value })
            let group = Set(Orders.all(first, second).map(Orders.u))
            possible = Set(possible.flatMap { u in group.map { u + $0 } })
        }
        return possible
    }
}

/// All orders of n values of one sample and m of another: ones stand for the first.
private enum Orders {
    static func all(_ n: Int, _ m: Int) -> [[Bool]] {
        (0..<(1 << (n + m))).filter { $0.nonzeroBitCount == n }
            .map { bits in (0..<(n + m)).map { bits >> $0 & 1 == 1 } }
    }

    /// Pairs in which the second sample's value is above the first's.
    static func u(_ order: [Bool]) -> Int {
        order.reduce(into: (u: 0, first: 0)) { count, isFirst in
            if isFirst { count.first += 1 } else { count.u += count.first }
        }.u
    }
}

@Suite("The rank-sum test")
struct RankSumTests {
    @Test("with ties a chance is the largest that any way to break them gives")
    func ties() {
        var distributions: [[Int]: [Int]] = [:]
        for seed in UInt64(0)..<60 {
            let samples = Samples(seed: seed, sizes: 1...(seed < 55 ? 5 : 8), ties: true)
            let sizes = [samples.baseline.count, samples.candidate.count]
            let us = distributions[sizes] ?? Orders.all(sizes[0], sizes[1]).map(Orders.u)
            distributions[sizes] = us
            let test = samples.test
            for shift in stride(from: -6.0, through: 6, by: 1.5) {
                let possible = samples.possible(at: shift)
                let above = possible.map { u in us.count { $0 >= u } }.max() ?? 0
                let below = possible.map { u in us.count { $0 <= u } }.max() ?? 0
                let all = Double(us.count)
                #expect(abs(test.pAbove(shift) - Double(above) / all) < 1e-14, "\(samples)")
                #expect(abs(test.pBelow(shift) - Double(below) / all) < 1e-14, "\(samples)")
            }
        }
    }

    // Given the values, all ways to deal them to the two samples are equally likely.
    @Test("of all ways to deal tied values to the samples no more than the level mislead")
    func validity() throws {
        for seed in UInt64(0)..<12 {
            let dealt = Samples(seed: seed, sizes: 4...5, ties: seed > 0)
            let values = dealt.baseline + dealt.candidate
            let distribution = RankSumDistribution(dealt.baseline.count, dealt.candidate.count)
            for level in [0.05, 0.1, 0.3] {
                var (ways, rejected, missed) = (0, 0, 0)
                for order in Orders.all(dealt.baseline.count, dealt.candidate.count) {
                    let sides = zip(values, order)
                    let test = RankSum(
                        baseline: sides.filter(\.1).map(\.0),
                        candidate: sides.filter { !$0.1 }.map(\.0), distribution: distribution)
                    ways += 1
                    if test.pAbove(0) <= level { rejected += 1 }
                    if !(try #require(test.interval(level: level)).contains(0)) { missed += 1 }
                }
                #expect(Double(rejected) <= level * Double(ways), "\(dealt) at \(level)")
                #expect(Double(missed) <= level * Double(ways), "\(dealt) at \(level)")
                if seed == 0 { #expect(Double(rejected) > level * Double(ways) / 2) }
            }
        }
    }

    @Test("the shift is the median of all differences, and bounds stand at their places")
    func places() throws {
        for seed in UInt64(0)..<120 {
            let samples = Samples(seed: seed, sizes: 1...40, ties: seed % 3 == 0)
            let (all, test) = (samples.differences, samples.test)
            let median = (all[(all.count - 1) / 2] + all[all.count / 2]) / 2
            #expect(test.shift == median, "\(samples)")
            let distribution = RankSumDistribution(
                samples.baseline.count, samples.candidate.count)
            for level in [0.01, 0.05, 0.4, 0.8] {
                let critical = distribution.criticalValue(level: level)
                #expect(test.upperBound(level: level) == critical.map { all[$0 - 1] }, "\(samples)")
                #expect(
                    test.lowerBound(level: level) == critical.map { all[all.count - $0] },
                    "\(samples)")
                let half = distribution.criticalValue(level: level / 2)
                let interval = half.map { all[all.count - $0]...all[$0 - 1] }
                #expect(test.interval(level: level) == interval, "\(samples)")
            }
        }
    }

    @Test("places are found among values of all magnitudes")
    func magnitudes() {
        var generator = SeededGenerator(seed: 7)
        let values = (0..<400).map { _ in
            let sign: FloatingPointSign = Bool.random(using: &generator) ? .plus : .minus
            return Double(
                sign: sign, exponent: Int.random(in: -1070...1000, using: &generator),
                significand: Double.random(in: 1..<2, using: &generator))
        }
        let samples = Samples(
            baseline: Array(values[..<180]), candidate: Array(values[180...]), seed: 7)
        let (all, test) = (samples.differences, samples.test)
        #expect(test.shift == (all[all.count / 2 - 1] + all[all.count / 2]) / 2)
        #expect(test.upperBound(level: 0.01).map(all.contains) == true)
    }

    @Test("a chance is at most the level exactly where the bound lies beyond the shift")
    func duality() throws {
        for seed in UInt64(0)..<100 {
            let samples = Samples(seed: seed, sizes: 5...12, ties: seed % 2 == 0)
            let (all, test) = (samples.differences, samples.test)
            for level in [0.01, 0.1, 0.6] {
                let low = try #require(test.lowerBound(level: level))
                let high = try #require(test.upperBound(level: level))
                for shift in all + [all[0] - 1, all[0] / 3, all[all.count - 1] + 1] {
                    #expect((test.pAbove(shift) <= level) == (low > shift), "\(samples)")
                    #expect((test.pBelow(shift) <= level) == (high < shift), "\(samples)")
                }
            }
        }
    }

    @Test("samples exchanged change the sign and nothing else")
    func exchanged() {
        for seed in UInt64(0)..<60 {
            let samples = Samples(seed: seed, sizes: 1...15, ties: seed % 2 == 0)
            let other = Samples(
                baseline: samples.candidate, candidate: samples.baseline, seed: seed
            ).test
            let test = samples.test
            #expect(test.shift == -other.shift, "\(samples)")
            #expect(test.pAbove(0.25) == other.pBelow(-0.25), "\(samples)")
            #expect(
                test.upperBound(level: 0.1) == other.lowerBound(level: 0.1).map(-), "\(samples)")
        }
    }

    @Test("the order of the values does not change a bit")
    func order() {
        for seed in UInt64(0)..<100 {
            let samples = Samples(seed: seed, sizes: 2...20, ties: seed % 2 == 0)
            var generator = SeededGenerator(seed: seed)
            let tests = [
                samples.test,
                Samples(
                    baseline: samples.baseline.shuffled(using: &generator).map {
                        $0 == 0 ? -0.0 : $0
                    },
                    candidate: samples.candidate.shuffled(using: &generator), seed: seed
                ).test,
            ]
            let bits = tests.map { test in
                let bounds = [test.shift, test.upperBound(level: 0.3), test.lowerBound(level: 0.3)]
                return bounds.map { $0?.bitPattern } + [test.pAbove(0).bitPattern]
            }
            #expect(bits[0] == bits[1], "\(samples)")
        }
    }
}
