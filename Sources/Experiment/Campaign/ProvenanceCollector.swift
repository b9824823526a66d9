import Anchors
import CPlatform
import Foundation
import Results
import Units

/// Gathers where the figures come from; what cannot be found says why.
enum ProvenanceCollector {
    static func collect(
        _ resolved: ResolvedScenario, seed: UInt64, opened: OpenedReport?
    ) -> Provenance {
        Provenance(
            host: hostFacts(), tool: toolFacts(), anchor: anchorFacts(resolved, opened),
            run: runFacts(resolved.scenario, seed: seed))
    }

    /// The present moment in UTC, as ISO 8601.
    static func timestamp() -> String { Date().formatted(.iso8601) }

    private static func hostFacts() -> [String: Fact] {
        let cpu = "/sys/devices/system/cpu"
        let fields = cpuFields()
        return [
            "cpu_model": fields["model name"] ?? .unavailable("/proc/cpuinfo does not tell"),
            "microcode": fields["microcode"] ?? .unavailable("/proc/cpuinfo does not tell"),
            "hypervisor": fields["hypervisor"] ?? .unavailable("/proc/cpuinfo does not tell"),
            "cpu_count": .value("\(ProcessInfo.processInfo.activeProcessorCount)"),
            "affinity": field("Cpus_allowed_list", in: "/proc/self/status"),
            "governor": file("\(cpu)/cpu0/cpufreq/scaling_governor"),
            "turbo_disabled": file("\(cpu)/intel_pstate/no_turbo"),
            "smt": file("\(cpu)/smt/control"),
            "kernel": file("/proc/sys/kernel/osrelease"),
            "libc": .value(String(cString: anchorbench_libc_version())),
            "memory_total": field("MemTotal", in: "/proc/meminfo"),
            "cgroup_cpu_quota": file("/sys/fs/cgroup/cpu.max"),
            "clock_source": file(
                "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            "timer_slack_ns": file("/proc/self/timerslack_ns"),
            "load_average": file("/proc/loadavg"),
            "cpu_pressure": file("/proc/pressure/cpu"),
        ]
    }

    private static func toolFacts() -> [String: Fact] {
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

    private static func anchorFacts(
        _ resolved: ResolvedScenario, _ opened: OpenedReport?
    ) -> [String: Fact] {
        var facts: [String: Fact] = [
            "uri": .value(resolved.anchor.redacted),
            "key": .value(resolved.scenario.anchor.key.rawValue),
            "session": .value(resolved.scenario.anchor.isReadWrite ? "read-write" : "read-only"),
        ]
        guard let opened else { return facts }
        let (module, token) = (opened.identity.module, opened.identity.token)
        facts["module_sha256"] =
            opened.moduleDigest.map(Fact.value) ?? .unavailable("the file could not be read")
        facts["module"] = .value("\(module.description) \(module.libraryVersion)")
        facts["module_manufacturer"] = .value(module.manufacturer)
        facts["cryptoki_version"] = .value(module.cryptokiVersion)
        facts["token_model"] = .value("\(token.manufacturer) \(token.model)")
        facts["token_firmware"] = .value(token.firmwareVersion)
        facts["token_hardware"] = .value(token.hardwareVersion)
        facts["token_serial_sha256"] = .value(textDigest(token.serialNumber))
        for (mechanism, bits) in opened.keyBits {
            facts["key_bits_\(mechanism)"] = .value("\(bits)")
        }
        return facts
    }

    private static func runFacts(_ scenario: Scenario, seed: UInt64) -> [String: Fact] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let canonical = (try? encoder.encode(scenario)) ?? Data()
        return [
            "seed": .value("\(seed)"),
            "scenario": .value(scenario.name),
            "scenario_sha256": .value(textDigest(String(decoding: canonical, as: UTF8.self))),
            "arrivals": .value("closed"),
            "started": .value(timestamp()),
        ]
    }

    private static func cpuFields() -> [String: Fact] {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
            return [:]
        }
        var facts: [String: Fact] = [:]
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2, facts[pair[0]] == nil else { continue }
            facts[pair[0]] = .value(pair[1])
            if pair[0] == "flags" {
                let isGuest = pair[1].split(separator: " ").contains("hypervisor")
                facts["hypervisor"] = .value(isGuest ? "yes" : "no")
            }
        }
        return facts
    }

    private static func file(_ path: String) -> Fact {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            return .unavailable("\(path) cannot be read here")
        }
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
            .split(separator: "\n").first.map(String.init)
        return line.map(Fact.value) ?? .unavailable("\(path) is empty")
    }

    private static func field(_ name: String, in path: String) -> Fact {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        guard let line else { return .unavailable("\(path) does not tell") }
        return .value(line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces))
    }
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
