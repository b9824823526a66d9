import Foundation
import Results
import Testing

@testable import Experiment

/// Every field that a run states where its figures come from.
private enum Fields {
    static let host = [
        "cpu_model", "cpu_count", "affinity", "governor", "turbo", "smt", "microcode", "kernel",
        "libc", "memory", "cgroup_cpu_quota", "hypervisor", "clock_source", "timer_slack_ns",
        "load_average_before", "load_average_after", "steal_since_boot", "steal_share",
        "cpu_busy_share", "cpu_pressure_some_before", "cpu_pressure_full_before",
        "cpu_pressure_some_share", "cpu_pressure_full_share",
    ]
    static let tool = ["version", "commit", "dirty", "swift", "build_configuration"]
    static let anchor = [
        "uri", "initialize", "mechanisms", "key_kind", "session", "key_aes-gcm", "module_path",
        "module_sha256",
        "module_description", "module_version", "module_manufacturer", "cryptoki_version",
        "token_manufacturer", "token_model", "token_firmware", "token_hardware",
        "token_serial_sha256",
    ]
    static let run = [
        "seed", "scenario", "scenario_sha256", "arrivals", "throttles", "started", "ended",
    ]

    /// Expects each field, with a value or a reason, and no field besides.
    static func expect(
        in provenance: Provenance, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let groups = [
            (host, provenance.host), (tool, provenance.tool), (anchor, provenance.anchor),
            (run, provenance.run),
        ]
        for (names, facts) in groups {
            #expect(facts.keys.sorted() == names.sorted(), sourceLocation: sourceLocation)
            for (name, fact) in facts {
                let text = fact.text.replacing("unavailable: ", with: "")
                #expect(!text.isEmpty, "\(name)", sourceLocation: sourceLocation)
            }
        }
    }
}

extension CampaignTests {
    @Suite("A run states where its figures come from")
    struct ProvenanceTests {
        private let load = """
            load: { closed: [1], processes: [1] }
            throttles: [none]
            rounds: 1
            duration: 30ms
            warm-up: 0s
            """

        @Test("on the embedded token every field is there, and what a run can know has a value")
        func embedded() async throws {
            let site = try Site()
            let run = try await site.run("anchor: { mechanism: [aes-gcm] }\n\(load)")
            let provenance = run.provenance
            Fields.expect(in: provenance)
            for name in Fields.run { #expect(provenance.run[name]?.value != nil, "\(name)") }
            for name in Fields.anchor where name != "initialize" {
                #expect(provenance.anchor[name]?.value != nil, "\(name)")
            }
            #expect(provenance.anchor["uri"] == .value("softhsm"))
            #expect(provenance.anchor["key_aes-gcm"] == .value("AES-256"))
            #expect(provenance.anchor["key_kind"] == .value("token"))
            #expect(provenance.anchor["module_path"]?.value?.hasSuffix("libsofthsm2.so") == true)
            #expect(provenance.anchor["module_sha256"]?.value?.count == 64)
            #expect(provenance.tool["swift"]?.value?.first?.isNumber == true)
            #expect(provenance.run["seed"] == .value("1"))
        }

        @Test("on a module of the user's the same, and neither its key's label nor its PIN")
        func uri() async throws {
            let site = try Site(script: "pin=739105", pin: "739105")
            let uri = try site.uri(object: "records")
            let run = try await site.run("anchor: { uri: '\(uri)', mechanism: [aes-gcm] }\n\(load)")
            Fields.expect(in: run.provenance)
            #expect(run.provenance.anchor["session"] == .value("read-only"))
            let module = try BuildFolder.scriptedModule().path
            #expect(run.provenance.anchor["module_path"] == .value(module))
            let stored = try String(
                contentsOf: site.output.appending(path: "run.json"), encoding: .utf8)
            #expect(!stored.contains("object=records") && !stored.contains("739105"))
        }

        @Test("where no worker opened the anchor every field says so")
        func unopened() throws {
            let resolved = try ScenarioReader.read(
                "anchor: { mechanism: [aes-gcm] }", source: "a test")
            var provenance = ProvenanceCollector.collect(
                resolved, seed: 3, opened: nil, reading: .now())
            Fields.expect(in: provenance)
            #expect(provenance.anchor["module_sha256"]?.value == nil)
            #expect(provenance.run["ended"]?.value == nil)
            ProvenanceCollector.complete(&provenance, from: .now(), to: .now())
            Fields.expect(in: provenance)
            #expect(provenance.run["ended"]?.value != nil)
        }

        @Test("how calls arrived names every kind of load")
        func arrivals() throws {
            let scenario = """
                anchor: { mechanism: [aes-gcm] }
                load:
                  closed: [1]
                  open: [{ rate: 2k/s, arrivals: constant }]
                  mixed: [{ legitimate: { rate: 200/s, arrivals: poisson }, attackers: 3 }]
                """
            let provenance = ProvenanceCollector.collect(
                try ScenarioReader.read(scenario, source: "a test"), seed: 3, opened: nil,
                reading: .now())
            #expect(
                provenance.run["arrivals"]
                    == .value("closed, 2k/s constant, 200/s poisson beside 3 closed"))
        }
    }
}
