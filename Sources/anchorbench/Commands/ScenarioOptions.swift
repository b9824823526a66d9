import ArgumentParser
import Experiment
import Foundation
import Throttling
import Units

/// What `run` and `measure` take: a scenario file, and flags that are laid over it.
struct ScenarioOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A scenario file (YAML); none: the built-in one.", valueName: "scenario"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @Option(
        help: ArgumentHelp(
            "'softhsm', or a PKCS#11 URI with module-path and pin-source.", valueName: "uri"))
    var anchor: String?

    @Option(
        help: ArgumentHelp(
            "What the module wants with C_Initialize, as NSS does; stored and printed.",
            valueName: "text"))
    var initialize: String?

    @Option(
        help: ArgumentHelp(
            "What one call does: decrypt, unwrap (a data key) or mac (a password hash).",
            valueName: "name"))
    var operation: String?

    @Option(
        help: ArgumentHelp(
            "decrypt: aes-gcm, aes-cbc-pad, aes-ctr, rsa-pkcs, rsa-oaep; unwrap: aes-key-wrap, "
                + "rsa-oaep; mac: hmac-sha256. Several by commas.", valueName: "list"))
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
            "Users beside attackers, such as '{ legitimate: { rate: 200/s }, attackers: 1 }'; may "
                + "be repeated.", valueName: "load"))
    var mixed: [String] = []

    @Option(
        help: ArgumentHelp(
            "A throttle as in a scenario, such as '{ token-bucket: { rate: 500/s, burst: 100 } }'; "
                + "may be repeated.", valueName: "policy"))
    var throttle: [String] = []

    @Option(help: ArgumentHelp("Length of one round of a cell, such as 500ms.", valueName: "time"))
    var duration: String?

    @Option(
        help: ArgumentHelp("Rounds of each cell; their spread gives the intervals.", valueName: "n")
    )
    var rounds: String?

    @Option(
        help: ArgumentHelp("Most calls a second of all callers, such as 200/s.", valueName: "rate"))
    var maxRate: String?

    @Option(help: ArgumentHelp("Most calls of the whole run, such as 10k.", valueName: "n"))
    var maxOperations: String?

    @Option(
        help: ArgumentHelp("A round ends early after so many failed calls.", valueName: "n"))
    var abortAfterErrors: String?

    @Flag(
        help: "Also open one record again and again: does the device remember what it opened?")
    var auditCache = false

    @Flag(
        help: "Also join many records into one call, as a thief would: how many does it open?")
    var auditBatching = false

    @Flag(help: "Rounds of 100 ms with a short warm-up: a first look, not a result.")
    var quick = false

    @Option(help: "Seed of the cells' random order; by default a new one.")
    var seed: UInt64?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The run's folder; by default results/<time>-<name>.", valueName: "folder"),
        completion: .directory)
    var output: String?

    @Flag(help: "Print the plan and measure nothing.")
    var dryRun = false

    @Flag(help: "Exit with 12 where a cell is INVALID.")
    var strict = false

    /// The scenario with the flags over it.
    func resolve() throws -> ResolvedScenario {
        try Self.resolve(file, overrides: overrides)
    }

    /// The scenario of a file, or the built-in one, with flags over it.
    static func resolve(
        _ file: String?, overrides: [ScenarioOverride]
    ) throws -> ResolvedScenario {
        var text: String?
        if let file {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ExperimentError.missingInput(
                    "the scenario '\(file)' cannot be read; 'anchorbench scenario' prints one to "
                        + "start from")
            }
            text = String(decoding: data, as: UTF8.self)
        }
        let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        return try ScenarioReader.read(
            text, source: file ?? "the built-in scenario", folder: folder ?? ".",
            overrides: overrides)
    }

    /// Whether a file or a flag says what to measure.
    var changesScenario: Bool { file != nil || !overrides.isEmpty }

    private var overrides: [ScenarioOverride] {
        var overrides: [ScenarioOverride] = []
        func add(_ flag: String, _ value: String?, _ yaml: (String) -> String) {
            guard let value else { return }
            overrides.append(ScenarioOverride(flag: flag, yaml: yaml(value)))
        }
        add("--anchor", anchor) { "anchor: { uri: '\($0.replacing("'", with: "''"))' }" }
        if let initialize { overrides.append(.initialize(initialize)) }
        add("--operation", operation) { "anchor: { operation: \($0) }" }
        add("--mechanism", mechanism) { "anchor: { mechanism: [\($0)] }" }
        add("--record-bytes", recordBytes) { "record-bytes: [\($0)]" }
        add("--closed", closed) { "load: { closed: [\($0)] }" }
        if !open.isEmpty {
            add("--open", open.joined(separator: ", ")) { "load: { open: [\($0)] }" }
        }
        if !mixed.isEmpty {
            add("--mixed", mixed.joined(separator: ", ")) { "load: { mixed: [\($0)] }" }
        }
        add("--max-rate", maxRate) { "limits: { max-rate: \($0) }" }
        add("--max-operations", maxOperations) { "limits: { max-operations: \($0) }" }
        add("--abort-after-errors", abortAfterErrors) { "limits: { abort-after-errors: \($0) }" }
        if !throttle.isEmpty {
            add("--throttle", throttle.joined(separator: ", ")) { "throttles: [\($0)]" }
        }
        if auditCache { add("--audit-cache", "true") { "audit-cache: \($0)" } }
        if auditBatching { add("--audit-batching", "true") { "audit-batching: \($0)" } }
        if quick { add("--quick", "100ms") { "{ duration: \($0), warm-up: 20ms }" } }
        add("--duration", duration) { "duration: \($0)" }
        add("--rounds", rounds) { "rounds: \($0)" }
        return overrides
    }
}
