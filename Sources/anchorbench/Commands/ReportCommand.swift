import ArgumentParser
import Experiment
import Foundation
import Reporting

/// `anchorbench report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Render a stored run again, or several side by side; nothing is measured.",
        usage: "anchorbench report <run> [--hgrm]\n"
            + "       anchorbench report <run> <run> ... [--output <folder>]",
        discussion: """
            Writes report.md, charts/, exfiltration.csv and windows.csv into the run's folder from \
            its run.json, and prints the report's path; the tables of a run that was killed are \
            brought up to date first. With --hgrm every histogram of histograms.hlog is written as \
            a percentile distribution too, in microseconds, as the plotters of HdrHistogram take \
            it: histograms/<cell>-<kind>.hgrm.

              anchorbench report results/20261123-101500-softhsm-default
              anchorbench report results/mine --hgrm

            Of several runs, each an anchor that is named by its folder, it makes one page in a \
            new folder: who holds how strongly, how each scales with threads and processes, how \
            fair it is, and what a stored key costs against one of the session; as a table in \
            anchors.csv. The runs' own folders stay as they are. Standard output gets the \
            findings, and as its last line the report's path.

              anchorbench report results/softhsm results/nss --output results/anchors
            """)

    @Argument(
        help: ArgumentHelp("A run's folder, or those of several runs.", valueName: "run"),
        completion: .directory)
    var runs: [String]

    @Flag(help: "Also write each histogram as a percentile distribution (.hgrm).")
    var hgrm = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The folder for several runs; by default results/<time>-anchors.",
            valueName: "folder"),
        completion: .directory)
    var output: String?

    func validate() throws {
        guard runs.count > 1 else {
            guard output == nil else {
                throw ValidationError(
                    "--output is for several runs: a single one is rendered in its own folder")
            }
            return
        }
        guard !hgrm else {
            throw ValidationError("--hgrm writes the histograms of one run: name that run alone")
        }
        try SideBySide.checkNames(of: runs)
    }

    func run() async throws {
        guard runs.count == 1 else { return try compare() }
        let folder = try RunFolder(opening: URL(fileURLWithPath: runs[0]))
        try folder.recover()
        if hgrm { try folder.writePercentileDistributions() }
        try folder.write(Report(try folder.load(), on: Processors()))
        print(folder.url.appending(path: "report.md").relativePath)
    }

    private func compare() throws {
        let report = AnchorReport(try runs.map { try SideBySide.anchor(at: $0) })
        let url = output.map { URL(fileURLWithPath: $0) } ?? Measurement.newFolder(named: "anchors")
        let folder = try SideBySide.folder(at: url)
        for file in report.files { try folder.write(file.text, to: file.name) }
        print(report.summary)
        print(folder.url.appending(path: "report.md").relativePath)
    }
}
