import GateState
import Testing
import Throttling
import Units

@testable import Reporting

@Suite("The page of a gate")
struct GateStatusPageTests {
    private static func page(_ snapshot: GateSnapshot) -> String {
        GateStatusPage(snapshot) { "CKR_\($0)" }.text
    }

    @Test("the page is as it was reviewed")
    func golden() throws {
        try GoldenFile.expect(
            Self.page(FixedGate.busy), toMatch: "Golden/GateMetrics/busy.txt")
        try GoldenFile.expect(
            Self.page(FixedGate.empty), toMatch: "Golden/GateMetrics/empty.txt")
    }

    @Test("the largest record is what the burst holds, where bytes are charged")
    func largest() {
        #expect(Self.page(FixedGate.busy).contains("records of 13,600 bytes"))
        var snapshot = FixedGate.busy
        snapshot.configuration.policy.charge = .operation
        #expect(!Self.page(snapshot).contains("records of"))
        snapshot.configuration.policy = Policy(
            .concurrency(RecordCount(2)), charge: .bytes(ByteCount(16)))
        #expect(!Self.page(snapshot).contains("records of"))
    }

    @Test("a gate that is shut says so, and since when")
    func closed() {
        var snapshot = FixedGate.busy
        snapshot.closedSince = snapshot.taken - .seconds(120)
        #expect(Self.page(snapshot).contains("NOBODY: everybody was revoked 2 minutes ago"))
    }

    @Test("canaries stand on the page of a gate that looks for them, with who met one and when")
    func canaries() {
        let page = Self.page(FixedGate.withCanaries)
        let lines = page.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("canaries  ") && $0.contains(" for 1,200 records ") })
        let columns = lines.first { $0.hasPrefix("identity ") }
        #expect(columns?.hasSuffix("revoked         canaries") == true, "\(page)")
        let thief = lines.first { $0.hasPrefix("uid:1000 ") }
        #expect(thief?.hasSuffix("50 seconds ago  3, the last 1 minute ago") == true, "\(page)")
        let web = lines.first { $0.hasPrefix("web ") }
        #expect(web?.hasSuffix("just now        —               —") == true, "\(page)")
        #expect(!Self.page(FixedGate.busy).contains("canaries"))
        var single = FixedGate.withCanaries
        single.canaries = 1
        #expect(Self.page(single).contains("looks for 1 record that nobody"))
    }

    @Test("who is let in depends on names and room")
    func entry() {
        var snapshot = FixedGate.busy
        #expect(Self.page(snapshot).contains("any identity but the 1 revoked; room for 1 more"))
        #expect(Self.page(snapshot).contains("under each new name (room for 1)\n"))
        snapshot.configuration.capacity = 3
        #expect(Self.page(snapshot).contains("there is no room for another"))
        #expect(!Self.page(snapshot).contains("new name"))
        snapshot.configuration.isClosed = true
        #expect(Self.page(snapshot).contains("only the identities below but the 1 revoked"))
    }

    @Test("a name cannot break a line of the page")
    func oneLine() {
        let lines = Self.page(FixedGate.busy).split(whereSeparator: \.isNewline)
        #expect(lines.count { $0.contains(":x,%|") } == 1)
        #expect(!Self.page(FixedGate.busy).unicodeScalars.contains("\u{2028}"))
    }

    @Test("a period's line names who called most, and the running one is told apart")
    func periodLines() {
        let lines = GatePeriodLines(FixedGate.busy)
        let start = FixedGate.noon.count / 60_000_000_000
        #expect(lines.end == start)
        #expect(
            lines.lines(from: start - 2) == [
                "2026-03-01T11:58:00Z  5 admitted, 1 throttled, 0 revoked; most by web: 5",
                "2026-03-01T11:59:00Z  1,500 admitted, 4,002 throttled, 60 revoked; "
                    + "most by uid:1000: 4,960",
            ])
        #expect(
            lines.running
                == "12:00:00Z +30s  300 admitted, 0 throttled, 18 revoked; "
                + "most by web: 300")
        #expect(GatePeriodLines(FixedGate.empty).lines(from: 0).isEmpty)
    }
}
