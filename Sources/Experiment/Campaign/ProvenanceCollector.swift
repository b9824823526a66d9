import Anchors
import Foundation
import Results
import Units

/// Gathers where the figures come from; what cannot be found says why.
enum ProvenanceCollector {
    /// What is known before the first round.
    ///
    /// - Parameters:
    ///   - opened: who the anchor said it is; nil where no worker opened it.
    ///   - reading: the machine at the start of the run.
    static func collect(
        _ resolved: ResolvedScenario, seed: UInt64, opened: OpenedReport?, reading: HostReading
    ) -> Provenance {
        Provenance(
            host: HostFacts().all(reading), tool: toolFacts(),
            anchor: anchorFacts(resolved, opened), run: runFacts(resolved.scenario, seed: seed))
    }

    /// Adds what is known once the run has ended.
    ///
    /// - Parameters:
    ///   - before: the machine at the start of the run.
    ///   - after: the machine at its end.
    static func complete(
        _ provenance: inout Provenance, from before: HostReading, to after: HostReading
    ) {
        provenance.host.merge(HostFacts.end(from: before, to: after)) { $1 }
        provenance.run["ended"] = .value(timestamp())
    }

    /// The present moment in UTC, as ISO 8601.
    static func timestamp() -> String { Date().formatted(.iso8601) }

    static func toolFacts() -> [String: Fact] {
        #if DEBUG
        let configuration = "debug"
        #else
        let configuration = "release"
        #endif
        return [
            "version": .value(ToolVersion.text),
            "commit": BuildOrigin.commit,
            "dirty": BuildOrigin.isDirty,
            "swift": BuildOrigin.swift,
            "build_configuration": .value(configuration),
        ]
    }

    static func anchorFacts(
        _ resolved: ResolvedScenario, _ opened: OpenedReport?
    ) -> [String: Fact] {
        let settings = resolved.scenario.anchor
        var facts: [String: Fact] = [
            "uri": .value(resolved.anchor.redacted),
            "mechanisms": .value(settings.mechanisms.joined(separator: ", ")),
            "initialize": settings.initialize.map(Fact.value)
                ?? .unavailable("the module was given none"),
            "key_kind": .value(settings.key.rawValue),
            "session": .value(settings.isReadWrite ? "read-write" : "read-only"),
        ]
        if !settings.environment.isEmpty {
            facts["environment"] = .value(settings.environment.inWords)
        }
        let none = Fact.unavailable("no worker opened the anchor")
        for mechanism in settings.mechanisms {
            let bits = opened?.keyBits[mechanism]
            facts["key_\(mechanism)"] =
                bits.map { .value("\(keyType(of: mechanism))-\($0)") }
                ?? opened?.refusals[mechanism].map(Fact.unavailable) ?? none
        }
        facts["module_path"] = opened.map { .value($0.modulePath) } ?? none
        facts["module_sha256"] =
            opened.map { report in
                report.moduleDigest.map(Fact.value) ?? .unavailable("the file could not be read")
            } ?? none
        return facts.merging(identityFacts(opened?.identity)) { first, _ in first }
    }

    /// `CK_INFO` and `CK_TOKEN_INFO`; the serial number only hashed.
    private static func identityFacts(_ identity: AnchorIdentity?) -> [String: Fact] {
        func fact(_ value: (AnchorIdentity) -> String) -> Fact {
            guard let identity else { return .unavailable("no worker opened the anchor") }
            let text = value(identity)
            return text.isEmpty ? .unavailable("the module leaves it empty") : .value(text)
        }
        return [
            "module_description": fact { $0.module.description },
            "module_version": fact { $0.module.libraryVersion },
            "module_manufacturer": fact { $0.module.manufacturer },
            "cryptoki_version": fact { $0.module.cryptokiVersion },
            "token_manufacturer": fact { $0.token.manufacturer },
            "token_model": fact { $0.token.model },
            "token_firmware": fact { $0.token.firmwareVersion },
            "token_hardware": fact { $0.token.hardwareVersion },
            "token_serial_sha256": fact {
                $0.token.serialNumber.isEmpty ? "" : textDigest($0.token.serialNumber)
            },
        ]
    }

    private static func keyType(of mechanism: String) -> String {
        if mechanism.hasPrefix("rsa") { return "RSA" }
        return mechanism.hasPrefix("hmac") ? "generic secret" : "AES"
    }

    static func runFacts(_ scenario: Scenario, seed: UInt64) -> [String: Fact] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let canonical = try? encoder.encode(scenario) else {
            preconditionFailure("a scenario is plain data")
        }
        return [
            "seed": .value("\(seed)"),
            "scenario": .value(scenario.name),
            "scenario_sha256": .value(textDigest(String(decoding: canonical, as: UTF8.self))),
            "arrivals": .value(scenario.load.inWords),
            "throttles": .value(scenario.throttles.map(\.keyForm).joined(separator: ", ")),
            "started": .value(timestamp()),
            "ended": .unavailable("the run did not come to an end"),
        ]
    }
}

extension [String: String] {
    /// An environment: `A=1 B=2`, in the order of the names.
    package var inWords: String {
        sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

extension LoadSettings {
    /// How calls arrive: `closed`, and each open or mixed load by its rate and spacing.
    fileprivate var inWords: String {
        let open = open.map { $0.rate.inWords }
        let mixed = mixed.map { "\($0.legitimate.inWords) beside \($0.attackers) closed" }
        return ((closed.isEmpty ? [] : ["closed"]) + open + mixed).joined(separator: ", ")
    }
}

extension OpenRate {
    fileprivate var inWords: String { "\(rate) \(arrivals.rawValue)" }
}

/// The version of the tool.
package enum ToolVersion {
    /// Semantic version.
    package static let text = "0.1.0"

    /// The version with the commit that it was built from, such as `0.1.0 (2b2dfe1c94a0+dirty)`.
    package static let withCommit = describe(
        text, commit: BuildOrigin.commit.value, isDirty: BuildOrigin.isDirty.value == "yes")

    /// The version alone where the commit is not known.
    static func describe(_ version: String, commit: String?, isDirty: Bool) -> String {
        guard let commit else { return version }
        return "\(version) (\(commit.prefix(12))\(isDirty ? "+dirty" : ""))"
    }
}
