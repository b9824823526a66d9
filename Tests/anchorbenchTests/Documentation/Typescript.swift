import Foundation
import Glibc

/// What a page has its reader type, as one session of bash whose lines are the page's own.
struct Typescript {
    private let page: Page
    private var lines: [String]
    /// Files that the session calls, by their names beside it.
    private var files: [String: String] = [:]

    init(of page: Page) {
        self.page = page
        lines = Array(repeating: "", count: page.lineCount)
    }

    /// Adds the commands of a block. One that begins with `#!` is a script of its own, and called.
    mutating func add(_ block: Page.Block) {
        if let first = block.lines.first, first.hasPrefix("#!") {
            add(block, runBy: String(first.dropFirst(2)))
        } else {
            for (offset, line) in block.lines.enumerated() {
                lines[block.line - 1 + offset] = line
            }
        }
    }

    /// Adds a call of a block as a script, by the program that reads it.
    mutating func add(_ block: Page.Block, runBy program: String) {
        let name = "lines-from-\(block.line)"
        // What it says of a line is then said of the page's.
        let above = Array(repeating: "", count: block.line - 1)
        files[name] = (above + block.lines).joined(separator: "\n") + "\n"
        lines[block.line - 1] = "\(program) \"${BASH_SOURCE[0]%/*}/\(name)\""
    }

    /// Adds the plan of a scenario.
    mutating func add(scenario block: Page.Block) {
        let name = "lines-from-\(block.line).yaml"
        files[name] = block.lines.joined(separator: "\n") + "\n"
        lines[block.line - 1] =
            "cp \"${BASH_SOURCE[0]%/*}/\(name)\" . && anchorbench run \(name) --dry-run"
    }

    /// Runs it in a copy of the surroundings, for at most so many seconds.
    ///
    /// - Returns: what failed, with the page, the line and what the command said; nil where all
    ///   went well.
    func failure(in surroundings: String, within seconds: Int = 1_200) throws -> String? {
        let bench = try Bench()
        for (name, text) in files { try bench.write(StandIns.applied(to: text), to: name) }
        let text = (lines + [": > \"$SESSION_END\""]).joined(separator: "\n") + "\n"
        try bench.write(StandIns.applied(to: text), to: "typescript")
        let ended = try bench.startUnblocked(
            "/usr/bin/timeout",
            [
                "-k", "10", "\(seconds)", DocumentationShell.path("session"), surroundings,
                bench.path("session"), bench.path("typescript"), try BuildFolder.command().path,
            ]
        ).wait()
        // What a page leaves in the background ends with it.
        for process in try bench.heirs { kill(process, SIGKILL) }
        let isOver = FileManager.default.fileExists(atPath: bench.path("session/end"))
        if ended.code == 0, isOver { return nil }
        let at = try? bench.text("session/at").trimmingCharacters(in: .newlines)
        let said = ended.error.split(separator: "\u{1E}", omittingEmptySubsequences: false).last
        let reason =
            switch ended.code {
            case 0: "the session ends here, and what follows was not tried"
            case 124, 137, -SIGKILL: "this still ran after \(seconds) seconds"
            default: "this failed"
            }
        return "\(page.path):\(at ?? "?"): \(reason)\n\(said ?? "")"
    }
}

/// The scripts of the folder `Shell`.
enum DocumentationShell {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "Shell/\(name)").path
    }
}
