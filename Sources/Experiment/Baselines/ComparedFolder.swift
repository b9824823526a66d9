import Foundation
import Regression

/// The folder of a run that a comparison is to read, as the user named it.
package struct ComparedFolder: Sendable {
    private let path: String

    /// A folder by its path.
    package init(path: String) { self.path = path }

    /// Reads the run.
    ///
    /// - Throws: `ExperimentError.missingInput` where it is no run's folder, with what it is
    ///   instead, or a file of it cannot be read; `RunError` where one is damaged.
    package func run() throws -> GateRun {
        if let missing = MissingRun(at: path, purpose: "compare") {
            throw ExperimentError.missingInput(missing.complaint)
        }
        return try RunFolder(opening: URL(fileURLWithPath: path)).gateRun(named: path)
    }
}
