import ArgumentParser
import Experiment
import Exposure
import Foundation
import Reporting
import Results

/// `anchorbench threshold`.
struct ThresholdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "threshold",
        abstract: "Which throttle and alarm to choose for a demand, and why.",
        usage: "anchorbench threshold <run> [<options>]",
        discussion: """
            Nothing is measured and nothing is written. From the rates that a run measured and the \
            demand of its scenario, token buckets and alarms of many settings are judged by their \
            false alarms, by the legitimate calls that they deny or delay, and by what the worst \
            thief holds in 95 of 100 thefts. Printed are the cheapest that meets the three \
            targets, as YAML to paste into a scenario, and the frontier; or the target that \
            cannot be met, and by how much.

              anchorbench threshold results/mine
              anchorbench threshold results/mine --dataset 50M --demand '{ mean: 40/s }' \\
                --targets '{ records-lost: 100k, false-alarms-per-month: 0.5 }'
              anchorbench threshold results/mine --demand '{ trace: demand.csv }' --format csv
            """)

    /// What is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// The recommendation and the frontier for people.
        case text
        /// The same as Markdown.
        case markdown
        /// The rows of the frontier.
        case csv
    }

    @Argument(help: "A run's folder.", completion: .directory)
    var run: String

    @Option(help: "text, markdown or csv (the frontier).")
    var format = Format.text

    @OptionGroup var exposure: ExposureOptions

    @Option(
        help: ArgumentHelp(
            "The data set that is to be held; by default 10M, or the middle one of the scenario.",
            valueName: "n"))
    var dataset: String?

    func run() async throws {
        var stored = try RunFolder(opening: URL(fileURLWithPath: run)).load()
        var overrides = exposure.overrides
        if let dataset {
            overrides.append(
                ScenarioOverride(flag: "--dataset", yaml: "exposure: { datasets: [\(dataset)] }"))
        }
        stored.scenario = try ScenarioReader.project(stored.scenario, overrides: overrides)
        let report = try ThresholdReports(stored, on: Processors())
        switch format {
        case .markdown: print(report.markdown)
        case .text: print(report.markdown.replacing("**", with: ""))
        case .csv: print(report.table.text, terminator: "")
        }
    }
}
