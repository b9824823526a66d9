import Foundation
import Testing

extension CommandTests {
    @Suite("Documented drills")
    struct DocumentedDrillTests {
        private static let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

        /// The drills of a document as they stand there, lines that go on joined.
        private static func drills(in document: String) throws -> [String] {
            let text = try String(
                contentsOf: root.appending(path: document), encoding: .utf8)
            return text.replacing(#/\\\n\s*/#, with: "").split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { $0.hasPrefix("anchorbench drill") }
        }

        @Test(
            "every drill that is written down for a shell can be planned",
            arguments: ["Sources/anchorbench/anchorbench.docc/Drill.md", "README.md"])
        func plans(document: String) throws {
            let drills = try Self.drills(in: document)
            #expect(!drills.isEmpty, "\(document)")
            let bench = try Bench()
            try bench.write("name: mine\n", to: "mine.yaml")
            let folder = try BuildFolder.command().deletingLastPathComponent().path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            for drill in drills {
                let line =
                    drill.contains("--dry-run")
                    ? drill
                    : drill.replacing("anchorbench drill", with: "anchorbench drill --dry-run")
                let ended = try Running(
                    URL(filePath: "/bin/sh"), ["-c", line], bench, ["PATH": "\(folder):\(path)"]
                ).wait()
                #expect(ended.code == 0, "\(drill): \(ended.error)")
                #expect(ended.output.contains("thefts"), "\(drill): \(ended.output)")
            }
        }
    }
}
