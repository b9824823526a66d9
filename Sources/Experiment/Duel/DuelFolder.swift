import Foundation
import Regression

/// The folder of a duel: a run of each anchor below it, the blocks and the verdict in it.
package struct DuelFolder: Sendable {
    /// The folder itself.
    package let top: RunFolder
    private let runs: [DuelRole: RunFolder]

    /// Makes the folders and tries to write to them.
    ///
    /// - Throws: `ExperimentError.output` where they cannot be written or hold another duel.
    package init(creating url: URL) throws(ExperimentError) {
        top = try RunFolder(forOutputAt: url)
        var runs: [DuelRole: RunFolder] = [:]
        do throws(ExperimentError) {
            for role in DuelRole.allCases {
                runs[role] = try RunFolder(
                    creating: url.appending(path: role.rawValue, directoryHint: .isDirectory))
            }
        } catch {
            for folder in runs.values { folder.removeIfEmpty() }
            top.removeIfEmpty()
            throw error
        }
        self.runs = runs
    }

    /// The folder of one anchor's run.
    subscript(_ role: DuelRole) -> RunFolder {
        guard let folder = runs[role] else { preconditionFailure("both have a folder") }
        return folder
    }

    /// Removes what is empty again.
    package func removeIfEmpty() {
        for role in DuelRole.allCases { self[role].removeIfEmpty() }
        top.removeIfEmpty()
    }

    /// Writes every block so far.
    func write(_ tally: DuelTally) throws(ExperimentError) {
        try top.write(tally.table.text, to: "blocks.csv")
    }
}
