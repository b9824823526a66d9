import ArgumentParser
import Experiment
import Reporting

/// `anchorbench run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure an anchor, project the theft, write the report.",
        discussion: """
            Without a scenario a throwaway SoftHSM2 token is measured, which takes about a minute \
            and touches no token of yours. Progress goes to standard error; standard output gets \
            the findings, and as its last line the report's path.

              anchorbench run
              anchorbench run --quick
              anchorbench run mine.yaml --output results/mine
              anchorbench run --mechanism aes-gcm --anchor \\
                'pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:HSM_PIN'

            Without object=LABEL in the URI a session key is made, and gone afterwards; \
            nothing on a token of yours is ever written.
            """)

    @OptionGroup var options: ScenarioOptions

    func run() async throws {
        let measurement = try Measurement(options)
        guard !options.dryRun else { return measurement.printPlan() }
        let outcome = try await measurement.run()
        let report = Report(outcome.run, on: Processors())
        try outcome.folder.write(report)
        print(report.summary)
        print(outcome.folder.url.appending(path: "report.md").relativePath)
        throw measurement.exitCode(outcome.run, wasInterrupted: outcome.wasInterrupted)
    }
}

extension RunFolder {
    /// Writes every file of a report.
    ///
    /// - Throws: `ExperimentError.output`.
    func write(_ report: Report) throws(ExperimentError) {
        for file in report.files { try write(file.text, to: file.name) }
    }
}
