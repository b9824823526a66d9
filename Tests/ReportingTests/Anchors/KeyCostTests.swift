import Results
import Testing
import Units

@testable import Reporting

@Suite("What a stored key costs")
struct KeyCostTests {
    private func costs(_ runs: [(name: String, run: Run)]) -> KeyCosts {
        AnchorComparison(runs.map { MeasuredAnchor(name: $0.name, run: $0.run) }).keyCosts
    }

    private func pair(
        _ stored: FixedAnchors.Device = FixedAnchors.stored,
        _ session: FixedAnchors.Device = FixedAnchors.session
    ) -> [(name: String, run: Run)] {
        [("stored", stored.run), ("session", session.run)]
    }

    @Test("each load that both kinds of keys were measured under is a row with its ratio")
    func rows() throws {
        let costs = costs(pair())
        #expect(costs.rows.map(\.load) == ["closed-1", "closed-4", "closed-4x2"])
        let one = try #require(costs.rows.first)
        #expect(one.stored.name == "stored" && one.session.name == "session")
        // The median of the sixteen ratios of 29 to 31 over 9 to 11.
        #expect(abs(one.ratio.estimate - 3) < 0.05, "\(one.ratio)")
        let (low, high) = (try #require(one.ratio.low), try #require(one.ratio.high))
        #expect(low > 2.5 && low < 3 && high > 3 && high < 3.5, "\(one.ratio)")
        #expect(costs.headline.map(\.load) == ["closed-1"])
        let summary = AnchorReport(pair()).summary
        #expect(
            summary.contains(
                "- SoftHSM v2, aes-gcm-256/256B at closed-1: with a key of the session (`session`) "
                    + "it does 3"), "\(summary)")
    }

    @Test("three rounds of each give an estimate without bounds")
    func fewRounds() throws {
        func device(_ key: KeyKind, _ rates: [UInt64]) -> FixedAnchors.Device {
            FixedAnchors.Device(key: key, cells: [FixedAnchors.cell(1, key: key, rates: rates)])
        }
        let row = try #require(
            costs(pair(device(.token, [10, 10, 10]), device(.session, [30, 30, 30]))).rows.first)
        #expect(abs(row.ratio.estimate - 3) < 1e-12)
        #expect(row.ratio.low == nil && row.ratio.high == nil)
    }

    @Test("another module, another kind of token or twice the same kind of key is no pair")
    func noPair() {
        var other = FixedAnchors.session
        other.module = "other"
        #expect(costs(pair(FixedAnchors.stored, other)).rows.isEmpty)
        other = FixedAnchors.session
        other.tokenModel = "another"
        #expect(costs(pair(FixedAnchors.stored, other)).rows.isEmpty)
        #expect(costs(pair(FixedAnchors.stored, FixedAnchors.stored)).rows.isEmpty)
        let summary = AnchorReport(pair(FixedAnchors.stored, other)).summary
        #expect(!summary.contains("stored key costs"))
    }

    @Test("without a digest of the module's file its path tells that it is the same")
    func byPath() {
        var runs = pair()
        for index in runs.indices {
            runs[index].run.provenance.anchor["module_sha256"] = .unavailable("no such file")
        }
        #expect(costs(runs).rows.count == 3)
        runs[0].run.provenance.anchor["module_path"] = .unavailable("no worker opened the anchor")
        #expect(costs(runs).rows.isEmpty)
    }

    @Test("runs of one module on unlike machines are told, and not set against each other")
    func unlikeMachines() throws {
        var other = FixedAnchors.session
        other.cpu = "Another CPU"
        let runs = pair(FixedAnchors.stored, other)
        let costs = costs(runs)
        #expect(costs.rows.isEmpty && costs.unlike.map(\.session.name) == ["session"])
        let text = try #require(AnchorReport(runs).files.first { $0.name == "report.md" }).text
        #expect(
            text.contains("`stored` and `session` are of one module on unlike machines"), "\(text)")
    }
}
