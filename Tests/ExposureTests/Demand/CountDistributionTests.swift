import Exposure
import Testing
import Units

@Suite("Counts are Poisson or negative binomial, however many")
struct CountDistributionTests {
    @Test("terms, tails and what they leave agree with sums of 130 digits", arguments: references)
    func reference(_ exact: Reference) {
        let counts = CountDistribution(mean: exact.mean, dispersion: exact.dispersion)
        let count = exact.count
        let found = [
            counts.probability(of: count), counts.probability(above: count),
            counts.probability(upTo: count),
        ]
        for (found, exact) in zip(found, [exact.term, exact.above, exact.upTo]) {
            #expect(isNear(found, exact, within: 2e-11), "\(found) for \(exact)")
        }
        let (left, excess) = (counts.meanLeft(below: count), counts.meanExcess(above: count))
        #expect(isNear(left, exact.left, within: 1e-8), "\(left)")
        #expect(isNear(excess, exact.excess, within: 1e-8), "\(excess)")
    }

    @Test("a mean of 1e12 keeps the tails that quadrature of 50 digits gives")
    func huge() {
        // mpmath.quad of the gamma and beta densities, mp.dps = 50.
        let poisson = CountDistribution(mean: 1e12)
        let mixed = CountDistribution(mean: 1e12, dispersion: 4_097)
        let above = poisson.probability(above: 1_000_005_000_000)
        let below = poisson.probability(upTo: 999_997_000_000)
        let wide = mixed.probability(above: 1_000_320_000_000)
        #expect(isNear(above, 2.86656775431566e-7, within: 1e-8), "\(above)")
        #expect(isNear(1 - poisson.probability(above: 999_997_000_000), below, within: 1e-8))
        #expect(isNear(below, 0.00134989433842198, within: 1e-8), "\(below)")
        #expect(isNear(wide, 2.88324362963025e-7, within: 1e-8), "\(wide)")
    }

