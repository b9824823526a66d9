import ArgumentParser
import Drill
import Experiment
import Exposure
import Foundation
import GateState
@preconcurrency import Rainbow
import Reporting
import Results
import Units

/// What an error says on standard error, and the exit code that it means.
enum Failure {
    /// The code of BSD's sysexits for an error; nil where ArgumentParser knows better.
    static func code(of error: any Error) -> Int32? {
        switch error {
        case let error as ScenarioError: error.isUsage ? 64 : 65
        case is RunError, is UnitError, is ThresholdError, is CanaryFile.BadFile: 65
        case ExperimentError.wrongInput: 65
        case ExperimentError.missingInput, is DeviceError: 66
        case ExperimentError.device, ExperimentError.login, is StoreError: 69
        case ExperimentError.output: 73
        case ExperimentError.interrupted: 130
        case let error as GateStateError: code(of: error.kind)
        case is CleanExit, is ValidationError, is ExitCode: nil
        case let error where "\(type(of: error))" == "CommandError": nil
        default: 70
        }
    }

    private static func code(of kind: GateStateError.Kind) -> Int32 {
        switch kind {
        case .misused: 64
        case .missing: 66
        case .unusable: 65
        case .notMade: 73
        }
    }

    /// The error as ArgumentParser exits with it, its sentence already printed.
    static func wrapped(_ error: any Error) -> any Error {
        guard let code = code(of: error) else { return error }
        Console.say("\("anchorbench:".red.bold) \(error)")
        return ExitCode(code)
    }
}

/// Standard error, for people.
enum Console {
    /// Whether standard error is a terminal.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Colours only on a terminal, and where the user has not asked for none.
    static func prepare() {
        Rainbow.enabled =
            isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    /// Prints a line on standard error.
    static func say(_ text: String) { write(text + "\n") }

    /// Writes to standard error; where nobody reads it or its disk is full, a run goes on unheard.
    static func write(_ text: String) {
        // What was printed before stands before it where both streams go to one file.
        fflush(nil)
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
