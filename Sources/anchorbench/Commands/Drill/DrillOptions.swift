import ArgumentParser
import Drill
import Experiment
import Foundation
import Units

/// The scenario of a drill: a file, and the flags that concern one.
struct DrillOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A scenario file (YAML); none: the built-in one.", valueName: "scenario"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @OptionGroup var anchorOptions: AnchorOptions

    @Option(
        help: ArgumentHelp(
            "How the rows are sealed: aes-gcm, aes-cbc-pad, aes-cbc, aes-ctr, rsa-pkcs or "
                + "rsa-oaep.", valueName: "name"))
    var mechanism: String?

    @Option(
        help: ArgumentHelp("Length of what is sealed of a row.", valueName: "size"))
    var recordBytes: String?

    @Option(
        help: ArgumentHelp(
            "A throttle before the device, such as '{ token-bucket: { rate: 500/s, burst: 100 } "
                + "}'; may be repeated. Each is drilled alone, and all but 'none' again with the "
                + "alarm.",
            valueName: "policy"))
    var throttle: [String] = []

    @Option(
        help: ArgumentHelp(
            "What users ask for, such as 200/s; by default the scenario's.", valueName: "demand"))
    var demand: String?

    @Option(
        help: ArgumentHelp(
            "The alarm, such as '{ period: 60s, threshold: 20k, evaluation-periods: 3, "
                + "datapoints-to-alarm: 3 }'; by default the scenario's.", valueName: "alarm"))
    var alarm: String?

    @Option(
        help: ArgumentHelp(
            "Most calls that one client may have in all, another alarm.", valueName: "n"))
    var budget: String?

    @Option(
        help: ArgumentHelp(
            "Rows that no user asks for: who opens one is an alarm, however slow he is.",
            valueName: "n"))
    var canaries: String?

    /// Whether the throttles are those of the built-in scenario.
    var hasBuiltInThrottles: Bool { file == nil && throttle.isEmpty }

    /// The scenario with the flags over it.
    func resolve() throws -> ResolvedScenario {
        try ScenarioOptions.resolve(file, overrides: overrides)
    }

    private var overrides: [ScenarioOverride] {
        anchorOptions.overrides
            + ScenarioOverride.made("--mechanism", mechanism) { "anchor: { mechanism: [\($0)] }" }
            + ScenarioOverride.made("--record-bytes", recordBytes) { "record-bytes: [\($0)]" }
            + ScenarioOverride.made("--throttle", throttle) { "throttles: [\($0)]" }
            + ScenarioOverride.made("--demand", demand) { "exposure: { demand: \($0) }" }
            + ScenarioOverride.made("--alarm", alarm) { "exposure: { alarm: \($0) }" }
            + ScenarioOverride.made("--budget", budget) { "exposure: { budget: \($0) }" }
            + ScenarioOverride.made("--canaries", canaries) { "exposure: { canaries: \($0) }" }
    }
}
