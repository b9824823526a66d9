import Regression
import Results
import Testing
import Units

@Suite("The gate tried on a run")
struct SelfTestTests {
    private func run(spread: Double, rounds: Int = 9) -> GateRun {
        var generator = SeededGenerator(seed: 11)
        let cell = GateSamples.cell(rounds: rounds, spread: spread, &generator)
        return GateSamples.run("mine", [cell], &generator)
    }

    @Test("a quiet run is silent where nothing changed, and speaks where something did")
    func quiet() throws {
        var generator = SeededGenerator(seed: 1)
        let test = try SelfTest(run(spread: 0.01), rule: GateRule(), using: &generator)
        #expect(test.isPassed && test.falseAlarms == 0 && test.found == 200)
        #expect(test.tests == 4 && test.sentence.hasPrefix("The gate works"))
    }

    @Test("on rounds that are all unlike nothing is found, and no alarm given")
    func noisy() throws {
        var generator = SeededGenerator(seed: 1)
        let test = try SelfTest(run(spread: 0.5), rule: GateRule(), using: &generator)
        #expect(!test.isPassed && test.falseAlarms <= 6 && test.found < 100, "\(test)")
        #expect(test.sentence.contains("too unlike each other for a tolerance of 5 %"))
        #expect(test.sentence.contains("\(test.found) of those slowed by 10 %"))
    }

    @Test("the same seed draws the same")
    func seeded() throws {
        let run = run(spread: 0.06)
        let tests = try [UInt64(3), 3, 4].map { seed in
            var generator = SeededGenerator(seed: seed)
            return try SelfTest(run, rule: GateRule(), using: &generator)
        }
        #expect(tests[0] == tests[1] && tests[0].found != tests[2].found)
    }

    @Test("two rounds are nothing to draw from")
    func fewRounds() {
        var generator = SeededGenerator(seed: 1)
        let error = #expect(throws: RunError.self) {
            try SelfTest(run(spread: 0.01, rounds: 2), rule: GateRule(), using: &generator)
        }
        #expect(error?.description.contains("three valid rounds") == true)
    }
}
