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
        try GoldenFile.expect(text, toMatch: "Golden/\(name)", digits: 12)
    }
}
