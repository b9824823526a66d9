import Foundation
import Reporting
import Testing

@Suite("Golden reports")
struct GoldenReportTests {
    @Test(
        "a report's text is written as it was when its golden file was reviewed",
        arguments: ["report.md", "exfiltration.csv", "windows.csv"])
    func matchesGolden(_ name: String) throws {
        let report = Report(FixedRun.whole)
        let text = try #require(report.files.first { $0.name == name }).text
        try expect(text, toMatch: name)
    }

    @Test("the summary for a console is written as it was when it was reviewed")
    func summary() throws {
        try expect(Report(FixedRun.whole).summary + "\n", toMatch: "summary.txt")
    }

    @Test("the report of a broken run is written as it was when it was reviewed")
    func broken() throws {
        let report = Report(FixedRun.broken)
        let text = try #require(report.files.first { $0.name == "report.md" }).text
        try expect(text, toMatch: "broken.md")
    }

    @Test(
        "the report of an attack behind several throttles is written as it was when reviewed",
        arguments: ["report.md", "exfiltration.csv"])
    func attacked(_ name: String) throws {
        let report = Report(AttackedRun.whole)
        let text = try #require(report.files.first { $0.name == name }).text
        try expect(text, toMatch: "attacked-\(name)")
    }

    private func expect(_ text: String, toMatch name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(file.path); review it, then run without RECORD_GOLDEN")
            return
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(
            rounded(text) == rounded(golden), "look at it, then record it with RECORD_GOLDEN=1")
    }

    /// The text with its long decimals cut to twelve digits: the last few of a logarithm differ
    /// between processors.
    private func rounded(_ text: String) -> String {
        text.replacing(#/\d+\.\d{6,}/#) { match in
            Double(match.output).map { String(format: "%.12g", $0) } ?? String(match.output)
        }
    }
}
