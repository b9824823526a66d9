import ArgumentParser
import Experiment
import Foundation
import Regression
import Units

/// What is laid over the scenarios of both anchors of a duel.
struct DuelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What one call does: decrypt, unwrap or mac.", valueName: "name"))
    var operation: String?

    @Option(
        help: ArgumentHelp(
            "Mechanisms as 'run' takes them, such as aes-gcm.", valueName: "list"))
    var mechanism: String?

    @Option(help: ArgumentHelp("Sizes of a record, such as 256B,4KiB.", valueName: "list"))
    var recordBytes: String?

    @Option(
        help: ArgumentHelp("Numbers of concurrent callers, such as 1,2,4,8.", valueName: "list"))
    var closed: String?

    @Option(
        help: ArgumentHelp(
            "An open load, calls that fall due, such as '{ rate: 2k/s, arrivals: poisson }'; may "
                + "be repeated.", valueName: "load"))
    var open: [String] = []

    @Option(
        help: ArgumentHelp(
            "A throttle as in a scenario; may be repeated.", valueName: "policy"))
    var throttle: [String] = []

    @Option(help: ArgumentHelp("Length of one round of a cell.", valueName: "time"))
    var duration: String = DuelPlan.usualDuration

    @Option(
        help: ArgumentHelp("Most calls a second of all callers, such as 200/s.", valueName: "rate"))
    var maxRate: String?

    @Option(help: ArgumentHelp("Most calls on each anchor, such as 10k.", valueName: "n"))
    var maxOperations: String?

    @Option(
        help: ArgumentHelp("A round ends early after so many failed calls.", valueName: "n"))
    var abortAfterErrors: String?

    /// The flags as keys of a scenario.
    var overrides: [ScenarioOverride] {
        var overrides: [ScenarioOverride] = []
        func add(_ flag: String, _ value: String?, _ yaml: (String) -> String) {
            guard let value else { return }
            overrides.append(ScenarioOverride(flag: flag, yaml: yaml(value)))
        }
        func list(_ values: [String]) -> String? {
            values.isEmpty ? nil : values.joined(separator: ", ")
        }
        add("--operation", operation) { "anchor: { operation: \($0) }" }
        add("--mechanism", mechanism) { "anchor: { mechanism: [\($0)] }" }
        add("--record-bytes", recordBytes) { "record-bytes: [\($0)]" }
        add("--closed", closed) { "load: { closed: [\($0)] }" }
        add("--open", list(open)) { "load: { open: [\($0)] }" }
        add("--throttle", list(throttle)) { "throttles: [\($0)]" }
        add("--max-rate", maxRate) { "limits: { max-rate: \($0) }" }
        add("--max-operations", maxOperations) { "limits: { max-operations: \($0) }" }
        add("--abort-after-errors", abortAfterErrors) { "limits: { abort-after-errors: \($0) }" }
        add("--duration", duration) { "duration: \($0)" }
        // How many records a call opens is no matter of a duel.
        add("duel", "false") { "audit-batching: \($0)" }
        return overrides
    }
}

/// The arguments of a duel that name an anchor.
struct DuelArgument {
    /// As typed.
    let text: String

    /// Whether it names an anchor and not a scenario file.
    var isAddress: Bool { text == "softhsm" || text.hasPrefix("pkcs11:") }

    /// The scenario of this anchor.
    ///
    /// - Parameters:
    ///   - other: the other argument, whose scenario an address takes if it is a file.
    ///   - rounds: how many the run is to have at most.
    ///   - environment: each `NAME=VALUE`.
    /// - Throws: `ExperimentError.missingInput`, `ScenarioError`.
    func contender(
        beside other: DuelArgument, role: DuelRole, _ options: DuelOptions, rounds: Int,
        environment: [String]
    ) throws -> DuelContender {
        let file = isAddress ? (other.isAddress ? nil : other.text) : text
        var overrides = options.overrides
        if isAddress {
            // What the other anchor's module has in its environment is no business of this one.
            let uri = text.replacing("'", with: "''")
            overrides.insert(
                ScenarioOverride(
                    flag: role.rawValue, yaml: "anchor: { uri: '\(uri)', environment: {} }"),
                at: 0)
        }
        let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        var resolved = try ScenarioReader.read(
            try file.map(Self.read), source: file ?? "the built-in scenario",
            folder: folder ?? ".", overrides: overrides
        ).adding(environment: environment, flag: "--\(role.rawValue)-env")
        resolved.scenario.warmUp = resolved.scenario.warmUp ?? DuelPlan.usualWarmUp
        resolved.scenario.rounds = rounds
        let settings = environment.isEmpty ? "" : " with \(environment.joined(separator: " "))"
        let name = isAddress ? resolved.anchor.redacted : text
        return DuelContender(name: name + settings, resolved)
    }

    private static func read(_ file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ExperimentError.missingInput(
                "the scenario '\(file)' cannot be read; name a file, 'softhsm' or a PKCS#11 URI")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
