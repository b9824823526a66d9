import Latency
import Testing
import Units

@Suite("Student's t is that of the tables")
struct DistributionTests {
    @Test(
        "quantiles at 97.5 % agree with the tables to twelve digits",
        arguments: [
            (1, 12.7062047361747), (2, 4.30265272974946), (4, 2.77644510519779),
            (9, 2.26215716279820), (30, 2.04227245630124), (100, 1.98397151852355),
        ])
    func quantiles(_ freedom: Int, _ exact: Double) {
        let found = StudentT(degreesOfFreedom: freedom).quantile(0.975)
        #expect(abs(found / exact - 1) < 1e-12, "\(freedom): \(found)")
    }

    @Test("one degree of freedom is Cauchy's distribution, two has a closed form")
    func closedForms() {
        for t in [-50, -3, -1, -0.1, 0, 0.1, 1, 3, 50] as [Double] {
            let two = 0.5 + t / (2 * (2 + t * t).squareRoot())
            #expect(abs(StudentT(degreesOfFreedom: 2).cumulative(t) - two) < 1e-13, "t \(t)")
        }
        let one = StudentT(degreesOfFreedom: 1)
        for (t, exact) in [(-1, 0.25), (0, 0.5), (1, 0.75), (1.7320508075688772, 5.0 / 6)] {
            #expect(abs(one.cumulative(t) - exact) < 1e-13, "t \(t)")
        }
    }

    @Test("the distribution is symmetric, and its quantiles undo it")
    func inverse() {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let freedom = Int.random(in: 1...200, using: &generator)
            let distribution = StudentT(degreesOfFreedom: freedom)
            let probability = Double.random(in: 0.001...0.999, using: &generator)
            let t = distribution.quantile(probability)
            let message: Comment = "seed \(seed): \(freedom) degrees, p \(probability)"
            #expect(abs(distribution.cumulative(t) - probability) < 1e-12, message)
            #expect(abs(distribution.cumulative(-t) - (1 - probability)) < 1e-12, message)
            let mirrored = distribution.quantile(1 - probability)
            #expect(abs(mirrored + t) <= 1e-9 * max(1, abs(t)), message)
        }
        #expect(StudentT(degreesOfFreedom: 7).quantile(0.5) == 0)
    }

    @Test("it grows with t, and narrows with every degree of freedom")
    func monotone() {
        for freedom in 1...30 {
            let distribution = StudentT(degreesOfFreedom: freedom)
            let values = stride(from: -6.0, through: 6, by: 0.25).map(distribution.cumulative)
            #expect(values == values.sorted())
            let narrower = StudentT(degreesOfFreedom: freedom + 1)
            #expect(narrower.quantile(0.975) < distribution.quantile(0.975))
        }
    }
}
