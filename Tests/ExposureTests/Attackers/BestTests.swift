import Exposure
import Results
import Testing
import Units

@Suite("The worst strategy")
struct BestTests {
    static let defences = [
        SmallDefence(
            m: 1, n: 1, threshold: 60, demand: CountDistribution(mean: 30), flat: 300, delay: 0,
            horizon: 40),
        SmallDefence(
            m: 1, n: 1, threshold: 45, demand: CountDistribution(mean: 30, dispersion: 2),
            flat: 600, delay: 3, horizon: 100),
        SmallDefence(
            m: 3, n: 3, threshold: 60, demand: CountDistribution(mean: 30), flat: 200, delay: 2,
            horizon: 120),
        SmallDefence(
            m: 2, n: 3, threshold: 50, demand: CountDistribution(mean: 30, dispersion: 3),
            flat: 25, delay: 5, horizon: 90),
        SmallDefence(
            m: 2, n: 4, threshold: 80, demand: CountDistribution(mean: 30), flat: 2_000,
            delay: 1, horizon: 30),
    ]

    @Test(
        "none of a thousand stationary strategies takes more, looking at their breaches or not",
        arguments: 0..<5)
    func random(number: Int) throws {
        let defence = Self.defences[number]
        let best = try defence.attack(draws: 2_560)
            .containment(of: .best, datasets: [Attacks.endless]).losses[0].records.mean
        var generator = SeededGenerator(seed: UInt64(number))
        var most = 0.0
        for strategy in 0..<200 {
            let taken = RandomStrategy.random(against: defence, using: &generator)
                .meanTaken(of: defence)
            // As much as a sample of thefts may be off by.
            #expect(taken <= best * 1.01, "defence \(number), strategy \(strategy)")
            most = max(most, taken)
        }
        // They are no straw men either.
        #expect(most > 0.5 * best, "\(most) of \(best)")
    }

    @Test("a sprint and a fill followed exactly take what they are said to", arguments: 0..<5)
    func exact(number: Int) throws {
        let defence = Self.defences[number]
        let attack = try defence.attack(draws: 2_560)
        let sprint = RandomStrategy(levels: [.blind(defence.flat)], chances: [[1]])
        let told = attack.containment(of: .sprint, datasets: [Attacks.endless])
        let taken = sprint.meanTaken(of: defence)
        #expect(
            isClose(told.losses[0].records.mean, taken, within: 0.02),
            "\(told.losses[0].records.mean) against \(taken)")
    }
}
