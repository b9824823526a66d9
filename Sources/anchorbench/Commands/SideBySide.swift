import ArgumentParser
import Experiment
import Foundation
import Results

/// Stored runs that are set side by side, each under the name of its folder.
enum SideBySide {
    /// Refuses folders of the same name.
    ///
    /// - Throws: `ValidationError` with both paths.
    static func checkNames(of paths: [String]) throws {
        var known: [String: String] = [:]
        for path in paths {
            let name = name(of: path)
            if let other = known[name] {
                throw ValidationError(
                    "'\(other)' and '\(path)' are both called '\(name)', and an anchor is known by "
                        + "its folder's name: rename one, or name another folder")
            }
            known[name] = path
        }
    }

    /// A run with its name; what only its journal holds is read too, and nothing is written.
    ///
    /// - Throws: `ExperimentError.missingInput` where there is no run, `RunError` with the path
    ///   where it is damaged.
    static func anchor(at path: String) throws -> (name: String, run: Run) {
        let folder = try RunFolder(opening: URL(fileURLWithPath: path))
        do {
            return (name(of: path), try folder.load())
        } catch let error as RunError {
            throw RunError("'\(path)': \(error)")
        }
    }

    /// A new folder, or an empty one.
    ///
    /// - Throws: `ExperimentError.output` where it cannot be made or holds something.
    static func folder(at url: URL) throws -> RunFolder {
        let held = try? FileManager.default.contentsOfDirectory(atPath: url.path)
        guard held?.isEmpty ?? true else {
            throw ExperimentError.output(
                "'\(url.path)' is not empty: choose another --output, or empty it")
        }
        return try RunFolder(forOutputAt: url)
    }

    private static func name(of path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
    }
}
