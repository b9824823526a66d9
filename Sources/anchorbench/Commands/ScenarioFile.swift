import Experiment
import Foundation

/// A scenario file, as the user named it.
struct ScenarioFile {
    private let path: String

    /// A file by its path.
    init(_ path: String) { self.path = path }

    /// What is in it.
    ///
    /// - Parameters:
    ///   - advice: what to do where it is not there.
    ///   - folderAdvice: what to do where it is a folder.
    /// - Throws: `ExperimentError.wrongInput` where it is a folder, `ExperimentError.missingInput`
    ///   where it cannot be read.
    func text(advice: String, ofFolder folderAdvice: String) throws(ExperimentError) -> String {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        {
            throw ExperimentError.wrongInput(
                "'\(path)' is a folder, and no scenario: \(folderAdvice)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ExperimentError.missingInput(
                "the scenario '\(path)' cannot be read; \(advice)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
