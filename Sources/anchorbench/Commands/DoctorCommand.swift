import ArgumentParser
import Experiment
import Foundation

/// `anchorbench doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "What an anchor can do, whether its keys hold, and how quiet the machine is.",
        discussion: """
            Lists module, slots, mechanisms and sessions, and says of every key that the login \
            shows which of its attributes would let a thief leave with the key or with its stream. \
            Labels of keys are not printed.

            Where a token's keys cannot be looked at, as no session opens or the login is refused, \
            it ends with 69.

            Then it watches this machine for a second and grades it, with the reasons and what to \
            do about each: quiet (differences of some percent can be seen), usable (good for \
            factors) or NOISY. The worst sign decides. Quiet and usable end at: a sleeping thread \
            wakes 100 us and 1 ms late at p99; 0.5 % and 5 % of the time taken from threads that \
            never sleep; 1 % and 5 % steal; 2 % and 20 % of the time with a task waiting for a \
            processor; a load of 0.2 and 0.8 for each processor. Governor, turbo, SMT and a \
            hypervisor make it usable at best, a quota below the allowed processors NOISY.

              anchorbench doctor
              anchorbench doctor --anchor \\
                'pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:HSM_PIN'
            """)

    @Option(help: ArgumentHelp("'softhsm', or a PKCS#11 URI.", valueName: "uri"))
    var anchor = "softhsm"

    @Option(
        help: ArgumentHelp(
            "What the module wants with C_Initialize, as NSS does.", valueName: "text"))
    var initialize: String?

    func run() async throws {
        let examination = try await Examination.run(
            anchor, initialize: initialize, executable: "/proc/self/exe")
        print(examination.text)
        print("\n\(MachineNoise(try NoiseReading.take()).text)")
        try examination.requireKeys()
    }
}