    @Test("tails fall by exactly the term between them, and add up to one")
    func steps() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let counts = Self.anyCounts(&generator)
            let reach = counts.variance.squareRoot() * 6
            let around = counts.mean + Double.random(in: -1...1, using: &generator) * reach
            let count = UInt64(max(0, around)) + 1
            let term = counts.probability(of: count)
            let above = counts.probability(above: count - 1)
            let step = above - counts.probability(above: count)
            let message: Comment = "seed \(seed): \(counts) at \(count)"
            #expect(abs(step - term) <= 1e-10 * (term + above), message)
            #expect(abs(above + counts.probability(upTo: count - 1) - 1) < 1e-12, message)
            let left = counts.meanLeft(below: count) - counts.meanLeft(below: count - 1)
            let rounding = 1e-13 * (counts.mean + Double(count))
            #expect(abs(left - counts.probability(upTo: count - 1)) < 1e-9 + rounding, message)
        }
    }

    @Test("a quantile is the least count that reaches its probability, from either side")
    func quantiles() {
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let counts = Self.anyCounts(&generator)
            let probability = Double.random(in: 0.001...0.999, using: &generator)
            let message: Comment = "seed \(seed): \(counts), p \(probability)"
            let count = counts.quantile(probability)
            #expect(counts.probability(upTo: count) >= probability, message)
            if count > 0 { #expect(counts.probability(upTo: count - 1) < probability, message) }
            let tail = probability * 1e-12
            let far = counts.quantile(upperTail: tail)
            #expect(counts.probability(above: far) <= tail, message)
            if far > 0 { #expect(counts.probability(above: far - 1) > tail, message) }
        }
        #expect(CountDistribution(mean: 0).quantile(0.9) == 0)
        #expect(CountDistribution(mean: 3).quantile(0) == 0)
    }

    @Test("draws have the distribution's own frequencies, by a chi-square of 20 classes")
    func draws() {
        let kinds = [
            (0.3, 1), (4, 1), (12, 1), (100, 1), (1e6, 1), (1e11, 1), (0.3, 4), (4, 2),
            (100, 5), (1e4, 30), (1e6, 1_000), (1e11, 1e6),
        ]
        for (index, kind) in kinds.enumerated() {
            let counts = CountDistribution(mean: kind.0, dispersion: kind.1)
            var generator = SeededGenerator(seed: UInt64(index))
            let edges = Set((1..<20).map { counts.quantile(Double($0) / 20) }).sorted()
            var seen = [Double](repeating: 0, count: edges.count + 1)
            let draws = 5_000
            for _ in 0..<draws {
                let drawn = counts.draw(using: &generator)
                seen[edges.firstIndex { drawn <= $0 } ?? edges.count] += 1
            }
            let upTo = edges.map(counts.probability(upTo:)) + [1]
            let shares = zip(upTo, [0] + upTo).map { $0 - $1 }
            let square = zip(seen, shares).reduce(0.0) { sum, pair in
                let expected = pair.1 * Double(draws)
                return sum + (pair.0 - expected) * (pair.0 - expected) / expected
            }
            // 19 degrees of freedom exceed 50 once in 7,000.
            #expect(square < 50, "\(kind): \(square)")
        }
    }

    @Test("the negative binomial breaches 54.6 times as often as the Poisson")
    func worked() {
        let poisson = CountDistribution(mean: 100).probability(above: 130)
        let mixed = CountDistribution(mean: 100, dispersion: 5).probability(above: 130)
        #expect(isNear(mixed / poisson, 54.6, within: 1e-3), "\(mixed / poisson)")
    }

    /// A distribution of any mean from a thousandth to 1e9, with any dispersion to 1,000.
    private static func anyCounts(_ generator: inout SeededGenerator) -> CountDistribution {
        var mean = 1e-3
        for _ in 0..<Int.random(in: 0...12, using: &generator) { mean *= 10 }
        mean *= Double.random(in: 0.1...1, using: &generator)
        let dispersions: [Double] = [1, 1.000_001, 1.5, 7, 1_000]
        let dispersion = dispersions.randomElement(using: &generator) ?? 1
        return CountDistribution(mean: mean, dispersion: dispersion)
    }

    private func isNear(_ left: Double, _ right: Double, within share: Double) -> Bool {
        abs(left - right) <= share * abs(right)
    }

    /// A distribution at one count, by sums of its terms in mpmath with mp.dps = 130.
    struct Reference: Sendable {
        let mean, dispersion: Double
        let count: UInt64
        let term, above, upTo, left, excess: Double

        init(
            _ mean: Double, _ dispersion: Double, _ count: UInt64, _ term: Double, _ above: Double,
            _ upTo: Double, _ left: Double, _ excess: Double
        ) {
            (self.mean, self.dispersion, self.count) = (mean, dispersion, count)
            (self.term, self.above, self.upTo) = (term, above, upTo)
            (self.left, self.excess) = (left, excess)
        }
    }

    static let references = [
        Reference(
            0.001, 1, 0, 0.999000499833375, 0.000999500166625008, 0.999000499833375, 0.0,
            0.001),
        Reference(
            0.001, 1, 3, 1.66500083305563e-10, 4.16333472182548e-14, 0.999999999999958,
            2.99900000000004, 4.16416749980162e-14),
        Reference(
            0.3, 1, 10, 1.20548322070753e-12, 3.37181176094707e-14, 0.999999999999966,
            9.70000000000003, 3.4579225400392e-14),
        Reference(
            4, 1, 1, 0.0732625555549367, 0.908421805556329, 0.0915781944436709,
            0.0183156388887342, 3.01831563888873),
        Reference(
            4, 1, 40, 2.71379262160495e-26, 2.92555116519459e-27, 1.0, 36.0,
            3.23186291719246e-27),
        Reference(
            100, 1, 130, 0.000575252683815463, 0.00170684037050149, 0.998293159629499,
            30.0063200572665, 0.00632005726650152),
        Reference(
            100, 1, 60, 4.47071474287531e-6, 0.99998918778183, 1.08122181702441e-5,
            1.45827474777675e-5, 40.0000145827475),
        Reference(
            100, 5, 130, 0.00651591592646002, 0.0931203061422282, 0.906879693857772,
            31.2462586901384, 1.24625869013837),
        Reference(
            100, 5, 500, 2.04051451905084e-25, 1.05503990559682e-24, 1.0, 400.0,
            6.49208676194954e-24),
        Reference(
            100, 5, 20, 6.81269100690236e-8, 0.999999848861141, 1.5113885945084e-7,
            1.71735056357091e-7, 80.0000001717351),
        Reference(
            0.01, 50, 2, 9.79417748030108e-5, 0.000500271263644511, 0.999499728736355,
            1.99860373353379, 0.00860373353379051),
        Reference(0.5, 3, 0, 0.759835685651593, 0.240164314348407, 0.759835685651593, 0.0, 0.5),
        Reference(
            12000, 1, 12_500, 1.23056939650105e-7, 2.82327857362864e-6,
            0.999997176721426, 500.000065043989, 6.50439889869389e-5),
        Reference(
            12000, 2.5, 14_000, 4.92258120867564e-30, 8.05286317813752e-29, 1.0, 2000.0,
            1.38791632354574e-27),
        Reference(
            12000, 40, 21_000, 4.14417218244288e-29, 3.78778084671853e-27, 1.0, 9000.0,
            3.48043215633616e-25),
        Reference(
            12000, 40, 6_000, 1.18595656750338e-28, 1.0, 4.8308397984364e-27,
            1.8949276996464e-25, 6000.0),
        Reference(
            1000000, 1, 1_010_000, 9.03749159942157e-26, 8.94883148210544e-24, 1.0,
            10000.0, 8.86601173161243e-22),
        Reference(
            1000000, 1, 990_000, 6.54066378068792e-26, 1.0, 6.47775701528989e-24,
            6.29067653980334e-22, 10000.0),
        Reference(
            1000000, 8, 1_030_000, 1.4349511333854e-28, 3.8919643389551e-26, 1.0,
            30000.0, 1.05055788228784e-23),
        Reference(
            10000000, 1, 10_020_000, 2.63251814205059e-13, 1.28549638027843e-10,
            0.99999999987145, 20000.0000000615, 6.15253814937376e-8),
        Reference(
            10000000, 1, 10_035_000, 3.39308017294388e-31, 9.61697072169065e-29, 1.0,
            35000.0, 2.7140420352155e-26),
        Reference(
            10000000, 1.0009765625, 10_035_000, 3.60025398259266e-31,
            1.02140825481402e-28, 1.0, 35000.0, 2.88532693290643e-26),
        Reference(
            10000000, 1000, 10_700_000, 2.52901937741212e-16, 3.78602751805322e-12,
            0.999999999996214, 700000.000000056, 5.56544398372969e-8),
        Reference(
            10000000, 1000, 9_500_000, 1.01522650832434e-11, 0.999999813707721,
            1.86292279231365e-7, 0.00330545480767123, 500000.003305455),
    ]
}
