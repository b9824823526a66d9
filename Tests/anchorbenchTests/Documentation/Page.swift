import Foundation

/// A page of the documentation, read for what it has its reader type.
struct Page {
    /// The path from the top of the repository.
    let path: String
    let lineCount: Int
    /// What stands in fences, in order.
    let blocks: [Block]

    /// The lines of a fence.
    struct Block: Equatable {
        let language: String
        /// The line of the page that the first of them is, counted from 1.
        let line: Int
        var lines: [String]
    }

    /// The repository that these tests stand in.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Every page that somebody wrote: a new one in a folder of pages is among them.
    static let paths: [String] = {
        let folder = "Sources/anchorbench/anchorbench.docc"
        let pages = names(in: folder).filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
        let results = ["results"] + names(in: "results").map { "results/\($0)" }
        let others = ["", "Benchmarks/"] + results.map { "\($0)/" }
        let readmes = (["CHANGELOG.md"] + others.map { "\($0)README.md" }).filter {
            FileManager.default.fileExists(atPath: root.appending(path: $0).path)
        }
        return readmes + pages
    }()

    private static func names(in folder: String) -> [String] {
        let path = root.appending(path: folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// Reads a page of the repository.
    init(_ path: String) throws {
        self.init(
            path: path,
            text: try String(contentsOf: Self.root.appending(path: path), encoding: .utf8))
    }

    init(path: String, text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        self.path = path
        lineCount = lines.count
        blocks = Self.blocks(in: lines)
    }

    private static func blocks(in lines: [Substring]) -> [Block] {
        var blocks: [Block] = []
        var open: (fence: Substring, indent: Int, block: Block)?
        for (number, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indent)
            if let begun = open {
                if rest.hasPrefix(begun.fence), rest.allSatisfy({ $0 == "`" || $0 == " " }) {
                    blocks.append(begun.block)
                    open = nil
                } else {
                    open?.block.lines.append(String(line.dropFirst(min(indent, begun.indent))))
                }
            } else if rest.hasPrefix("```") {
                let fence = rest.prefix { $0 == "`" }
                let language = rest.dropFirst(fence.count).trimmingCharacters(in: .whitespaces)
                let block = Block(language: language, line: number + 2, lines: [])
                open = (fence, indent, block)
            }
        }
        return blocks
    }

    /// The blocks in a language.
    func blocks(_ language: String) -> [Block] { blocks.filter { $0.language == language } }
}

extension Page.Block {
    /// The keys of a YAML document that are not indented.
    var topLevelKeys: [String] {
        lines.compactMap { line in
            guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":")
            else { return nil }
            return String(line[..<colon])
        }
    }

    /// Whether it is a workflow of GitHub's.
    var isWorkflow: Bool { language == "yaml" && topLevelKeys.contains("jobs") }

    /// Whether it is a scenario or a part of one, by the keys that scenarios have. A name alone
    /// tells nothing.
    func isScenario(_ known: Set<String>) -> Bool {
        language == "yaml" && !isWorkflow
            && topLevelKeys.contains { $0 != "name" && known.contains($0) }
    }

    /// What the steps of a workflow run, each on the page's own lines.
    var steps: [Page.Block] {
        lines.indices.compactMap { at in
            let indent = lines[at].prefix { " -".contains($0) }.count
            let rest = lines[at].dropFirst(indent)
            guard rest.hasPrefix("run:") else { return nil }
            let command = rest.dropFirst(4).trimmingCharacters(in: .whitespaces)
            guard command == "|" else {
                return Page.Block(language: "run", line: line + at, lines: [command])
            }
            let body = lines[(at + 1)...].prefix {
                $0.isEmpty || $0.prefix { $0 == " " }.count > indent
            }
            let margin = body.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min()
            return Page.Block(
                language: "run", line: line + at + 1,
                lines: body.map { String($0.dropFirst(margin ?? 0)) })
        }
    }
}
