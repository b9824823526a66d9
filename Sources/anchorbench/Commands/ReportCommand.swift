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
            its run.json, and prints the report's path.

              anchorbench report results/20261123-101500-softhsm-default
            """)

    @Argument(help: "A run's folder.", completion: .directory)
    var run: String

    func run() async throws {
        let folder = try RunFolder(opening: URL(fileURLWithPath: run))
        try folder.write(Report(try folder.load()))
        print(folder.url.appending(path: "report.md").relativePath)
    }
}
