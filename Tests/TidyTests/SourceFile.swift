/// One Swift file of the repository: the text that a checker reads, and where it stands.
struct SourceFile: Sendable {
    /// The path from the top of the repository, such as `Sources/Units/Rate.swift`.
    let path: String
    /// The whole text.
    let text: String
    /// The text without its comments and without what stands inside its string literals.
    let code: String

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        code = CodeOnly.text(of: text)
    }

    /// The folder below `Sources` or `Tests`, which is the name of the target.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// The last part of the path.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Whether the file belongs to a test target.
    var isTest: Bool { path.hasPrefix("Tests/") }
}

/// One place where a rule is broken.
struct Finding: Equatable, CustomStringConvertible {
    /// The path from the top of the repository.
    let path: String
    /// The line, counted from 1; 0 where the finding concerns the whole file.
    let line: Int
    /// What is wrong, and what to do.
    let message: String

    var description: String { line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)" }
}
