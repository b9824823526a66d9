import Exposure
import Results
import Testing
import Units

@Suite("The worst strategy")
struct BestTests {
    static let defences = [
        SmallDefence(
            1, of: 1, threshold: 60, demand: CountDistribution(mean: 30), flat: 300, delay: 0,
            horizon: 20),
        SmallDefence(
            1, of: 1, threshold: 45, demand: CountDistribution(mean: 30, dispersion: 2),
            flat: 600, delay: 2, horizon: 40),
        SmallDefence(
            3, of: 3, threshold: 60, demand: CountDistribution(mean: 30), flat: 200, delay: 2,
            horizon: 40),
        SmallDefence(
            2, of: 3, threshold: 50, demand: CountDistribution(mean: 30, dispersion: 3),
            flat: 25, delay: 3, horizon: 30),
        SmallDefence(
            2, of: 4, threshold: 80, demand: CountDistribution(mean: 30), flat: 2_000,
            delay: 1, horizon: 30),
    ]

    @Test(
        "none of a thousand stationary strategies takes more, looking at their breaches or not",
        arguments: 0..<5)
    func random(number: Int) throws {
        let defence = Self.defences[number]
        let best = try defence.attack(draws: 1_280)
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
        #expect(most > 0.3 * best, "\(most) of \(best)")
    }

    @Test("a sprint followed exactly takes what it is said to", arguments: 0..<5)
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

    @Test("who leaks and then sprints takes more than who does only one of them")
    func lurks() throws {
        // A sprint from the beginning of a period and a leak of the whole horizon are worth about
        // the same: 3,000 operations.
        let defence = SmallDefence(
            1, of: 1, threshold: 60, demand: CountDistribution(mean: 30), flat: 3_000, delay: 0,
            horizon: 100)
        let attack = try defence.attack(draws: 2_560)
        func mean(_ strategy: Strategy) -> Double {
            attack.containment(of: strategy, datasets: [Attacks.endless]).losses[0].records.mean
        }
        // Of those with a chance x in a horizon: leak · (1 − e^−x) / x + sprint · (1 − e^−x), at
        // its most 1.29 times either alone where they are equal, less what the horizon cuts.
        let alone = [Strategy.sprint, .creep, .fill, .pulse].map(mean).max() ?? 0
        #expect(mean(.best) > 1.15 * alone && mean(.best) < 1.35 * alone)
    }

    @Test("of strategies that take as much the best is the quickest")
    func quickest() throws {
        // Filling and pulsing both take all of it in a day; a sprint is stopped before.
        let dataset = RecordCount(10_000_000)
        let attack = try Attacks.attack()
        func loss(_ strategy: Strategy) -> ContainedLoss {
            attack.containment(of: strategy, datasets: [dataset]).losses[0]
        }
        let (best, fill, pulse) = (loss(.best), loss(.fill), loss(.pulse))
        #expect(isClose(fill.records.mean, 1e7) && isClose(pulse.records.mean, 1e7))
        #expect(isClose(best.records.mean, 1e7) && loss(.sprint).records.mean < 9e6)
        #expect(pulse.timeToAll < fill.timeToAll && best.timeToAll <= pulse.timeToAll)
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [20_000])], datasets: [dataset],
            windows: [.seconds(86_400)])
        run.scenario.exposure.attackers = ["sprint", "fill", "pulse"]
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200)))
        run.scenario.exposure.alarm = Attacks.rule(30_000).settings
        run.scenario.exposure.alarm?.threshold = RecordCount(30_000)
        let detection = try #require(RunExposure(run).detection.detections.first)
        #expect(detection.worst(of: dataset)?.strategy == .pulse)
    }
}
