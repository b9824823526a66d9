import Foundation
import Regression

/// The folder of a run that a comparison is to read, as the user named it.
package struct ComparedFolder: Sendable {
    private let path: String
    private var url: URL { URL(fileURLWithPath: path) }

    /// A folder by its path.
    package init(path: String) { self.path = path }

    /// Reads the run.
    ///
    /// - Throws: `ExperimentError.missingInput` where it is no run's folder, with what it is
    ///   instead, or a file of it cannot be read; `RunError` where one is damaged.
    package func run() throws -> GateRun {
        if let complaint { throw ExperimentError.missingInput(complaint) }
        return try RunFolder(opening: url).gateRun(named: path)
    }

    private var complaint: String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "there is no '\(path)': name the folder of a run, such as "
                + "'anchorbench measure --output FOLDER' makes"
        }
        guard isFolder.boolValue else {
            return "'\(path)' is a file: name the folder of a run, in which run.json is"
        }
        guard !holdsRun(url) else { return nil }
        let runs = DuelRole.allCases.map(\.rawValue)
        guard runs.allSatisfy({ holdsRun(url.appending(path: $0)) }) else {
            return "'\(path)' holds no run: there is no run.json in it; name the folder of a run"
        }
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        return "'\(path)' is the folder of a duel, whose verdict is in '\(folder)/summary.md'; to "
            + "compare a run of it, name "
            + runs.map { "'\(folder)/\($0)'" }.joined(separator: " or ")
    }

    private func holdsRun(_ url: URL) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: "run.json").path)
    }
}
