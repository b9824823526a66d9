import Foundation
import Regression

/// The folder of a run that a comparison is to read, as the user named it.
package struct ComparedFolder: Sendable {
    private let path: String

    /// A folder by its path.
    package init(path: String) { self.path = path }

    /// Reads the run.
    ///
    /// - Throws: `ExperimentError.missingInput` where it or a file of it is not there,
    ///   `ExperimentError.wrongInput` where it is no run's folder, with what it is instead;
    ///   `RunError` where a file is damaged.
    package func run() throws -> GateRun {
        if let missing = MissingRun(at: path, purpose: "compare") {
            throw missing.error
        }
        return try RunFolder(opening: URL(fileURLWithPath: path)).gateRun(named: path)
    }
}
