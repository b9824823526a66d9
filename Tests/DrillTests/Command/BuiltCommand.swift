import Foundation
import Results

/// The built command in a folder of its own, with a temporary folder of its own in it.
final class BuiltCommand {
    private let folder: StoreFolder

    init() throws {
        folder = try StoreFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("tmp"), withIntermediateDirectories: false)
    }

    /// Runs it to its end.
    ///
    /// - Returns: its exit code, and what it said on standard error.
    func run(_ arguments: [String]) throws -> (code: Int32, error: String) {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["TMPDIR": folder.file("tmp")]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try Data().write(to: URL(filePath: folder.file("error")))
        process.standardError = try FileHandle(
            forWritingTo: URL(filePath: folder.file("error")))
        try process.run()
        process.waitUntilExit()
        let error = try String(contentsOfFile: folder.file("error"), encoding: .utf8)
        return (process.terminationStatus, error)
    }

    /// The drill that it left in a folder.
    func drill(in name: String) throws -> DrillRun {
        try JSONDecoder().decode(
            DrillRun.self,
            from: Data(contentsOf: URL(filePath: folder.file("\(name)/drill.json"))))
    }

    /// What it left among the temporary files.
    var leftovers: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp")) }
    }

    /// Found from the running test's own path.
    private static func executable() throws -> URL {
        for start in CommandLine.arguments + ["/proc/self/exe"] {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
            while folder.path != "/" {
                folder = folder.deletingLastPathComponent()
                let file = folder.appending(path: "anchorbench", directoryHint: .notDirectory)
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
                    !isFolder.boolValue
                {
                    return file
                }
            }
        }
        throw NotBuilt()
    }

    private struct NotBuilt: Error, CustomStringConvertible {
        let description = "the command is not beside the tests: build everything first"
    }
}
