import ArgumentParser
import Experiment

/// The scenario of `capacity`: a file, and the flags that concern one.
struct CapacityOptions: ParsableArguments {
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
            "The mechanism; by default the first of the scenario.", valueName: "name"))
    var mechanism: String?

    @Option(
        help: ArgumentHelp(
            "The size of a record, such as 256B; by default the first of the scenario.",
            valueName: "size"))
    var recordBytes: String?

    @Option(
        help: ArgumentHelp(
            "Concurrent callers of the closed loads that come first, such as 1,2,4,8.",
            valueName: "list"))
    var closed: String?

    @Option(
        help: ArgumentHelp(
            "A throttle that stands before the anchor, such as '{ token-bucket: { rate: 500/s, "
                + "burst: 100 } }'; by default none.", valueName: "policy"))
    var throttle: String?

    @Option(
        help: ArgumentHelp(
            "What users ask for, such as 200/s, '{ mean: 200/s, shape: diurnal }' or none; by "
                + "default the scenario's.", valueName: "demand"))
    var demand: String?

    @Option(
        help: ArgumentHelp("Most calls a second of all callers, such as 200/s.", valueName: "rate"))
    var maxRate: String?

    @Option(help: ArgumentHelp("Most calls of the whole run, such as 10k.", valueName: "n"))
    var maxOperations: String?

    @Option(
        help: ArgumentHelp("A round ends early after so many failed calls.", valueName: "n"))
    var abortAfterErrors: String?

    /// The numbers of callers that show how a device scales, where nobody names others.
    private static let usualClosed = "1, 2, 4, 8, 16"

    /// The scenario with the flags over it.
    func resolve() throws -> ResolvedScenario {
        let resolved = try ScenarioOptions.resolve(file, overrides: overrides)
        guard closed == nil else { return resolved }
        let usual = try ScenarioOptions.resolve(nil, overrides: [])
        guard resolved.scenario.load.closed == usual.scenario.load.closed else { return resolved }
        return try ScenarioOptions.resolve(
            file, overrides: overrides + [Self.closed(Self.usualClosed)])
    }

    private static func closed(_ list: String) -> ScenarioOverride {
        ScenarioOverride(flag: "--closed", yaml: "load: { closed: [\(list)] }")
    }

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
        if let closed { overrides.append(Self.closed(closed)) }
        // What a scenario throttles says nothing of what its users shall meet here.
        add("--throttle", throttle ?? "none") { "throttles: [\($0)]" }
        add("--demand", demand) { value in
            let isRate = value.contains("/") && !value.contains("{")
            return "exposure: { demand: \(isRate ? "{ mean: \(value), shape: flat }" : value) }"
        }
        add("--max-rate", maxRate) { "limits: { max-rate: \($0) }" }
        add("--max-operations", maxOperations) { "limits: { max-operations: \($0) }" }
        add("--abort-after-errors", abortAfterErrors) { "limits: { abort-after-errors: \($0) }" }
        return overrides
    }
}
