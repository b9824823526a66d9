import ArgumentParser
import Experiment
import Foundation
import Regression
import Units

/// What is laid over the scenarios of both anchors of a duel.
struct DuelOptions: ParsableArguments {
    @OptionGroup var callOptions: CallOptions

    @Option(
        help: ArgumentHelp(
            "An open load, calls that fall due, such as '{ rate: 2k/s, arrivals: poisson }'; may "
                + "be repeated.", valueName: "load"))
    var open: [String] = []

    @Option(
        help: ArgumentHelp(
            "A throttle as in a scenario; may be repeated.", valueName: "policy"))
    var throttle: [String] = []

    @Option(
        help: ArgumentHelp("Length of one round of a cell.", valueName: "time"))
    var duration: String = DuelPlan.usualDuration

    @OptionGroup var limitOptions: LimitOptions

    /// The flags as keys of a scenario.
    var overrides: [ScenarioOverride] {
        callOptions.overrides
            + ScenarioOverride.made("--open", open) { "load: { open: [\($0)] }" }
            + ScenarioOverride.made("--throttle", throttle) { "throttles: [\($0)]" }
            + limitOptions.overrides
            + ScenarioOverride.made("--duration", duration) { "duration: \($0)" }
            // How many records a call opens is no matter of a duel.
            + [ScenarioOverride(flag: "duel", yaml: "audit-batching: false")]
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
    /// - Throws: `ExperimentError.missingInput`, `ExperimentError.wrongInput`, `ScenarioError`.
    func contender(
        beside other: DuelArgument, role: DuelRole, _ options: DuelOptions, rounds: Int,
        environment: [String]
    ) throws -> DuelContender {
        do {
            return try resolved(
                beside: other, role: role, options, rounds: rounds, environment: environment)
        } catch let error as ScenarioError
            where isAddress && error.description.hasPrefix("\(role.rawValue):")
        {
            // The address was typed, whatever file its scenario is of.
            throw ScenarioError(error.description, isUsage: true)
        }
    }

    private func resolved(
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

    private static func read(_ file: String) throws(ExperimentError) -> String {
        try ScenarioFile(file).text(
            advice: "name a file, 'softhsm' or a PKCS#11 URI",
            ofFolder: "a duel measures anew; name a scenario file, 'softhsm' or a PKCS#11 URI; "
                + "'anchorbench compare' compares stored runs")
    }
}
