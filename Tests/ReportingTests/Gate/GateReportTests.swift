import Foundation
import Regression
import Results
import Testing

@testable import Reporting

@Suite("Reports of comparisons")
struct GateReportTests {
    @Test(
        "a comparison is written as it was when its golden files were reviewed",
        arguments: FixedComparison.all.map(\.name), ["md", "txt", "json", "xml", "annotations.txt"])
    func matchesGolden(_ name: String, _ kind: String) throws {
        let comparison = try #require(
            FixedComparison.all.first { $0.name == name }?.comparison)
        let report = ComparisonReport(comparison)
        let text =
            switch kind {
            case "md": report.markdown
            case "txt": report.text + "\n" + report.finalLine + "\n"
            case "json": report.json
            case "xml": report.junit
            default: report.annotations
            }
        try GoldenFile.expect(text, toMatch: "Golden/Gate/\(name).\(kind)")
    }

    @Test("the first line says the verdict, the rule, and that conditions differ")
    func firstLine() throws {
        let report = ComparisonReport(FixedComparison.regressed)
        for text in [report.markdown, report.text] {
            let line = try #require(text.split(separator: "\n").first)
            for part in ["REGRESSED", "4 tests in 2 cells", "5 %", "DIFFERENT CONDITIONS"] {
                #expect(line.contains(part), "\(part) in \(line)")
            }
        }
        let same = ComparisonReport(FixedComparison.pass).markdown
        #expect(!same.contains("DIFFERENT"))
    }

    @Test("what regressed comes before what improved, and both by how much")
    func order() throws {
        let rows = ComparisonTables(FixedComparison.regressed).moved.rows
        #expect(
            rows.map { $0[1].plain + $0[4].plain } == [
                "service p50+22.4 %", "throughput+12.1 %", "throughput−10 %", "service p50+3.4 %",
            ])
    }

    @Test("the headline is what surely became dearest, not the widest interval")
    func headline() {
        var comparison = FixedComparison.regressed
        comparison.evidence[1].lower = 1.06
        #expect(
            ComparisonReport(comparison).finalLine.contains("throughput costs 12.1 % more"))
        let rows = ComparisonTables(comparison).moved.rows
        #expect(rows.prefix(2).map { $0[1].plain } == ["throughput", "service p50"])
    }

    @Test("a summary tells that medians give no cost, and for what a host is too noisy")
    func guide() {
        let duel = ComparisonReport(FixedComparison.regressed).text
        #expect(duel.contains("the cost is the median of the ratios of their blocks"))
        let stored = ComparisonReport(FixedComparison.pass).text
        #expect(stored.contains("the cost is the median of the ratios of their pairs of rounds"))
        #expect(stored.contains("too noisy for a PASS"))
    }

    @Test(
        "a summary stays under 60 kB and says what it leaves out",
        arguments: [(1_000, 30), (300, 400)])
    func size(cells: Int, nameLength: Int) throws {
        let comparison = FixedComparison.large(cells, nameLength: nameLength)
        let markdown = ComparisonOutline(comparison).markdown
        #expect(markdown.utf8.count < 60_000)
        #expect(markdown.utf8.count > 30_000)
        #expect(markdown.contains("rows left out here; comparison.json has them"))
        let line = FinalLine(comparison).text
        #expect(line.count < 300 + comparison.advice.count && line.hasPrefix("REGRESSED"))
    }

    @Test("a thousand cells of one metric leave out exactly the rows that are not there")
    func leftOut() throws {
        var comparison = FixedComparison.pass
        comparison.evidence = (1...1_000).map {
            FixedComparison.evidence("aes-gcm-256/\($0)B/closed-1/none", .throughput, ratio: 1.001)
        }
        let text = ComparisonOutline(comparison).markdown
        let pattern = #/([\d,]+) rows left out/#
        let left = try #require(text.firstMatch(of: pattern)?.output.1.replacing(",", with: ""))
        let shown = text.split(separator: "\n").count { $0.contains("closed-1/none`") }
        #expect(Int(left) == 1_000 - shown)
        #expect(shown > 100)
        #expect(text.utf8.count < 60_000)
        #expect(text.contains("How to read this"))
    }

    @Test("a final line is one line, and names cell, metric, cost and tolerance")
    func finalLine() {
        let line = ComparisonReport(FixedComparison.regressed).finalLine
        #expect(line.hasPrefix("REGRESSED (under different conditions, as was allowed): "))
        for part in [FixedComparison.gcm, "service p50 costs 22.4 % more", "5 % allowed"] {
            #expect(line.contains(part), "\(part) in \(line)")
        }
        for (name, comparison) in FixedComparison.all {
            let line = ComparisonReport(comparison).finalLine
            #expect(line.hasPrefix(comparison.verdict.rawValue), "\(name)")
            #expect(!line.contains("\n") && line.count < 300, "\(name)")
        }
        let hostile = ComparisonReport(FixedComparison.hostile).finalLine
        #expect(hostile.unicodeScalars.allSatisfy { $0.value >= 32 })
    }

    @Test("a line that is too long loses whole clauses of the reason, and none of the advice")
    func wholeClauses() {
        var comparison = FixedComparison.inconclusive
        let clause = "the same cell, which has a long name, differs by +8.02 %, and so on and on"
        comparison.reasons = [Array(repeating: clause, count: 12).joined(separator: "; ") + "."]
        let advice = "take a quieter machine ('anchorbench doctor' shows what disturbs this one)"
        comparison.advice = advice + "."
        let line = ComparisonReport(comparison).finalLine
        #expect(line.count <= 500 && line.hasSuffix("; next: \(advice)"))
        let told = line.dropFirst("INCONCLUSIVE: ".count).dropLast("; next: \(advice)".count)
        let clauses = told.split(separator: "; ")
        #expect(clauses.count > 3 && clauses.allSatisfy { $0 == clause }, "\(line)")
        // A clause alone is never cut.
        let long = Array(repeating: "a long name", count: 60).joined(separator: ", ")
        comparison.reasons = [long + "."]
        #expect(
            ComparisonReport(comparison).finalLine == "INCONCLUSIVE: \(long); next: \(advice)")
    }

    @Test("failed calls that count are the headline of every form")
    func failing() throws {
        let comparison = FixedComparison.failing(500, of: 10_000)
        #expect(comparison.verdict == .regressed)
        let report = ComparisonReport(comparison)
        let told =
            "5 % of the candidate's calls fail with CKR_DEVICE_ERROR, 0 % of the baseline's"
        #expect(
            report.finalLine.hasPrefix("REGRESSED: \(FixedComparison.gcm): \(told)"),
            "\(report.finalLine)")
        let first = try #require(report.text.split(separator: "\n").first)
        #expect(first.hasSuffix("; calls fail in 1 cell"))
        #expect(report.markdown.contains("### Failed calls\n"))
        #expect(report.markdown.contains("500 of 10,000 (5 %): CKR_DEVICE_ERROR"))
        #expect(
            report.annotations.contains(
                "::error title=REGRESSED%3A \(FixedComparison.gcm)%2C failed calls::"))
        let suite = try #require(SuiteReader(report.junit))
        let failed = try #require(suite.cases.first { $0.result == "failure" })
        #expect(failed.name == "failed calls, closed-4/none" && failed.message.contains(told))
        #expect(suite.faults.isEmpty && suite.attributes["failures"] == "1")
        #expect(report.json.contains("\"candidateFailedShare\" : 0.05"))
        #expect(!ComparisonReport(FixedComparison.pass).json.contains("failedCalls"))
    }

    @Test("failed calls that are not gated are told all the same")
    func seldomFailing() throws {
        let comparison = FixedComparison.failing(50, of: 10_000)
        #expect(comparison.verdict == .pass)
        let report = ComparisonReport(comparison)
        #expect(
            report.finalLine.contains(
                "; calls fail in 1 cell, more often than before and seldom; next:"))
        #expect(report.text.contains("50 of 10,000 (0.5 %): CKR_DEVICE_ERROR"))
        #expect(report.annotations.contains("::warning title=Failed calls"))
        let suite = try #require(SuiteReader(report.junit))
        #expect(suite.cases.contains { $0.name.hasPrefix("failed calls") && $0.result == nil })
    }

    @Test("a control is moved, still or neither, and its p counts both directions")
    func control() {
        var comparison = FixedComparison.pass
        comparison.control = [
            FixedComparison.evidence("still", .throughput, ratio: 1.001),
            FixedComparison.evidence("moved", .throughput, ratio: 1.3, p: 0.000_01),
            FixedComparison.evidence("open", .throughput, ratio: 1.3, p: 0.003),
        ]
        let rows = ComparisonTables(comparison).control.rows
        #expect(
            rows.compactMap { $0.last?.plain }
                == ["stood still", "moved", "not shown to have moved"])
        // Six tests, of which the second smallest p counts five times.
        #expect(rows.map { $0[7].plain } == ["1", "< 0.0001", "0.015"])
        #expect(ComparisonReport(comparison).markdown.contains("adjusted for 6 tests, two a row"))
    }

    @Test("a summary says when, where and by which version was measured, where that is known")
    func origins() {
        func origin(_ minute: Int) -> RunOrigin? {
            RunOrigin(
                Provenance(
                    host: ["cpu_model": .value("EPYC"), "cpu_count": .value("4")],
                    tool: ["version": .value("1.2")], anchor: [:],
                    run: [
                        "started": .value("2026-03-01T12:0\(minute):00Z"),
                        "ended": .value("2026-03-01T12:0\(minute):30Z"),
                    ]))
        }
        var comparison = FixedComparison.pass
        #expect(!ComparisonReport(comparison).text.contains("easured 2026"))
        (comparison.baselineOrigin, comparison.candidateOrigin) = (origin(1), origin(2))
        #expect(
            ComparisonReport(comparison).text.contains(
                "\nBaseline measured 2026-03-01T12:01:00Z to 2026-03-01T12:01:30Z on 4 × EPYC by "
                    + "anchorbench 1.2, candidate 2026-03-01T12:02:00Z to "
                    + "2026-03-01T12:02:30Z on 4 × EPYC by anchorbench 1.2.\n"))
        comparison.kind = .duel
        #expect(ComparisonReport(comparison).text.contains("\nMeasured 2026-03-01T12:02:00Z to "))
        let nowhere = Provenance(host: [:], tool: [:], anchor: [:], run: [:])
        #expect(RunOrigin(nowhere) == nil)
    }

    @Test("the bound that decides stands in the table, whatever the interval is")
    func bound() {
        var comparison = FixedComparison.pass
        comparison.evidence[0].upper = 2.47
        let row = ComparisonTables(comparison).all.rows[0].map(\.plain)
        #expect(row[5] == "−1.67 to +2.31 %" && row[6] == "+147 %")
        for kind in [Comparison.Kind.duel, .stored] {
            comparison.kind = kind
            let text = ComparisonReport(comparison).markdown
            #expect(text.contains(kind == .duel ? "| blocks |" : "| rounds |"))
            #expect(text.contains("What decides a PASS is \"at most\" and not the interval"))
        }
    }

    @Test("a PASS names what was asked for and not compared, in its first line and its last")
    func passWithGaps() throws {
        var comparison = FixedComparison.pass
        for line in [ComparisonReport(comparison).finalLine, ComparisonReport(comparison).text] {
            #expect(!line.contains("ot compared"))
        }
        let cells = [FixedComparison.gcm, FixedComparison.rsa]
        comparison.untested = cells.map {
            Comparison.Untested(cell: $0, metric: .cpuTime, reason: "no CPU times")
        }
        comparison.untested.append(
            Comparison.Untested(cell: cells[1], metric: .serviceP99, reason: "too few calls"))
        comparison.missing = ["aes-ctr-256/256B/closed-4/none"]
        let gaps =
            "; not compared: service p99 of \(cells[1]), CPU time per call of 2 cells and 1 cell "
            + "that only the baseline has"
        let report = ComparisonReport(comparison)
        #expect(
            report.finalLine
                == "PASS: 4 tests, no cost above 5 %\(gaps); next: nothing needs to be done")
        let first = try #require(report.text.split(separator: "\n").first)
        #expect(first.hasSuffix("tolerance 5 %\(gaps)"))
    }

    @Test("no name ends a table's field, a line or a code span")
    func markdownNames() throws {
        let text = ComparisonReport(FixedComparison.hostile).markdown
        #expect(!text.contains("<script>") || !text.contains("\n<script>"))
        #expect(!text.contains("\r") && !text.contains("\u{1B}") && !text.contains("\u{1}"))
        let tables = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        let header = try #require(tables.first { $0.hasPrefix("| cell") && $0.contains("metric") })
        let columns = header.replacing("\\|", with: "").count { $0 == "|" }
        for row in tables where row.contains("service p50") || row.contains("throughput") {
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == columns, "\(row)")
        }
        #expect(MarkdownText.code("a|b`c") == "``a\\|b`c``")
        #expect(MarkdownText.code("`") == "`` ` ``")
        #expect(MarkdownText.escaped("<a> *b* [c]\n|") == "\\<a\\> \\*b\\* \\[c\\] \\|")
    }

    @Test("a control that moved leaves nothing REGRESSED in any form")
    func movedControl() throws {
        let report = ComparisonReport(FixedComparison.movedControl)
        #expect(!report.markdown.contains("| REGRESSED"))
        #expect(!report.junit.contains("<failure"))
        #expect(!report.annotations.contains("::error"))
        #expect(report.finalLine.contains("The negative control moved"))
        #expect(report.markdown.contains("worse, and the control moved"))
    }

    @Test("the files have the names that a build server is told")
    func files() {
        let report = ComparisonReport(FixedComparison.pass)
        #expect(report.files.map(\.name) == ["summary.md", "comparison.json", "junit.xml"])
        #expect(report.files.map(\.text) == [report.markdown, report.json, report.junit])
    }
}
