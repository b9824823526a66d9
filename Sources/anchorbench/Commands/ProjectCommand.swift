import ArgumentParser
import Experiment
import Exposure
import Foundation
import Reporting
import Results

/// `anchorbench project`.
struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "What a theft takes and what an alarm leaves of it, from a run or a document.",
        // The one made from the options is longer than a terminal is wide.
        usage: "anchorbench project <run> [<options>]\n"
            + "       anchorbench project --device <name> [<options>]",
        discussion: """
            Nothing is measured and nothing is written: other throttles, data sets, windows, \
            demands and alarms are projected from the rates that the run measured, or from the \
            one that a vendor documents ('anchorbench devices').

              anchorbench project results/mine
              anchorbench project results/mine --datasets 50M --windows 15m,4h \\
                --throttle '{ token-bucket: { rate: 50/s, burst: 10 } }'
              anchorbench project results/mine --demand '{ mean: 40/s }' \\
                --alarm '{ threshold: 5k, datapoints-to-alarm: 1 }'
              anchorbench project --device aws-cloudhsm-hsm2m-medium-2
              anchorbench project results/mine --format csv > exfiltration.csv
            """)

    /// What is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// Findings and tables for people.
        case text
        /// The rows of exfiltration.csv.
        case csv
        /// The rows of windows.csv.
        case windowsCsv = "windows-csv"
        /// The rows of containment.csv.
        case containmentCsv = "containment-csv"
        /// Findings and tables as Markdown.
        case markdown
    }

    @Argument(help: "A run's folder.", completion: .directory)
    var run: String?

    @Option(
        help: ArgumentHelp(
            "A documented device in place of a run; 'anchorbench devices' lists them.",
            valueName: "name"))
    var device: String?

    @Option(help: "text, csv (exfiltration), windows-csv, containment-csv or markdown.")
    var format = Format.text

    @Option(
        help: ArgumentHelp(
            "Another throttle, as in a scenario; may be repeated.", valueName: "policy"))
    var throttle: [String] = []

    @Option(help: ArgumentHelp("Sizes of data sets, such as 10M,1G.", valueName: "list"))
    var datasets: String?

    @Option(
        help: ArgumentHelp("Times until the thief is stopped, such as 15m,1d.", valueName: "list"))
    var windows: String?

    @Option(
        help: ArgumentHelp(
            "Client identities that the thief holds, such as 1,10.", valueName: "list"))
    var identities: String?

    @Option(help: ArgumentHelp("Concurrent calls that the thief can hold open.", valueName: "n"))
    var callers: String?

    @Option(help: ArgumentHelp("Records that one operation opens.", valueName: "n"))
    var recordsPerOperation: String?

    @OptionGroup var exposure: ExposureOptions

    func validate() throws {
        guard (run == nil) != (device == nil) else {
            throw ValidationError("name either a run's folder or a device with --device")
        }
    }

    func run() async throws {
        let stored = try projected()
        switch format {
        case .csv:
            print(tables(of: stored).exfiltrationTable.text, terminator: "")
        case .windowsCsv:
            print(tables(of: stored).windowsTable.text, terminator: "")
        case .containmentCsv:
            print(tables(of: stored).detection.containmentTable.text, terminator: "")
        case .markdown: print(Report(stored, on: Processors()).projectionMarkdown)
        case .text: print(Report(stored, on: Processors()).projectionText)
        }
    }

    /// What the tables hold, which need no advice.
    private func tables(of run: Run) -> RunExposure {
        RunExposure(run, on: Processors(), isAdvised: false)
    }

    /// The run with what the flags lay over it, or one made from a document.
    private func projected() throws -> Run {
        if let device {
            let profile = try DeviceProfiles.documented.named(device)
            let scenario = try ScenarioReader.read(
                nil, source: "the built-in scenario", overrides: overrides
            ).scenario
            return try profile.run(under: scenario)
        }
        var stored = try RunFolder(opening: URL(fileURLWithPath: run ?? "")).load()
        stored.scenario = try ScenarioReader.project(stored.scenario, overrides: overrides)
        return stored
    }

    private var overrides: [ScenarioOverride] {
        var overrides: [ScenarioOverride] = []
        if !throttle.isEmpty {
            let list = throttle.joined(separator: ", ")
            overrides.append(ScenarioOverride(flag: "--throttle", yaml: "throttles: [\(list)]"))
        }
        let lists = [
            ("--datasets", "datasets", datasets), ("--windows", "windows", windows),
            ("--identities", "identities", identities),
        ]
        for (flag, key, value) in lists {
            guard let value else { continue }
            overrides.append(ScenarioOverride(flag: flag, yaml: "exposure: { \(key): [\(value)] }"))
        }
        for (flag, key, value) in [
            ("--callers", "callers", callers),
            ("--records-per-operation", "records-per-operation", recordsPerOperation),
        ] {
            guard let value else { continue }
            overrides.append(ScenarioOverride(flag: flag, yaml: "exposure: { \(key): \(value) }"))
        }
        return overrides + exposure.overrides
    }
}
