import Foundation
import Regression
import Results

extension RunFolder {
    /// A folder for what is made from runs; what it holds already stays, but for files of the same
    /// names.
    ///
    /// - Parameter flag: the flag that names it.
    /// - Throws: `ExperimentError.output` where it cannot be made.
    package init(
        forOutputAt url: URL, namedBy flag: String = "--output"
    ) throws(ExperimentError) {
        try self.init(making: url, flag: flag)
    }

    /// The run as a gate sees it; a run of which a journal knows more than the tables is read with
    /// what the journal knows.
    ///
    /// - Parameter name: what it is called in sentences.
    /// - Throws: `ExperimentError.missingInput` where a file cannot be read, `RunError` where one
    ///   is damaged or newer than this tool.
    package func gateRun(named name: String) throws -> GateRun {
        if FileManager.default.fileExists(atPath: url.appending(path: RunJournal.name).path) {
            let run = try load()
            return try GateRun(
                name: name, json: try run.json(), rounds: Array(run.roundsTable.text.utf8))
        }
        return try GateRun(
            name: name, json: try contents("run.json"), rounds: Array(try contents("rounds.csv")))
    }

    private func contents(_ name: String) throws(ExperimentError) -> Data {
        let path = url.appending(path: name).path
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ExperimentError.missingInput(
                "'\(path)' cannot be read: a comparison needs run.json and rounds.csv")
        }
        return data
    }
}
