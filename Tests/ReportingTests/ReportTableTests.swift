import Exposure
import Reporting
import Results
import Testing
import Units

@Suite("The tables of a report")
struct ReportTableTests {
    @Test("exfiltration.csv has the columns that other programs read")
    func exfiltrationColumns() {
        let table = RunExposure(FixedRun.whole).exfiltrationTable
        let columns =
            "cell mechanism record_bytes throttle attacker identities records_per_operation "
            + "dataset_records rate_per_second seconds seconds_low seconds_high "
            + "seconds_under_demand anchor_factor bounded_by bypassable"
        #expect(table.columns.joined(separator: " ") == columns)
        // Two subjects, three throttles, three data sets.
        #expect(table.rows.count == 2 * 3 * 3)
    }

    @Test("windows.csv has the columns that other programs read")
    func windowColumns() {
        let table = RunExposure(FixedRun.whole).windowsTable
        let columns =
            "cell mechanism record_bytes throttle attacker identities dataset_records "
            + "window_seconds records_lost records_lost_low records_lost_high fraction_lost"
        #expect(table.columns.joined(separator: " ") == columns)
        #expect(table.rows.count == 2 * 3 * 3 * 3)
    }

    @Test("a row says what its projection says")
    func values() throws {
        let model = RunExposure(FixedRun.whole)
        let projection = try #require(model.model.projections.first)
        let theft = projection.theft(of: RecordCount(10_000))
        let row = try #require(model.exfiltrationTable.rows.first)
        let low = try #require(theft.low)
        let high = try #require(theft.high)
        let factor = try #require(theft.anchorFactor)
        #expect(
            row == [
                "aes-gcm-256/256B/closed-4x2/none", "aes-gcm", .integer(256), "none", "sprint",
                .integer(1), .count(1), .count(10_000), .number(theft.recordsPerSecond),
                .number(theft.seconds.value), .number(low.value), .number(high.value), .empty,
                .number(factor), "hsm", "no",
            ])
        #expect(low < theft.seconds && theft.seconds < high)
    }

    @Test("what is not available is an empty field")
    func emptyFields() throws {
        let cells = [FixedRun.result(FixedRun.cell(), perSecond: [100])]
        let model = RunExposure(FixedRun.run(cells: cells))
        let theft = try #require(model.exfiltrationTable.rows.first)
        for index in 10...13 { #expect(theft[index] == .empty) }
        let loss = try #require(model.windowsTable.rows.first)
        #expect(loss[9] == .empty && loss[10] == .empty)
    }
}
