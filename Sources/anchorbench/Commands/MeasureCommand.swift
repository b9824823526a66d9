import ArgumentParser
import Experiment
import Foundation

/// `anchorbench measure`.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure an anchor and keep the figures, without projecting anything.",
        discussion: """
            Writes run.json, cells.csv, rounds.csv and histograms.hlog. Every round is on the disk \
            before the next begins: what is measured stays, whatever happens next, and --resume \
            goes on from there. 'project' and 'report' take the folder.

              anchorbench measure --closed 1,2,4,8,16 --output results/scaling
              anchorbench report results/scaling
              anchorbench measure --resume results/scaling

            --for-gate runs as many rounds as 'compare' needs to find a regression at all among \
            the scenario's cells and metrics, at least 5.

              anchorbench measure mine.yaml --for-gate --output results/main
            """)

    @OptionGroup var options: ScenarioOptions

    @Option(
        help: ArgumentHelp(
            "Go on with a run that was interrupted, in its own folder; needs no scenario, unless "
                + "the anchor names a key.", valueName: "run"),
        completion: .directory)
    var resume: String?

    @Flag(help: "As many rounds as 'compare' needs to find a regression at all.")
    var forGate = false

    func validate() throws {
        guard !forGate || !options.quick else {
            throw ValidationError(
                "--quick is a first look and no result, which no gate can judge: leave it or "
                    + "--for-gate out")
        }
        guard resume != nil else { return }
        guard !forGate else {
            throw ValidationError("--resume keeps the run's rounds: leave --for-gate out")
        }
        guard options.output == nil else {
            throw ValidationError("--resume goes on in the run's own folder: leave --output out")
        }
        guard options.seed == nil else {
            throw ValidationError("--resume keeps the run's seed: leave --seed out")
        }
    }

    func run() async throws {
        if let resume, let sentence = try Measurement.nothingLeft(of: resume) {
            Console.say(sentence)
            return print(URL(fileURLWithPath: resume).relativePath)
        }
        let measurement = try Measurement(options, resume: resume, forGate: forGate)
        guard !options.dryRun else { return measurement.printPlan() }
        let outcome = try await measurement.run()
        print(outcome.folder.url.relativePath)
        throw measurement.exitCode(outcome.run, wasInterrupted: outcome.wasInterrupted)
    }
}
