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

    /// The text of one file.
    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The names at the top, hidden ones included.
    static func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path)
    }
}
