import Foundation

/// What stands where a run's folder was named, and is none.
struct MissingRun {
    /// What it is instead, and what to name, in one sentence.
    let complaint: String
    /// Whether there is anything.
    private let isThere: Bool

    /// The sentence as an error: of something missing, or of the wrong kind.
    var error: ExperimentError { isThere ? .wrongInput(complaint) : .missingInput(complaint) }

    /// Looks at a path as the user named it; nil where it is the folder of a run.
    ///
    /// - Parameter purpose: what the run is wanted for, such as `compare`.
    init?(at path: String, purpose: String) {
        let url = URL(fileURLWithPath: path)
        guard !Self.holds("run.json", url) else { return nil }
        var isFolder: ObjCBool = false
        isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard isThere else {
            complaint =
                "there is no '\(path)': name the folder of a run, such as "
                + "'anchorbench measure --output FOLDER' makes"
            return
        }
        guard isFolder.boolValue else {
            complaint = "'\(path)' is a file: name the folder of a run, in which run.json is"
            return
        }
        let runs = DuelRole.allCases.map(\.rawValue)
        guard runs.allSatisfy({ Self.holds("run.json", url.appending(path: $0)) }) else {
            complaint =
                "'\(path)' holds no run: there is no run.json in it; name the folder of a run, "
                + "such as 'anchorbench measure --output FOLDER' makes"
            return
        }
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        complaint =
            "'\(path)' is the folder of a duel, whose verdict is in '\(folder)/summary.md'; to "
            + "\(purpose) a run of it, name "
            + runs.map { "'\(folder)/\($0)'" }.joined(separator: " or ")
    }

    private static func holds(_ name: String, _ url: URL) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
}
