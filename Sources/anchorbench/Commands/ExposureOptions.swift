import ArgumentParser
import Experiment

/// What `project` and `threshold` lay over the exposure of a run's scenario.
struct ExposureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What users ask for, such as 200/s, '{ mean: 200/s, dispersion: 5, shape: diurnal }', "
                + "'{ trace: demand.csv }' or none.", valueName: "demand"))
    var demand: String?

    @Option(
        help: ArgumentHelp(
            "The alarm, such as '{ period: 60s, threshold: 30k }'; the rest as in the run; or "
                + "none.", valueName: "alarm"))
    var alarm: String?

    @Option(
        help: ArgumentHelp(
            "From the alarm to the thief's last call, such as "
                + "'{ response: { human: [5m, 30m, 4h] } }'.", valueName: "delays"))
    var delays: String?

    @Option(
        help: ArgumentHelp(
            "Thieves: sprint, creep, fill, pulse, harvest, best.", valueName: "list"))
    var attackers: String?

    @Option(
        help: ArgumentHelp("How long nobody notices without an alarm.", valueName: "time"))
    var horizon: String?

    @Option(
        help: ArgumentHelp("Thefts that are drawn of each kind.", valueName: "n"))
    var draws: String?

    @Option(
        help: ArgumentHelp(
            "Prices, such as '{ record-price: [0.05, 1, 10], attacker-hourly: 20 }'.",
            valueName: "cost"))
    var cost: String?

    @Option(
        help: ArgumentHelp(
            "Targets of a choice, such as '{ false-alarms-per-month: 1, burdened-share: 0.1%, "
                + "records-lost: 1M }'.", valueName: "targets"))
    var targets: String?

    /// The flags as parts of a scenario.
    var overrides: [ScenarioOverride] {
        let values = [
            ("demand", demand), ("alarm", alarm), ("delays", delays), ("horizon", horizon),
            ("draws", draws), ("cost", cost), ("targets", targets),
            ("attackers", attackers.map { "[\($0)]" }),
        ]
        return values.compactMap { key, value in
            value.map { ScenarioOverride(flag: "--\(key)", yaml: "exposure: { \(key): \($0) }") }
        }
    }
}
