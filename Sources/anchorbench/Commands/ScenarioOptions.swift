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

    @OptionGroup var anchorOptions: AnchorOptions
    @OptionGroup var callOptions: CallOptions

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

    @Option(
        help: ArgumentHelp("Length of one round of a cell, such as 500ms.", valueName: "time"))
    var duration: String?

    @Option(
        help: ArgumentHelp("Rounds of each cell; their spread gives the intervals.", valueName: "n")
    )
    var rounds: String?

    @OptionGroup var limitOptions: LimitOptions

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
        let text = try file.map {
            try ScenarioFile($0).text(
                advice: "'anchorbench scenario' prints one to start from",
                ofFolder: "name the file of a scenario in it")
        }
        let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        return try ScenarioReader.read(
            text, source: file ?? "the built-in scenario", folder: folder ?? ".",
            overrides: overrides)
    }

    /// Whether a file or a flag says what to measure.
    var changesScenario: Bool { file != nil || !overrides.isEmpty }

    private var overrides: [ScenarioOverride] {
        anchorOptions.overrides + callOptions.overrides
            + ScenarioOverride.made("--open", open) { "load: { open: [\($0)] }" }
            + ScenarioOverride.made("--mixed", mixed) { "load: { mixed: [\($0)] }" }
            + limitOptions.overrides
            + ScenarioOverride.made("--throttle", throttle) { "throttles: [\($0)]" }
            + flagOverrides
            + ScenarioOverride.made("--duration", duration) { "duration: \($0)" }
            + ScenarioOverride.made("--rounds", rounds) { "rounds: \($0)" }
    }

    private var flagOverrides: [ScenarioOverride] {
        [
            (auditCache, ScenarioOverride(flag: "--audit-cache", yaml: "audit-cache: true")),
            (
                auditBatching,
                ScenarioOverride(flag: "--audit-batching", yaml: "audit-batching: true")
            ),
            (quick, ScenarioOverride(flag: "--quick", yaml: "{ duration: 100ms, warm-up: 20ms }")),
        ].filter(\.0).map(\.1)
    }
}
