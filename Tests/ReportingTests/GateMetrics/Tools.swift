import Foundation
import Testing

/// Programs of others that judge what we wrote.
enum Tools {
    /// What a program said, and its exit code.
    struct Verdict {
        let code: Int32
        let text: String
    }

    /// Has Prometheus's own tool check a text.
    static func promtool(_ text: String) throws -> Verdict {
        let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let unpacked = top.appending(path: ".build/prometheus/usr/bin/promtool").standardized
        let places = [unpacked.path, "/usr/bin/promtool"]
        guard let tool = places.first(where: FileManager.default.isExecutableFile) else {
            throw Missing(what: "promtool", at: unpacked.path)
        }
        return try run(tool, ["check", "metrics"], input: text)
    }

    /// Runs a script of ours with the Python of the system, which has Debian's packages.
    static func python(_ script: String, _ arguments: [String] = [], input: String) throws
        -> Verdict
    {
        try run("/usr/bin/python3", ["-c", script] + arguments, input: input)
    }

    private static func run(
        _ program: String, _ arguments: [String], input: String
    ) throws -> Verdict {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tool-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (inputFile, outputFile) = (
            folder.appending(path: "input"), folder.appending(path: "output")
        )
        try Data(input.utf8).write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        return Verdict(
            code: process.terminationStatus,
            text: try String(contentsOf: outputFile, encoding: .utf8))
    }

    /// The tests' own set-up was not run.
    private struct Missing: Error, CustomStringConvertible {
        let what: String
        let at: String
        var description: String {
            "\(what) is not at \(at): run Scripts/test, which puts it there"
        }
    }
}
