/// Rules about the shape of a file, and of the repository.
enum FormRules {
    /// The longest file in `Sources`, in lines.
    static let linesMax = 400
    /// The longest line, in columns.
    static let columnsMax = 100

    /// A file too long to be about one thing.
    static func length(of file: SourceFile) -> [Finding] {
        let lines = lines(of: file).count - (file.text.hasSuffix("\n") ? 1 : 0)
        guard lines > linesMax else { return [] }
        return [
            Finding(path: file.path, line: 0, message: "\(lines) lines; split it at \(linesMax)")
        ]
    }

    /// Lines too long to be read beside others.
    static func width(of file: SourceFile) -> [Finding] {
        lines(of: file).enumerated().filter { $0.element.count > columnsMax }.map {
            Finding(
                path: file.path, line: $0.offset + 1,
                message: "\($0.element.count) columns; break it at \(columnsMax)")
        }
    }

    // Written apart, so that this file does not find itself.
    private static let markers = Pattern(#"\b(?:TO"# + #"DO|FIX"# + #"ME|XX"# + #"X)\b"#)

    /// Notes of unfinished work, in code or in comments.
    static func markers(in file: SourceFile) -> [Finding] {
        markers.matches(in: file.text).map {
            Finding(
                path: file.path, line: $0.line,
                message: "\($0.text) marks unfinished work: finish it, or file it as an issue")
        }
    }

    /// What may stand at the top of the repository.
    static let topLevel: Set<String> = [
        "Package.swift", "Sources", "Tests", "Benchmarks", "results", "README.md", "Scripts",
        ".ci", ".gitignore", ".swift-format", "LICENSE", "CHANGELOG.md",
    ]

    /// What tools leave there, and git ignores.
    private static let leftByTools: Set<String> = [".git", "Package.resolved", ".swiftpm"]

    /// Entries at the top of the repository that have no place there.
    static func strays(among entries: [String]) -> [Finding] {
        entries.filter {
            !topLevel.contains($0) && !leftByTools.contains($0) && !$0.hasPrefix(".build")
        }.sorted().map {
            Finding(path: $0, line: 0, message: "stands at the top, where it has no place")
        }
    }

    private static func lines(of file: SourceFile) -> [Substring] {
        file.text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}
