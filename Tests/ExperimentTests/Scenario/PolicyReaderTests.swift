import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("A throttle is read as it is written")
struct PolicyReaderTests {
    private func scenario(_ yaml: String) throws -> Scenario {
        try ScenarioReader.read(yaml, source: "s.yaml").scenario
    }

    private func policy(_ text: String) throws -> Policy {
        let throttles = try scenario("throttles: [none, \(text)]").throttles
        try #require(throttles.count == 2 && throttles[0] == .none)
        return throttles[1]
    }

    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(500), burst: RecordCount(100)))

    @Test(
        "every limit by its name",
        arguments: [
            ("token-bucket: { rate: 500/s, burst: 100 }", bucket),
            (
                "fixed-window: { limit: 10k, window: 1m }",
                .fixedWindow(FixedWindow(limit: RecordCount(10_000), window: .seconds(60)))
            ),
            (
                "sliding-window: { limit: 10k, window: 1m }",
                .slidingWindow(SlidingWindow(limit: RecordCount(10_000), window: .seconds(60)))
            ),
            ("concurrency: 4", .concurrency(RecordCount(4))),
            ("delay: 5ms", .delay(.milliseconds(5))),
            (
                "breaker: { threshold: 1k, window: 1m, lockout: 10m }",
                .breaker(
                    Breaker(
                        threshold: RecordCount(1_000), window: .seconds(60),
                        lockout: .seconds(600)))
            ),
            (
                "all: [{ concurrency: 4 }, { token-bucket: { rate: 500/s, burst: 100 } }]",
                .all([.concurrency(RecordCount(4)), bucket])
            ),
            ("all: [{ delay: 1ms }]", .all([.delay(.milliseconds(1))])),
        ])
    func limits(_ text: String, _ limit: Limit) throws {
        #expect(try policy("{ \(text) }") == Policy(limit))
    }

    @Test("a tarpit by its five values")
    func tarpit() throws {
        let text = "tarpit: { free: 100, first: 10ms, growth: 1.5, longest: 1s, window: 1m }"
        let expected = try #require(
            Tarpit(
                free: RecordCount(100), first: .milliseconds(10), growth: 1.5,
                longest: .seconds(1), window: .seconds(60)))
        #expect(try policy("{ \(text) }") == Policy(.tarpit(expected)))
    }

    @Test("a budget is each client's, and so is what stands beside it, unless it is said")
    func budget() throws {
        let budget = Limit.budget(Budget(quota: RecordCount(50_000), period: .day))
        let text = "budget: { quota: 50k, period: day }"
        #expect(try policy("{ \(text) }") == Policy(budget, scope: .perClient))
        #expect(try policy("{ \(text), scope: global }") == Policy(budget))
        let week = Limit.budget(Budget(quota: RecordCount(7), period: .week))
        #expect(
            try policy("{ all: [{ delay: 1ms }, { budget: { quota: 7, period: week } }] }")
                == Policy(.all([.delay(.milliseconds(1)), week]), scope: .perClient))
    }

    @Test("settings are those of the whole policy")
    func settings() throws {
        let text = """
            { all: [{ delay: 1ms }, { token-bucket: { rate: 500/s, burst: 100 } }],
              on-limit: deny, scope: per-client, enforced: hsm, charge: { bytes: 4KiB } }
            """
        #expect(
            try policy(text)
                == Policy(
                    .all([.delay(.milliseconds(1)), Self.bucket]), onLimit: .deny,
                    scope: .perClient, enforced: .hsm, charge: .bytes(ByteCount(4_096))))
        let plain = "{ token-bucket: { rate: 500/s, burst: 100 }, charge: operation, max-wait: 2s }"
        #expect(try policy(plain) == Policy(Self.bucket, onLimit: .wait(atMost: .seconds(2))))
    }

    @Test("a mixed load is read with what goes without saying")
    func mixed() throws {
        let text = """
            load:
              mixed:
                - { legitimate: { rate: 200/s } }
                - legitimate: { rate: 100/h, arrivals: constant, clients: 7, callers: 3 }
                  attackers: 2
            """
        #expect(
            try scenario(text).load.mixed == [
                MixedLoad(
                    legitimate: OpenRate(Rate(200), .poisson), callers: 16, clients: 4,
                    attackers: 1),
                MixedLoad(
                    legitimate: OpenRate(Rate(100, per: .seconds(3_600)), .constant), callers: 3,
                    clients: 7, attackers: 2),
            ])
        #expect(try scenario("load: { mixed: [] }").load.mixed.isEmpty)
    }

    @Test("the printed scenario of a mixed load can be run, and asks all four ways")
    func printed() throws {
        let scenario = try scenario(MixedScenario.text)
        #expect(scenario.load.mixed == [MixedLoad(legitimate: OpenRate(Rate(200), .poisson))])
        let throttles = scenario.throttles.dropFirst()
        #expect(throttles.allSatisfy { $0.limit == Self.bucket })
        #expect(Set(throttles.map { "\($0.scope) \($0.onLimit)" }).count == 4)
        #expect(scenario.rounds == 5 && scenario.duration == .seconds(2))
    }

    @Test("every throttle that the built-in scenario shows in its comments can be used")
    func comments() throws {
        let shown = BuiltInScenario.text.split(separator: "\n").compactMap { line -> String? in
            let text = line.trimmingPrefix(#/ +# - /#)
            guard text.count < line.count else { return nil }
            return String(text.split(separator: " #", maxSplits: 1)[0])
        }
        #expect(shown.count == 7, "\(shown)")
        for text in shown { #expect(try policy(text).limit != .none) }
    }
}
