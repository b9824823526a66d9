import Foundation
import Results
import Testing
import Throttling
import Units

@testable import Reporting

@Suite("The report of a drill")
struct DrillReportTests {
    private func markdown(_ run: DrillRun) throws -> String {
        try #require(DrillReport(run).files.first { $0.name == "report.md" }).text
    }

    /// The row of a table that begins so, without the blanks that align it.
    private func row(_ title: String, under heading: String, in text: String) throws -> String {
        let section = try #require(text.split(separator: "\n### \(heading)").dropFirst().first)
        let line = try #require(section.split(separator: "\n").first { $0.hasPrefix("| \(title)") })
        return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " | ")
    }

    @Test(
        "a report's files are written as they were when their golden files were reviewed",
        arguments: ["report.md", "drill.csv", "predictions.csv", "charts/story-act-3.svg"])
    func golden(_ name: String) throws {
        let report = DrillReport(FixedDrill.whole)
        let text = try #require(report.files.first { $0.name == name }).text
        try GoldenFile.expect(
            text, toMatch: "Golden/drill-\(name.replacing("charts/", with: ""))", digits: 9)
    }

    @Test("there is a file for every table and a chart for every defence")
    func files() {
        #expect(
            DrillReport(FixedDrill.whole).files.map(\.name) == [
                "drill.csv", "predictions.csv", "periods.csv", "report.md",
                "charts/story-act-1.svg", "charts/story-act-2.svg", "charts/story-act-3.svg",
                "charts/records-lost.svg",
            ])
    }

    @Test("what was predicted stands beside what was measured, with interval and ratio")
    func comparison() throws {
        let text = try markdown(FixedDrill.whole)
        let watched = "3. token bucket 500/s, burst 100, watched"
        #expect(
            try row("time to alarm", under: watched, in: text)
                == "time to alarm | 2 seconds | 2.1 seconds (1.9 seconds to 2.3 seconds) | 0.952 "
                + "| 2.1 minutes")
        // Student's t with four degrees of freedom: 1,530 ± 2.776 · 79.06 / √5.
        #expect(
            try row("records lost", under: watched, in: text)
                == "records lost | 1,600 (1,590 to 1,610) | 1,530 (1,430 to 1,630) | 1.05 | ")
        #expect(
            try row("legitimate wait", under: watched, in: text)
                == "legitimate wait | 10 ms | 10 ms | 1 | ")
        #expect(
            try row("legitimate calls denied", under: watched, in: text)
                == "legitimate calls denied | 0 % | 0 % | as predicted | ")
        #expect(text.contains("to be ended by an alarm: all; ended by a revocation: 5 of 5."))
        #expect(text.contains("Of 100 such thefts, 95 were to lose 1,800 records at most."))
        let unwatched = "2. token bucket 500/s, burst 100, unwatched"
        #expect(
            try row("time to alarm", under: unwatched, in: text)
                == "time to alarm | none | none | as predicted")
        #expect(
            try row("containment", under: "1. no throttle, unwatched", in: text)
                == "containment (last record) | 4 seconds (3.9 seconds to 4.1 seconds) | "
                + "4 seconds (3.8 seconds to 4.2 seconds) | 1")
    }

    @Test("the findings can be quoted: what left, and what stopped it")
    func findings() {
        let summary = DrillReport(FixedDrill.whole).summary
        let sentences = [
            "rows in the clear, all 20,000 rows left in 21 ms with no call of the anchor",
            "one shared data key, 1 call of the anchor, then all 20,000 rows left in 120 ms",
            "No throttle, unwatched (means of 5 thefts): the thief had all 20,000 rows after "
                + "4 seconds, and nobody was looking.",
            "the thief held 4,100 of 20,000 rows (20.5 %) when the watch ended after 8 seconds",
            "The throttle let him open 513 records a second, of the 5,000 that he gets with nobody "
                + "in his way. It does not stop him: at the 500 a second of the long run all rows "
                + "take him 40 seconds.",
            "the alarm was raised after 2.1 seconds and the thief was cut off after 3.1 seconds of "
                + "the drill, which stand for 3.1 minutes, with 1,530 of 20,000 rows (7.65 %).",
            "Nobody but the thief was revoked, in 5 of 5 revocations.",
            "unwatched, none of their calls was refused, and one took 11 ms instead of 1 ms",
            "Records lost, predicted over measured: 1 to 1.05 over 3 defences, within 0.9 to 1.1.",
            "Time is compressed 60 times",
            "was compared with the truth, and none was wrong",
        ]
        for sentence in sentences { #expect(summary.contains(sentence), "\(sentence)\n\(summary)") }
        #expect(!summary.contains("**") && !summary.contains("WRONG"))
        #expect(!summary.contains("Nobody answered") && !summary.contains("Beside the alarm"))
    }

    @Test("at the scenario's own speed no time stands for another")
    func uncompressed() throws {
        var run = FixedDrill.whole
        run.stage.speed = 1
        let text = try markdown(run)
        #expect(!text.contains("compressed") && !text.contains("stand for"))
        #expect(!text.contains("in the scenario"))
        #expect(text.contains("the thief was cut off after 3.1 seconds, with 1,530"))
    }

    @Test("a prediction of records lost that is off is marked and said to be")
    func off() throws {
        var run = FixedDrill.whole
        run.acts[2].prediction.lost.mean = 1_700
        let text = try markdown(run)
        #expect(text.contains(" **1.11, off** |"))
        #expect(
            text.contains(
                "**The prediction of records lost is off**, outside 0.9 to 1.1: with token bucket "
                    + "500/s, burst 100, watched, 1,700 (1,590 to 1,610) predicted and 1,530 "
                    + "(1,430 to 1,630) measured, predicted over measured 1.11."))
        #expect(!text.contains("cannot tell"))
        // One theft in five that is far from the others widens the interval.
        run.acts[2].thefts[4].lost = 2_630
        run.acts[2].prediction.lost.mean = 2_000
        let wide = try markdown(run)
        #expect(wide.contains("so that 5 thefts cannot tell whether that is chance."))
        run.acts[2].prediction.lost.mean = 1_730
        #expect(try !markdown(run).contains("is off"))
    }

    @Test("an alarm that nobody answers is told with what it cost, and held against no model")
    func unanswered() throws {
        var run = FixedDrill.whole
        run.acts[2].thefts[1] = FixedDrill.theft(
            .watchOver, alarm: 2, end: 8, lost: 4_000, unanswered: "the responder ended with 9")
        let summary = DrillReport(run).summary
        #expect(
            summary.contains(
                "Repetition 2 of token bucket 500/s, burst 100, watched: The responder ended with "
                    + "9. The theft went on for 6 seconds of the drill, which stand for 6 minutes "
                    + "after it, and about 3,000 of his 4,000 records left in that time."),
            "\(summary)")
        #expect(summary.contains("in 1 of 5, the thief held 4,000 of 20,000 rows (20 %)"))
        let lost = DrillComparison(.recordsLost, of: run.acts[2])
        #expect(lost.thefts == 4 && lost.measured?.mean == 1_542.5)
        #expect(DrillComparison(.alarm, of: run.acts[2]).thefts == 5)
        let text = try markdown(run)
        #expect(text.contains("1 theft with an alarm that nobody answered, left out of"))
    }

    @Test("a wrong record is the first thing said")
    func wrong() throws {
        var run = FixedDrill.whole
        run.acts[1].thefts[3].wrong = 2
        run.ending = "it was interrupted"
        let summary = DrillReport(run).summary
        #expect(summary.hasPrefix("WRONG RECORDS: 2 of the records that the thief got"))
        #expect(summary.contains("(repetition 4 of token bucket 500/s, burst 100, unwatched)"))
        #expect(!summary.contains("none was wrong"))
        #expect(try markdown(run).contains("| **2** |"))
    }

    @Test("somebody else's revocation is told with both names")
    func bystander() {
        var run = FixedDrill.whole
        run.acts[2].thefts[0].revoked = "front-end-2"
        let summary = DrillReport(run).summary
        #expect(summary.contains("Somebody else was revoked, in 1 of 5 revocations."))
        #expect(summary.contains("`front-end-2` was revoked, and the thief called as `thief`."))
        #expect(!summary.contains("Nobody but the thief"))
    }

    @Test("readers who are refused or fail are counted")
    func refusedReaders() throws {
        var run = FixedDrill.whole
        run.acts[1].thefts = run.acts[1].thefts.map { theft in
            var theft = theft
            theft.during = FixedDrill.service(8, response: 0.011, denied: 400)
            theft.during.errors = 1
            return theft
        }
        let summary = DrillReport(run).summary
        // 2,000 of 10,005 calls.
        #expect(summary.contains("20 % of their calls were refused"), "\(summary)")
        #expect(summary.contains("and 5 failed otherwise"))
        let text = try markdown(run)
        #expect(
            try row("legitimate calls denied", under: "2. token bucket", in: text)
                == "legitimate calls denied | 0 % | 20 % | measured, but not predicted")
    }

    @Test("a thief under the threshold is told of with what saw him")
    func detectors() throws {
        var run = FixedDrill.run([FixedDrill.watched])
        run.stage.canaries = 20
        run.stage.budget = RecordCount(5_000)
        run.acts[0].prediction.canary = DrillPrediction.Figure(mean: 900, p50: 700, p95: 2_500)
        run.acts[0].prediction.budget = DrillPrediction.Figure(mean: 5_000, p50: 5_000, p95: 5_000)
        run.acts[0].thefts = (0..<5).map { index in
            var theft = FixedDrill.theft(.watchOver, end: 8, lost: 4_000)
            if index < 4 {
                theft.canary = DrillTheft.Detection(
                    seconds: 2, records: 1_000 + 100 * UInt64(index))
            }
            return theft
        }
        let summary = DrillReport(run).summary
        #expect(
            summary.contains(
                "watched, a canary gave him away in 4 of 5 thefts, at 1,150 records after 2 "
                    + "seconds; he stayed under the threshold, and no alarm was raised."),
            "\(summary)")
        let text = try markdown(run)
        let act = "1. token bucket"
        #expect(
            try row("records until a canary", under: act, in: text).contains(
                ", in 4 of 5 | seen in 4 of 5 only"))
        #expect(
            try row("records until the budget", under: act, in: text).contains(
                "5,000 | none | not reached: he held 4,000 at most"))
        #expect(
            try row("time to alarm", under: act, in: text).contains(
                "2 seconds | none | predicted, but did not happen"))
    }

    @Test("a drill that was cut off reports what there is")
    func partial() throws {
        var run = FixedDrill.whole
        run.ending = "it was interrupted"
        run.acts[2].thefts = []
        run.acts[1].thefts = [FixedDrill.theft(.broken, end: 1, lost: 10)]
        run.dumps = [DrillDump(kind: .clear, records: 0, calls: 0, seconds: [])]
        let report = DrillReport(run)
        #expect(
            report.summary.hasPrefix(
                "This drill ended before its last theft. It was interrupted.\n\n"
                    + "1 theft broke off (repetition 1 of token bucket 500/s, burst 100, "
                    + "unwatched) and is in no comparison."), "\(report.summary)")
        #expect(report.summary.contains("watched: no theft was staged."))
        #expect(report.summary.contains("unwatched: every theft broke off."))
        #expect(!report.summary.contains("Without an anchor"))
        let charts = report.files.map(\.name).filter { $0.hasSuffix(".svg") }
        #expect(charts == ["charts/story-act-1.svg", "charts/records-lost.svg"])
        #expect(
            try row("records lost", under: "3. token bucket", in: markdown(run))
                .contains("no theft to compare"))
        let empty = DrillReport(FixedDrill.run([]))
        #expect(empty.summary.contains("No theft was staged"))
        #expect(!empty.files.contains { $0.name.hasSuffix(".svg") })
    }
}
