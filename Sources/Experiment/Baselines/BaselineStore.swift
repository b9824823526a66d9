import Foundation
import Regression
import Results

/// The folder that holds the history of runs and, of each environment, the run that the next is
/// compared with. Made to be kept in git; one job at a time writes to it.
package struct BaselineStore: Sendable {
    private let folder: URL
    private let name: String

    /// What the store has for a run.
    package struct Place: Sendable {
        /// The key under which runs of its environment are.
        package let environment: String
        /// The run to compare it with; nil where there is none yet.
        package let baseline: GateRun?
        /// Where there is none: in what the newest baseline of another environment differs.
        package let differences: [String]
    }

    /// The store in a folder, which need not be there yet.
    package init(at path: String) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        name = path
    }

    /// Looks up what there is for a run.
    ///
    /// - Throws: `RunError` where a file of the store is damaged, `ExperimentError.missingInput`
    ///   where one is missing or cannot be read.
    package func place(of run: GateRun) throws -> Place {
        let history = try history()
        let environment = MeasuringEnvironment(run)
        let key = environment.key
        var (place, number) = (key, 1)
        // Two environments of one key are told apart by themselves, and by a number.
        while history.baseline(of: place) != nil {
            let baseline = try baseline(of: place)
            if MeasuringEnvironment(baseline) == environment {
                return Place(environment: place, baseline: baseline, differences: [])
            }
            number += 1
            place = "\(key)-\(number)"
        }
        let newest = history.lines.last(where: \.isBaseline)
        let other = newest.flatMap { try? baseline(of: $0.environment) }
        return Place(
            environment: place, baseline: nil,
            differences: other.map { MeasuringEnvironment($0).differences(from: environment) } ?? []
        )
    }

    /// Writes a run into the history, and its figures down where later runs are to be compared with
    /// it.
    ///
    /// - Parameters:
    ///   - comparison: the verdict on it.
    ///   - label: what was measured, such as a commit.
    /// - Returns: a sentence on what was written.
    /// - Throws: `RunError` where the history is damaged, `ExperimentError` where it cannot be read
    ///   or written.
    package func record(
        _ run: GateRun, at place: Place, _ comparison: Comparison, time: Date, label: String?
    ) throws -> String {
        var history = try history()
        let isBaseline =
            place.baseline == nil
            ? comparison.verdict == .inconclusive && run.canBeBaseline : comparison.makesBaseline
        let line = HistoryLine(
            run, time: time.formatted(.iso8601), environment: place.environment, label: label,
            verdict: comparison.verdict, isBaseline: isBaseline)
        history.append(line)
        let folder = try RunFolder(forOutputAt: folder, namedBy: "--store")
        if isBaseline {
            var stored = run
            stored.name = "baseline of \(line.time)" + (label.map { " (\($0))" } ?? "")
            // First: a line without its file would stop every later comparison.
            try folder.write(
                stored.baselineData, to: HistoryLine.file(of: place.environment))
        }
        try folder.write(history.text, to: History.fileName)
        return isBaseline
            ? "Recorded in '\(path(History.fileName))'; later runs are compared with this one."
            : "Recorded in '\(path(History.fileName))'; "
                + (place.baseline == nil
                    ? "it cannot be a baseline, so that there is none yet."
                    : "the baseline stays what it was.")
    }

    /// The path of a file of the store, as a user would write it.
    package func path(_ file: String) -> String {
        name.hasSuffix("/") ? name + file : "\(name)/\(file)"
    }

    private func history() throws -> History {
        let file = folder.appending(path: History.fileName).path
        guard FileManager.default.fileExists(atPath: file) else { return History() }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ExperimentError.missingInput(
                "'\(path(History.fileName))' cannot be read: mend its permissions, or name another "
                    + "--store")
        }
        return try History(parsing: Array(data), named: path(History.fileName))
    }

    private func baseline(of environment: String) throws -> GateRun {
        let file = HistoryLine.file(of: environment)
        guard let data = FileManager.default.contents(atPath: folder.appending(path: file).path)
        else {
            throw ExperimentError.missingInput(
                "'\(path(file))' cannot be read, and '\(path(History.fileName))' names it: restore "
                    + "it from git, or remove the lines of that environment")
        }
        return try GateRun(baselineData: data, named: path(file))
    }
}
