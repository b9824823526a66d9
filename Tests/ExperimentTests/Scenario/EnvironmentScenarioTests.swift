import Foundation
import Results
import Testing

@testable import Experiment

@Suite("What a module has in its environment")
struct EnvironmentScenarioTests {
    private let uri = "pkcs11:token=t?module-path=/m.so"

    @Test("names and values are read as they stand, and stand in run.json only where there are any")
    func read() throws {
        let yaml = "anchor: { uri: '\(uri)', environment: { A_1: 'x y', LD_PRELOAD: /l.so, N: 7 } }"
        let settings = try ScenarioReader.read(yaml, source: "s.yaml").scenario.anchor
        #expect(settings.environment == ["A_1": "x y", "LD_PRELOAD": "/l.so", "N": "7"])
        #expect(settings.environment.inWords == "A_1=x y LD_PRELOAD=/l.so N=7")
        let stored = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(AnchorSettings.self, from: stored) == settings)
        let usual = try ScenarioReader.read("name: usual", source: "s.yaml").scenario.anchor
        let text = String(decoding: try JSONEncoder().encode(usual), as: UTF8.self)
        #expect(!text.contains("environment"))
    }

    @Test(
        "what is no name of a variable is refused",
        arguments: ["1A", "A-B", "'A B'", "''", "'Ä'", "'A=B'"])
    func badName(_ name: String) throws {
        let told = try #require(
            complaint(about: "anchor: { uri: '\(uri)', environment: { \(name): x } }"))
        #expect(told.hasPrefix("s.yaml, line 1: 'anchor.environment': '"))
        #expect(told.contains("is no name of a variable"))
    }

    @Test("a value must be a single one, and a list of names is none")
    func badValue() {
        #expect(
            complaint(about: "anchor: { uri: '\(uri)', environment: { A: [1] } }")
                == "s.yaml, line 1: 'anchor.environment.A' must be a single value")
        #expect(
            complaint(about: "anchor: { uri: '\(uri)', environment: [A] }")?
                .contains("must be a mapping of names to values") == true)
    }

    @Test("the throwaway token takes no other configuration, but anything else")
    func embedded() throws {
        let told = try #require(
            complaint(about: "anchor:\n  environment: { SOFTHSM2_CONF: /mine.conf }"))
        #expect(told.hasPrefix("s.yaml, line 2: 'softhsm' has a configuration of its own"))
        #expect(complaint(about: "anchor: { environment: { MALLOC_ARENA_MAX: 1 } }") == nil)
    }

    @Test("flags add to the file's variables, and the last of one name counts")
    func flags() throws {
        let resolved = try ScenarioReader.read(
            "anchor: { environment: { A: 1, B: 2 } }", source: "s.yaml")
        let both = try resolved.adding(
            environment: ["B=3", "C=", "C=x=y", "D="], flag: "--baseline-env")
        #expect(both.scenario.anchor.environment == ["A": "1", "B": "3", "C": "x=y", "D": ""])
        for setting in ["A", "=1", "1=1", ""] {
            #expect(throws: ScenarioError.self) {
                try resolved.adding(environment: [setting], flag: "--baseline-env")
            }
        }
        let error = #expect(throws: ScenarioError.self) {
            try resolved.adding(environment: ["SOFTHSM2_CONF=/c"], flag: "--baseline-env")
        }
        #expect(error?.description.hasPrefix("--baseline-env: 'softhsm' has") == true)
    }
}
