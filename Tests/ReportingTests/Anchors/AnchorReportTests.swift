import Exposure
import Foundation
import Results
import Testing
import Units

@testable import Reporting

@Suite("The report of several anchors")
struct AnchorReportTests {
    private func markdown(_ runs: [(name: String, run: Run)]) throws -> String {
        try #require(AnchorReport(runs).files.first { $0.name == "report.md" }).text
    }

    private func ranking(
        _ subject: String = "aes-gcm-256/256B", of runs: [(name: String, run: Run)]
    ) throws -> AnchorRanking {
        let anchors = runs.map { MeasuredAnchor(name: $0.name, run: $0.run) }
        return try #require(
            AnchorComparison(anchors).rankings.first { $0.subject == subject })
    }

    /// A section of the page, from its heading to the next one.
    private func section(_ heading: String, of text: String) throws -> String {
        let rest = try #require(text.split(separator: "\n## \(heading)\n").dropFirst().first)
        return String(rest.split(separator: "\n## ")[0])
    }

    @Test(
        "a report's files are written as they were when their golden files were reviewed",
        arguments: [
            "report.md", "anchors.csv", "charts/rank-aes-gcm-256-256B.svg",
            "charts/throughput-aes-gcm-256-256B.svg",
        ])
    func golden(_ name: String) throws {
        let report = AnchorReport(FixedAnchors.all)
        let text = try #require(report.files.first { $0.name == name }).text
        try GoldenFile.expect(
            text, toMatch: "Golden/Anchors/\(name.replacing("charts/", with: ""))", digits: 9)
    }

    @Test("there is a table, a page, and for each subject a ranking and a throughput chart")
    func files() {
        #expect(
            AnchorReport(FixedAnchors.all).files.map(\.name) == [
                "anchors.csv", "report.md", "charts/rank-aes-gcm-256-256B.svg",
                "charts/throughput-aes-gcm-256-256B.svg", "charts/rank-rsa-oaep-2048-32B.svg",
                "charts/throughput-rsa-oaep-2048-32B.svg",
            ])
    }

    @Test("anchors are ranked by the factor that each run's own report has")
    func factors() throws {
        let ranking = try ranking(of: FixedAnchors.all)
        #expect(ranking.ranked.map(\.anchor.name) == ["soft-stored", "soft-session", "quick"])
        for figures in ranking.ranked {
            let model = ExposureModel(figures.anchor.run)
            let open = try #require(
                model.projections.first { $0.throttle == .none && $0.subject == ranking.subject })
            let own = try #require(open.theft(of: RecordCount(10_000_000)).anchorFactor)
            let factor = try #require(figures.factor)
            #expect(abs(factor.estimate / own - 1) < 1e-12)
            let (low, high) = (try #require(factor.low), try #require(factor.high))
            #expect(low < factor.estimate && factor.estimate < high)
        }
        // 800,000 over 20,000, but for geometric means.
        let first = try #require(ranking.ranked.first?.factor?.estimate)
        #expect(abs(first - 40) < 0.1)
        #expect(ranking.ranked.first?.best?.cell.loadName == "closed-4x2")
    }

    @Test("the same rounds in both cells leave the factor no room")
    func interval() throws {
        let device = FixedAnchors.Device(cells: [
            FixedAnchors.cell(1, rates: [1_000, 2_000, 4_000]),
            FixedAnchors.baseline(rates: [10_000, 20_000, 40_000]),
        ])
        let factor = try #require(try ranking(of: [("a", device.run)]).ranked.first?.factor)
        let (low, high) = (try #require(factor.low), try #require(factor.high))
        #expect(abs(low - 10) < 1e-9 && abs(high - 10) < 1e-9 && abs(factor.estimate - 10) < 1e-9)
        let once = FixedAnchors.Device(cells: [
            FixedAnchors.cell(1, rates: [1_000]), FixedAnchors.baseline(rates: [10_000]),
        ])
        let single = try #require(try ranking(of: [("a", once.run)]).ranked.first?.factor)
        #expect(single.low == nil && single.high == nil && abs(single.estimate - 10) < 1e-9)
    }

    @Test("what a run says of joined records moves no anchor, and is told")
    func joined() throws {
        var run = FixedAnchors.stored.run
        run.scenario.exposure.recordsPerOperation = 64
        let runs: [(name: String, run: Run)] = [("a", FixedAnchors.stored.run), ("b", run)]
        let factors = try ranking(of: runs).ranked.compactMap { $0.factor?.estimate }
        #expect(factors.count == 2 && factors[0] == factors[1])
        #expect(try markdown(runs).contains("**`b` opens several records with one call**"))
    }

    @Test("the findings say who holds strongest, who scales, and who is unfair")
    func findings() {
        let summary = AnchorReport(FixedAnchors.all).summary
        for part in [
            "Strongest is `soft-stored`: a theft takes 40×",
            "Weakest is `quick`: a theft takes 1× ",
            "for 10 million records",
            "More threads in one process make `quick` (2× at closed-4) faster; they make "
                + "`soft-stored` (0.702× at closed-4) slower; they change nothing that is clear "
                + "for `soft-session` (1.01× at closed-4).",
            "More processes make `soft-stored` (2× at closed-4x2) and `soft-session` "
                + "(1.98× at closed-4x2) faster; they change nothing that is clear for `quick`",
            "Unfair is `soft-stored` (0.3 at closed-4, at worst 0.1)",
            "Callers stand still at times on `soft-stored` (300× at closed-4)",
            "Not ranked: `quick` (INVALID: the token lists no CKM_RSA_PKCS_OAEP, and "
                + "C_DecryptInit answers CKR_MECHANISM_INVALID); `soft-stored` and `soft-session` "
                + "(its run holds no closed load of it without a throttle)",
            "Only `slow` can be ranked: a theft takes 50×",
        ] { #expect(summary.contains(part), "\(part)\n\(summary)") }
        #expect(!summary.contains("**"))
        #expect(!summary.contains("overlap") && !summary.contains("Nobody is unfair"))
    }

    @Test("anchors whose intervals overlap are not told apart")
    func overlap() throws {
        var other = FixedAnchors.stored
        other.cells[2] = FixedAnchors.cell(
            4, processes: 2, rates: [20_000, 19_000, 22_000, 20_500], shares: [1, 1, 1, 1])
        let summary = AnchorReport([
            ("a", FixedAnchors.stored.run), ("b", other.run), ("c", FixedAnchors.quick.run),
        ]).summary
        #expect(
            summary.contains(
                "The intervals of `a` and `b` overlap: which of these is the strongest is not "
                    + "shown."), "\(summary)")
    }

    @Test("an anchor that lacks a subject or a baseline is listed with the reason, never dropped")
    func unranked() throws {
        var bare = FixedAnchors.session
        bare.cells.removeLast()
        let runs: [(name: String, run: Run)] = [
            ("stored", FixedAnchors.stored.run), ("bare", bare.run),
            ("slow", FixedAnchors.slow.run),
        ]
        let ranking = try ranking(of: runs)
        #expect(ranking.ranked.map(\.anchor.name) == ["stored"])
        #expect(ranking.unranked.map(\.anchor.name) == ["bare", "slow"])
        let text = try section("The ranking", of: try markdown(runs))
        #expect(
            text.contains(
                "- `bare`: 60,000/s (58,700–61,300) at closed-4x2, but nothing valid with the key "
                    + "in memory to compare with\n"), "\(text)")
        #expect(
            text.contains("- `slow`: its run holds no closed load of it without a throttle\n"))
        // What it did is in the other tables all the same.
        #expect(try section("How they scale", of: try markdown(runs)).contains("| `bare` "))
    }

    @Test("without two anchors on one subject there is nothing to compare, and it says so first")
    func nothingShared() {
        let report = AnchorReport([
            ("a", FixedAnchors.stored.run), ("b", FixedAnchors.slow.run),
        ])
        #expect(report.summary.hasPrefix("Nothing can be compared: no two of the runs"))
        let none = AnchorReport([
            ("a", FixedRun.run(cells: [])), ("b", FixedRun.run(cells: [])),
        ])
        #expect(none.summary.hasPrefix("Nothing can be compared"))
        #expect(none.files.map(\.name) == ["anchors.csv", "report.md"])
    }

    @Test("what a folder is named breaks no table and no sentence")
    func names() throws {
        let text = try markdown([
            ("a|b", FixedAnchors.stored.run), ("c*<d", FixedAnchors.session.run),
        ])
        // The ranking, the scaling, the fairness and the provenance begin a row with it.
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `a\\|b` ") }
        #expect(rows.count == 4, "\(text)")
        #expect(text.contains("`c*<d`"))
    }
}
