import Foundation
import Testing

extension CommandTests {
    @Suite("What the README says that a command prints")
    struct DocumentedOutputTests {
        /// A block for the shell with the output that is shown below it.
        private static func shown() throws -> [(typed: Page.Block, output: Page.Block)] {
            let blocks = try Page("README.md").blocks
            return zip(blocks, blocks.dropFirst())
                .filter { $0.language == "sh" && $1.language == "text" }
                .map { (typed: $0, output: $1) }
        }

        /// What is shown, where something is left out in pieces; however its lines are broken.
        private static func pieces(of block: Page.Block) -> [String] {
            block.lines.joined(separator: " ").split(separator: "…").map { unbroken(String($0)) }
                .filter { !$0.isEmpty }
        }

        /// A text's words with one space between them.
        private static func unbroken(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }

        @Test("what is computed and not measured comes out as it is shown")
        func computed() throws {
            let bench = try Bench()
            try FileManager.default.createSymbolicLink(
                atPath: bench.path("results"),
                withDestinationPath: Page.root.appending(path: "results").path)
            let folder = try BuildFolder.command().deletingLastPathComponent().path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let computed = try Self.shown().filter { typed, _ in
                typed.lines[0].contains(#/anchorbench (threshold|project) /#)
            }
            #expect(computed.count >= 2)
            for (typed, output) in computed {
                let ended = try Running(
                    URL(filePath: "/bin/sh"), ["-c", typed.lines.joined(separator: "\n")], bench,
                    ["PATH": "\(folder):\(path)"]
                ).wait()
                #expect(ended.code == 0, "README.md:\(typed.line): \(ended.error)")
                for piece in Self.pieces(of: output) {
                    let isThere = Self.unbroken(ended.output).contains(piece)
                    #expect(isThere, "README.md:\(output.line): \(piece)\n\(ended.output)")
                }
            }
        }

        @Test("what was measured stands in the report that is kept of it")
        func measured() throws {
            let report = Self.unbroken(
                try String(
                    contentsOf: Page.root.appending(path: "results/softhsm-capacity/report.md"),
                    encoding: .utf8
                ).replacing("**", with: ""))
            let shown = try #require(
                try Self.shown().first { $0.typed.lines[0].contains("anchorbench capacity") })
            for piece in Self.pieces(of: shown.output) {
                #expect(report.contains(piece), "README.md:\(shown.output.line): \(piece)")
            }
        }
    }
}
