import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("The built-in scenario is what it says")
struct BuiltInScenarioTests {
    @Test("its text gives the documented values")
    func values() throws {
        let resolved = try ScenarioReader.read(BuiltInScenario.text, source: "built-in")
        let scenario = resolved.scenario
        #expect(resolved.anchor == .embedded && resolved.notes.isEmpty)
        #expect(scenario.name == "softhsm-default")
        #expect(
            scenario.anchor
                == AnchorSettings(
                    uri: "softhsm", mechanisms: ["aes-gcm", "rsa-oaep"],
                    keyBits: ["aes-gcm": 256, "rsa-oaep": 2048], key: .token, isReadWrite: false))
        #expect(scenario.recordBytes == [ByteCount(256)])
        #expect(scenario.load == LoadSettings(closed: [1, 2, 4], processes: [1, 2]))
        let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(100))
        let window = FixedWindow(limit: RecordCount(10_000), window: .seconds(60))
        #expect(
            scenario.throttles == [
                .none, Policy(.tokenBucket(bucket), onLimit: .wait(atMost: .seconds(30))),
                Policy(.fixedWindow(window), onLimit: .deny),
            ])
        #expect(scenario.throttlesAt == .largest && scenario.onDenied == "backoff")
        #expect(scenario.rounds == 5 && scenario.duration == .milliseconds(500))
        #expect(scenario.limits == Limits())
        let exposure = scenario.exposure
        #expect(
            exposure.datasets.map(\.count)
                == [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000])
        #expect(
            exposure.windows.map(\.description)
                == ["1m", "5m", "15m", "1h", "1d", "14d", "30d", "241d"])
        #expect(
            exposure.attackers == ["sprint", "creep", "fill", "pulse", "harvest", "best"])
        #expect(exposure.identities == [1])
        #expect(exposure.callers == 16 && exposure.recordsPerOperation == nil)
    }

    @Test("without a file it is the built-in scenario, and a file without a key is refused")
    func empty() throws {
        let builtIn = try ScenarioReader.read(BuiltInScenario.text, source: "built-in")
        #expect(try ScenarioReader.read(nil, source: "none", overrides: []) == builtIn)
        for text in ["", "\n", "# nothing but a comment\n", "---\n", "{}\n"] {
            let error = #expect(throws: ScenarioError.self, "'\(text)'") {
                try ScenarioReader.read(text, source: "empty.yaml")
            }
            #expect(error?.description.hasPrefix("empty.yaml states nothing") == true, "'\(text)'")
            #expect(error?.isUsage == false)
        }
    }

    @Test("what a file leaves out stays as it is in the built-in scenario")
    func partial() throws {
        let text = """
            name: mine
            anchor: { mechanism: aes-cbc-pad, key-bits: { aes-cbc-pad: 128 }, session: read-write }
            record-bytes: 4KiB
            load: { closed: 8 }
            """
        let scenario = try ScenarioReader.read(text, source: "mine.yaml").scenario
        #expect(scenario.name == "mine" && scenario.recordBytes == [ByteCount(4_096)])
        #expect(scenario.anchor.mechanisms == ["aes-cbc-pad"])
        #expect(scenario.anchor.keyBits == ["aes-cbc-pad": 128] && scenario.anchor.isReadWrite)
        #expect(scenario.load == LoadSettings(closed: [8], processes: [1, 2]))
        #expect(scenario.rounds == 5 && scenario.throttles.count == 3)
    }

    @Test("throttles take every documented setting, and 'none' is put first where it is missing")
    func throttles() throws {
        let text = """
            throttles:
              - token-bucket: { rate: 30k/min }
                on-limit: wait
                max-wait: 5s
                scope: per-client
                enforced: host
                charge: operation
            """
        let scenario = try ScenarioReader.read(text, source: "t.yaml").scenario
        let bucket = TokenBucket(rate: Rate(30_000, per: .seconds(60)), burst: RecordCount(1))
        #expect(
            scenario.throttles == [
                .none,
                Policy(
                    .tokenBucket(bucket), onLimit: .wait(atMost: .seconds(5)), scope: .perClient,
                    enforced: .host),
            ])
    }

    @Test("flags lie over the file, which lies over the built-in scenario")
    func overrides() throws {
        let scenario = try ScenarioReader.read(
            "rounds: 7\nduration: 1s\n", source: "f.yaml",
            overrides: [
                ScenarioOverride(flag: "--rounds", yaml: "rounds: 3"),
                ScenarioOverride(flag: "--closed", yaml: "load: { closed: [2, 6] }"),
            ]
        ).scenario
        #expect(scenario.rounds == 3 && scenario.duration == .seconds(1))
        #expect(scenario.load == LoadSettings(closed: [2, 6], processes: [1, 2]))
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioReader.read(
                nil, source: "built-in",
                overrides: [ScenarioOverride(flag: "--rounds", yaml: "rounds: 0")])
        }
        #expect(error?.description.hasPrefix("--rounds") == true, "\(error?.description ?? "")")
    }
}
