import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("What is recommended can be pasted into a scenario")
struct ScenarioFormTests {
    @Test(
        "a policy comes back as it was",
        arguments: [
            "none", "{ token-bucket: { rate: 30k/min, burst: 100 }, on-limit: deny }",
            "{ fixed-window: { limit: 10k, window: 1m }, max-wait: 5s, scope: per-client }",
            "{ sliding-window: { limit: 7, window: 1500ms }, enforced: host }",
            "{ budget: { quota: 50k, period: week }, scope: global }",
            "{ breaker: { threshold: 1k, window: 1m, lockout: 10m }, charge: { bytes: 256B } }",
            "{ tarpit: { free: 100, first: 10ms, growth: 1.5, longest: 1s, window: 1m } }",
            "{ concurrency: 4 }", "{ delay: 5ms }",
            "{ all: [{ concurrency: 4 }, { token-bucket: { rate: 500/s, burst: 100 } }] }",
        ])
    func policies(_ text: String) throws {
        func policy(_ text: String) throws -> Policy? {
            try ScenarioReader.read("throttles: [\(text)]", source: "s.yaml")
                .scenario.throttles.last
        }
        let before = try #require(try policy(text))
        #expect(try policy(before.scenarioForm) == before, "\(before.scenarioForm)")
    }

    @Test("an alarm comes back as it was, decided or not")
    func alarms() throws {
        for text in ["auto", "335900", "1G"] {
            let yaml =
                "exposure: { alarm: { period: 5m, threshold: \(text), comparison: '>=', "
                + "evaluation-periods: 5, datapoints-to-alarm: 2, missing: ignore, "
                + "window: wall-clock } }"
            let before = try #require(
                try ScenarioReader.read(yaml, source: "s.yaml").scenario.exposure.alarm)
            let again = "exposure: { alarm: \(before.scenarioForm) }"
            let after = try ScenarioReader.read(again, source: "s.yaml").scenario.exposure.alarm
            #expect(after == before, "\(before.scenarioForm)")
        }
    }
}
