import ArgumentParser
import Experiment
import Foundation

/// `anchorbench doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "What an anchor can do, and whether its keys hold what they anchor.",
        discussion: """
            Lists module, slots, mechanisms and sessions, and says of every key that the login \
            shows which of its attributes would let a thief leave with the key or with its stream. \
            Labels of keys are not printed.

              anchorbench doctor
              anchorbench doctor --anchor \\
                'pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:HSM_PIN'
            """)

    @Option(help: ArgumentHelp("'softhsm', or a PKCS#11 URI.", valueName: "uri"))
    var anchor = "softhsm"

    func run() async throws {
        let examination = try await Examination.run(anchor, executable: "/proc/self/exe")
        print(examination.text)
    }
}
