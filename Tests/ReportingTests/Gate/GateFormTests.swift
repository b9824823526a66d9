import Foundation
import Regression
import Testing

@testable import Reporting

@Suite("Forms of comparisons for programs")
struct GateFormTests {
    private static let all =
        FixedComparison.all.map(\.comparison)
        + [FixedComparison.movedControl, FixedComparison.hostile]

    @Test("comparison.json holds all of a comparison", arguments: all)
    func roundTrip(comparison: Comparison) throws {
        let document = try ComparisonReader(ComparisonReport(comparison).json)
        #expect(document.schemaVersion == 1)
        #expect(document.exitCode == Double(comparison.verdict.exitCode()))
        let allowed = try ComparisonReader(
            ComparisonReport(comparison, allowsInconclusive: true).json)
        let isUndecided = comparison.verdict == .inconclusive
        #expect(allowed.exitCode == (isUndecided ? 0 : document.exitCode))
        #expect(try document.comparison() == comparison)
    }

    @Test("keys stand in their order, so that two documents can be held side by side")
    func sortedKeys() throws {
        let lines = ComparisonReport(FixedComparison.regressed).json.split(separator: "\n")
        let keys = lines.filter { $0.hasPrefix("  \"") }
            .compactMap { $0.split(separator: "\"").dropFirst().first }.map(String.init)
        #expect(keys == keys.sorted() && keys.count > 15)
    }

    @Test("a figure without a number does not break the document")
    func infinite() throws {
        var comparison = FixedComparison.pass
        comparison.evidence[0].high = .infinity
        comparison.evidence[0].ratio = .nan
        let value = try JSONSerialization.jsonObject(
            with: Data(ComparisonReport(comparison).json.utf8))
        let evidence = (value as? [String: Any])?["evidence"] as? [[String: Any]]
        #expect(evidence?.first?["costRatioIntervalHigh99"] as? String == "inf")
    }

    @Test("junit.xml counts its cases and has one a cell and metric", arguments: all)
    func suite(comparison: Comparison) throws {
        let suite = try #require(SuiteReader(ComparisonReport(comparison).junit))
        #expect(suite.faults.isEmpty, "\(suite.faults)")
        let expected = [
            "tests": suite.cases.count, "failures": suite.cases.count { $0.result == "failure" },
            "errors": suite.cases.count { $0.result == "error" },
            "skipped": suite.cases.count { $0.result == "skipped" },
        ]
        for (name, count) in expected {
            #expect(suite.attributes[name] == "\(count)", "\(name)")
        }
        #expect(suite.properties["verdict"] == comparison.verdict.rawValue)
        let tested = suite.cases.filter { $0.hasFigures }
        #expect(tested.count == comparison.evidence.count)
        #expect(Set(suite.cases.map { [$0.owner, $0.name] }).count == suite.cases.count)
        switch comparison.verdict {
        case .pass: #expect(suite.cases.allSatisfy { $0.result == nil })
        case .regressed: #expect(suite.cases.contains { $0.result == "failure" })
        case .inconclusive:
            #expect(suite.cases.contains { $0.result == "skipped" })
            #expect(!suite.cases.contains { $0.result == "failure" })
        case .invalid: #expect(suite.cases.contains { $0.result == "error" })
        }
    }

    @Test("a case is named for its subject, its metric and its load, and says what failed")
    func caseNames() throws {
        let suite = try #require(SuiteReader(ComparisonReport(FixedComparison.regressed).junit))
        let first = try #require(suite.cases.first)
        #expect(first.owner == "aes-gcm-256/256B")
        #expect(first.name == "throughput, closed-4/none")
        #expect(first.result == "failure")
        #expect(first.message.contains("12.1 % more"))
    }

    @Test("names come back from junit.xml, less what XML has no place for")
    func xmlNames() throws {
        let suite = try #require(SuiteReader(ComparisonReport(FixedComparison.hostile).junit))
        #expect(suite.properties["candidate"] == "[link](http://example.com) *bold* ]]>")
        #expect(
            suite.properties["baseline"]
                == "a|b`c  d/<script>&\"'/::error title=x,y::%0A \u{FFFD} [31m")
    }

    @Test(
        "a workflow command's title and message cannot end early or begin another", arguments: all)
    func commands(comparison: Comparison) throws {
        let report = ComparisonReport(comparison)
        #expect(!report.annotations.contains("\r"))
        #expect(!report.annotations.isEmpty && report.annotations.hasSuffix("\n"))
        for line in report.annotations.split(separator: "\n") {
            let match = try #require(
                line.wholeMatch(of: #/::(error|warning|notice) title=([^:,%]|%[0-9A-F]{2})+::.+/#))
            #expect(line.matches(of: #/%(?!25|0A|0D|3A|2C)/#).isEmpty, "\(match.output.0)")
        }
    }

    @Test("what regressed is an error, what is open a warning, what passed or improved a notice")
    func kinds() {
        func kinds(_ comparison: Comparison) -> [String] {
            ComparisonReport(comparison).annotations.split(separator: "\n").map {
                String($0.dropFirst(2).prefix { $0 != " " })
            }
        }
        #expect(kinds(FixedComparison.pass) == ["notice", "notice"])
        #expect(kinds(FixedComparison.regressed) == ["error", "error", "warning", "notice"])
        #expect(
            kinds(FixedComparison.inconclusive) == [
                "warning", "warning", "warning", "warning", "notice",
            ])
        #expect(kinds(FixedComparison.invalid) == ["warning", "warning"])
    }

    @Test("of each kind ten annotations stand at the most, the tenth for all the rest")
    func capped() throws {
        let report = GateAnnotations(FixedComparison.large(30), final: "")
        let lines = report.text.split(separator: "\n")
        let errors = lines.filter { $0.hasPrefix("::error") }
        #expect(errors.count == 10)
        #expect(try #require(errors.last).contains("111 more of this kind"))
        #expect(lines.count { $0.hasPrefix("::warning") } == 10)
    }
}
