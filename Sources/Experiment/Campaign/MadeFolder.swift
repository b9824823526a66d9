import Foundation
import Glibc

/// A folder for output: made where it is not there, with those above it, and taken away again where
/// nothing came of it.
struct MadeFolder: Sendable {
    /// The folders that were not there before, the outermost first.
    private let made: [String]

    /// Makes a folder.
    ///
    /// - Parameter flag: the flag that names it.
    /// - Throws: `ExperimentError.output` with what stands in the way.
    init(_ url: URL, flag: String = "--output") throws(ExperimentError) {
        made = try Self.make(url.path, for: url.path, flag: flag)
    }

    /// Removes those of the folders that were made here and are empty.
    func removeIfEmpty() {
        for folder in made.reversed() {
            guard rmdir(folder) == 0 else { return }
        }
    }

    private static func make(
        _ path: String, for whole: String, flag: String
    ) throws(ExperimentError) -> [String] {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw ExperimentError.output(
                    path == whole
                        ? "'\(path)' is a file: name a folder with \(flag)"
                        : "'\(whole)' cannot be made, for '\(path)' is a file: name another folder "
                            + "with \(flag)")
            }
            return []
        }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let above = parent == path ? [] : try make(parent, for: whole, flag: flag)
        guard mkdir(path, 0o777) != 0 else { return above + [path] }
        // Another process made it meanwhile.
        guard errno != EEXIST else { return above }
        // A file system of the kernel's own calls a new name no such file.
        let reason =
            errno == ENOENT
            ? "nothing can be made in '\(parent)'" : SystemRefusal().description
        for folder in above.reversed() { rmdir(folder) }
        throw ExperimentError.output(
            "the folder '\(whole)' cannot be made (\(reason)): choose another with \(flag)")
    }
}
