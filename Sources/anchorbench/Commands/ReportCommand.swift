import ArgumentParser
import Experiment
import Foundation
import Reporting

/// `anchorbench report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Render a stored run again; nothing is measured.",
        discussion: """
            Writes report.md, charts/, exfiltration.csv and windows.csv into the run's folder from \
            its run.json, and prints the report's path; the tables of a run that was killed are \
            brought up to date first. With --hgrm every histogram of histograms.hlog is written as \
            a percentile distribution too, in microseconds, as the plotters of HdrHistogram take \
            it: histograms/<cell>-<kind>.hgrm.

              anchorbench report results/20261123-101500-softhsm-default
              anchorbench report results/mine --hgrm
            """)

    @Argument(help: "A run's folder.", completion: .directory)
    var run: String

    @Flag(help: "Also write each histogram as a percentile distribution (.hgrm).")
    var hgrm = false

    func run() async throws {
        let folder = try RunFolder(opening: URL(fileURLWithPath: run))
        try folder.recover()
        if hgrm { try folder.writePercentileDistributions() }
        try folder.write(Report(try folder.load(), on: Processors()))
        print(folder.url.appending(path: "report.md").relativePath)
    }
}
