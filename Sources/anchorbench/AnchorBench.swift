import ArgumentParser
import Experiment
import Foundation

/// The command: arguments in, exit code out.
@main
struct AnchorBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchorbench",
        abstract: "How strongly does an HSM anchor your data against a thief who can call it?",
        discussion: """
            Measures what one PKCS#11 decrypt costs, and projects from it how long the theft of a \
            data set takes under a throttle, when an alarm notices it, and how many records are \
            gone when it is stopped.

              anchorbench run             a report on a throwaway SoftHSM2 token
              anchorbench run --quick     the same as a first look, in 15 seconds
              anchorbench report A B      several anchors side by side
              anchorbench threshold RUN   which throttle and alarm to choose, and why
              anchorbench compare A B     a gate for CI: has anything become slower?
              anchorbench duel A B        the same of two anchors, measured in turns
              anchorbench capacity --slo 'p99<20ms'
                                          the highest rate that keeps a promise
              anchorbench gate create     a module before another that counts and throttles
              anchorbench drill           a staged theft, stopped by a real alarm
              anchorbench scenario        a scenario to start your own from
              anchorbench doctor          what an anchor can do, what its keys allow

            An HSM of yours is named by a PKCS#11 URI, its PIN by where it comes from:

              export HSM_PIN
              anchorbench run --mechanism aes-gcm --anchor \\
                'pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:HSM_PIN'

            Exit codes: 0 done, or a gate's PASS, 10 REGRESSED, 11 INCONCLUSIVE, 12 INVALID, or a \
            cell is (--strict), 64 wrong usage, 65 a bad input file, 66 something that was named \
            is missing, such as a PIN's variable, 69 the device, 70 an internal error, 73 the \
            output cannot be written, 130 stopped by Ctrl-C.
            """,
        version: ToolVersion.withCommit,
        subcommands: [
            RunCommand.self, MeasureCommand.self, ProjectCommand.self, ThresholdCommand.self,
            ReportCommand.self, CompareCommand.self, DuelCommand.self, CapacityCommand.self,
            GateCommand.self, DrillCommand.self, ScenarioCommand.self, DevicesCommand.self,
            DoctorCommand.self, WorkerCommand.self, StageCommand.self,
        ])

    static func main() async {
        do {
            try TypedArguments(ProcessInfo.processInfo.arguments.dropFirst())
                .check(against: configuration)
            var command = try parseAsRoot()
            if var command = command as? AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: Failure.wrapped(error))
        }
    }

    func run() async throws { throw Self.missingCommand() }
}

extension ParsableCommand {
    /// Tells the commands below this one where none was named: a job must not take that for a PASS.
    static func missingCommand() -> ExitCode {
        Console.say(AnchorBench.helpMessage(for: Self.self))
        Console.say("anchorbench: name a command")
        return ExitCode(64)
    }
}
