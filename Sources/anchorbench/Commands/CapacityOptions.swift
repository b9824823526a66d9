import ArgumentParser
import Experiment

/// The scenario of `capacity`: a file, and the flags that concern one.
struct CapacityOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A scenario file (YAML); none: the built-in one.", valueName: "scenario"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @OptionGroup var anchorOptions: AnchorOptions
    @OptionGroup var callOptions: CallOptions

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

    @OptionGroup var limitOptions: LimitOptions

    /// The numbers of callers that show how a device scales, where nobody names others.
    private static let usualClosed = "1, 2, 4, 8, 16"

    /// The scenario with the flags over it; of the mechanisms that nobody named the first is meant.
    ///
    /// - Throws: `ScenarioError` also where several are named, or several sizes: one capacity is
    ///   that of one load.
    func resolve() throws -> ResolvedScenario {
        let resolved = try ScenarioOptions.resolve(file, overrides: overrides)
        let isNamed = file != nil || callOptions.mechanism != nil
        try refuse(several: isNamed ? resolved.scenario.anchor.mechanisms : [], "--mechanism")
        try refuse(several: resolved.scenario.recordBytes.map(\.description), "--record-bytes")
        guard callOptions.closed == nil else { return resolved }
        let usual = try ScenarioOptions.resolve(nil, overrides: [])
        guard resolved.scenario.load.closed == usual.scenario.load.closed else { return resolved }
        let closed = ScenarioOverride(
            flag: "--closed", yaml: "load: { closed: [\(Self.usualClosed)] }")
        return try ScenarioOptions.resolve(file, overrides: overrides + [closed])
    }

    private func refuse(several values: [String], _ flag: String) throws(ScenarioError) {
        guard values.count > 1 else { return }
        let isTyped = overrides.contains { $0.flag == flag }
        let place = isTyped ? flag : "\(file ?? "the built-in scenario"):"
        throw ScenarioError(
            "\(place) \(values.joined(separator: ",")): a capacity is that of one; give \(flag) "
                + "with one of them, and ask for each by itself", isUsage: isTyped)
    }

    private var overrides: [ScenarioOverride] {
        anchorOptions.overrides + callOptions.overrides
            // What a scenario throttles says nothing of what its users shall meet here.
            + ScenarioOverride.made("--throttle", throttle ?? "none") { "throttles: [\($0)]" }
            + ScenarioOverride.made("--demand", demand) { "exposure: { demand: \($0) }" }
            + limitOptions.overrides
    }
}
