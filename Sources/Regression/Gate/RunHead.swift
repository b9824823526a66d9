import Foundation
import Results
import Units

/// What a gate needs of `run.json`: to decode all of it takes too long where there are a thousand
/// cells.
struct RunHead: Decodable {
    let schemaVersion: Int
    let scenario: Settings
    let provenance: Provenance
    let cells: [HeldCell]
    let partial: String?

    /// How the figures were taken.
    struct Settings: Decodable {
        let anchor: AnchorSettings
        let onDenied: String
        let duration: Nanoseconds
        let warmUp: Nanoseconds?
        let limits: Limits
    }

    /// A cell, and which rounds there are of it.
    struct HeldCell: Decodable {
        let cell: Cell
        let rounds: [HeldRound]
    }

    /// A round.
    struct HeldRound: Decodable {
        let number: Int
        let operations: UInt64
        let errors: [String: UInt64]

        var calls: CallCounts { CallCounts(completed: operations, failed: errors) }
    }

    /// Reads the head of a run.
    ///
    /// - Throws: `RunError` with one sentence.
    init(json: Data) throws(RunError) {
        struct Version: Decodable { let schemaVersion: Int }
        let decoder = JSONDecoder()
        let head: RunHead
        do {
            head = try decoder.decode(RunHead.self, from: json)
        } catch {
            guard let version = try? decoder.decode(Version.self, from: json) else {
                throw RunError("run.json is no JSON of a run, or is cut short")
            }
            try Self.checkVersion(version.schemaVersion)
            throw RunError("run.json is damaged: \(error)")
        }
        try Self.checkVersion(head.schemaVersion)
        self = head
    }

    private static func checkVersion(_ version: Int) throws(RunError) {
        guard version <= Run.currentSchema else {
            throw RunError(
                "run.json has schema version \(version), but this anchorbench reads at most "
                    + "\(Run.currentSchema): use a newer anchorbench")
        }
    }
}

extension RunHead {
    private static let hostConditions = [
        "affinity", "cgroup_cpu_quota", "cpu_count", "cpu_model", "governor", "hypervisor", "smt",
        "turbo",
    ]
    private static let hostCircumstances = ["kernel", "libc", "microcode"]
    private static let anchorCircumstances = [
        "environment", "module_version", "token_firmware", "token_model", "uri",
    ]

    /// What makes figures incomparable where it differs. What a cell's key says is none of it, nor
    /// is the number of rounds or what is projected from them.
    var conditions: [String: String?] {
        var conditions: [String: String?] = [:]
        for name in Self.hostConditions {
            conditions[name] = .some(provenance.host[name]?.value)
        }
        for name in ["module_sha256", "session", "initialize"] {
            conditions[name] = .some(provenance.anchor[name]?.value)
        }
        conditions["build_configuration"] = .some(
            provenance.tool["build_configuration"]?.value)
        conditions["key_kind"] = scenario.anchor.key.rawValue
        conditions["on-denied"] = scenario.onDenied
        conditions["duration"] = scenario.duration.description
        conditions["warm-up"] = scenario.warmUp?.description ?? "until settled"
        let limits = scenario.limits
        conditions["max-rate"] = limits.maxRate?.description ?? "none"
        conditions["max-operations"] = limits.maxOperations?.description ?? "none"
        conditions["abort-after-errors"] = "\(limits.abortAfterErrors)"
        return conditions
    }

    /// What a reader should know of where it differs.
    var circumstances: [String: String?] {
        var circumstances: [String: String?] = [:]
        for name in Self.hostCircumstances {
            circumstances[name] = .some(provenance.host[name]?.value)
        }
        for name in Self.anchorCircumstances {
            circumstances[name] = .some(provenance.anchor[name]?.value)
        }
        circumstances["anchorbench"] = .some(provenance.tool["version"]?.value)
        circumstances["commit"] = .some(provenance.tool["commit"]?.value)
        return circumstances
    }
}
