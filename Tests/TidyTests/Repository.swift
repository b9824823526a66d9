import Foundation

/// The repository that these tests stand in.
enum Repository {
    /// The folder that holds `Package.swift`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file of `Sources`, read once for all the rules.
    static let sources = Result { try swiftFiles(under: "Sources") }
    /// Every file of `Tests`.
    static let tests = Result { try swiftFiles(under: "Tests") }

    /// Every Swift file below `folder`, by path.
    private static func swiftFiles(under folder: String) throws -> [SourceFile] {
        let base = root.appendingPathComponent(folder).path
        return try FileManager.default.subpathsOfDirectory(atPath: base)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { SourceFile("\(folder)/\($0)", try text(of: "\(folder)/\($0)")) }
    }

    /// Every page of Markdown, and the files that they can point to. What tests expect of a report
    /// is no page.
    static let pages = Result {
        let files = try trackedFiles()
        let pages = files.filter { $0.hasSuffix(".md") && !$0.hasPrefix("Tests/") }.sorted()
        return LinkedFiles(
            files: Set(files), pages: try pages.map { Markdown($0, try text(of: $0)) })
    }

    /// What git tracks, by path.
    private static func trackedFiles() throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Whoever owns the checkout, it is only read.
        process.arguments = ["git", "-c", "safe.directory=*", "ls-files", "--deduplicate", "-z"]
        process.currentDirectoryURL = root
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let names = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw NoCheckout(code: process.terminationStatus)
        }
        return String(decoding: names, as: UTF8.self).split(separator: "\0").map(String.init)
    }

    /// Git does not tell what it tracks, as in a folder that was not cloned.
    private struct NoCheckout: Error { let code: Int32 }

    /// The text of one file.
    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The bytes of one file.
    static func data(of path: String) throws -> Data {
        try Data(contentsOf: root.appendingPathComponent(path))
    }

    /// The names at the top, hidden ones included.
    static func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path)
    }
}
