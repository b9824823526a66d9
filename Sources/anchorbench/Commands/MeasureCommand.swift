import ArgumentParser
import Experiment

/// `anchorbench measure`.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure an anchor and keep the figures, without projecting anything.",
        discussion: """
            Writes run.json, cells.csv and rounds.csv, saved after every round: what is measured \
            stays, whatever happens next. 'project' and 'report' take the folder from there.

              anchorbench measure --closed 1,2,4,8,16 --output results/scaling
              anchorbench report results/scaling
            """)

    @OptionGroup var options: ScenarioOptions

    func run() async throws {
        let measurement = try Measurement(options)
        guard !options.dryRun else { return measurement.printPlan() }
        let outcome = try await measurement.run()
        print(outcome.folder.url.relativePath)
        throw measurement.exitCode(outcome.run, wasInterrupted: outcome.wasInterrupted)
    }
}
