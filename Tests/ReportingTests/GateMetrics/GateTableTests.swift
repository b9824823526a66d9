import GateState
import Results
import Testing
import Units

@testable import Reporting

@Suite("Counts of a gate as a table")
struct GateTableTests {
    @Test("the rows are as they were reviewed")
    func golden() throws {
        try GoldenFile.expect(
            GateTable(FixedGate.busy).text, toMatch: "Golden/GateMetrics/busy.csv")
    }

    @Test("a reader of CSV gets every count and every name back")
    func readBack() throws {
        let rows = try CSVRows(parsing: GateTable(FixedGate.busy).text).rows
        for identity in FixedGate.busy.identities {
            let own = rows.filter { $0["identity"] == identity.name }
            let kept = identity.periods
            #expect(own.count == kept.count)
            #expect(
                own.compactMap { $0["admitted"].flatMap(UInt64.init) }
                    == kept.map(\.calls.admitted))
            #expect(
                own.compactMap { $0["units"].flatMap(UInt64.init) } == kept.map(\.units))
        }
    }

    @Test("a gate without a call has a header and no row")
    func empty() throws {
        let text = GateTable(FixedGate.empty).text
        #expect(
            text
                == "period_start,period_seconds,identity,admitted,throttled,revoked,units\r\n")
    }

    @Test("a gate that seems to be made in the future, as its clock was set back, is told of too")
    func setBack() throws {
        var snapshot = FixedGate.busy
        snapshot.created = snapshot.taken + .seconds(100_000)
        #expect(GateTable(snapshot).text == GateTable(FixedGate.busy).text)
        snapshot.identities = []
        #expect(try CSVRows(parsing: GateTable(snapshot).text).rows.isEmpty)
    }

    @Test(
        "an instant is read back as it was written",
        arguments: [0, 1, 999_999_999, 1_500_000_000, 1_772_366_400_000_000_000, 10_000_000])
    func instants(count: Int64) {
        let instant = Nanoseconds(count)
        #expect(InstantText.instant(InstantText.text(instant)) == instant)
    }

    @Test(
        "what is no instant is read as none",
        arguments: [
            "", "Z", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00.Z",
            "2026-03-01T12:00:00.1.2Z", "2026-03-01T12:00:00.-1Z", "noonZ",
        ])
    func noInstants(text: String) { #expect(InstantText.instant(text) == nil) }

    @Test("seconds are exact")
    func seconds() {
        #expect(InstantText.seconds(.milliseconds(1_250)) == "1.25")
        #expect(
            InstantText.seconds(Nanoseconds(1_772_366_430_000_000_001))
                == "1772366430.000000001")
        #expect(InstantText.seconds(.zero) == "0")
    }
}
