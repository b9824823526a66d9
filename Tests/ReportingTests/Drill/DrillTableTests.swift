import Results
import Testing

@testable import Reporting

@Suite("The tables of a drill")
struct DrillTableTests {
    private func rows(_ name: String, _ run: DrillRun) throws -> CSVRows {
        let file = try #require(DrillReport(run).files.first { $0.name == name })
        return try CSVRows(parsing: file.text)
    }

    @Test("drill.csv has a row a theft that says what the theft says")
    func thefts() throws {
        var run = FixedDrill.whole
        run.acts[2].thefts[4].canary = DrillTheft.Detection(seconds: 0.5, records: 250)
        run.acts[2].thefts[4].unanswered = "nobody, at all"
        let table = try rows("drill.csv", run)
        #expect(table.rows.count == 15)
        let row = table.rows[14]
        let expected = [
            "act": "3", "throttle": "token-bucket-500ps-100", "watched": "yes",
            "repetition": "5", "phase": "0.6", "ending": "revoked", "identity": "thief",
            "alarm_s": "2.3", "revocation_s": "3.3", "revoked": "thief", "last_record_s": "3.3",
            "records_lost": "1630", "wrong_records": "0", "thief_denied": "3", "canary_s": "0.5",
            "canary_records": "250", "legitimate_before_per_second": "200.0",
            "legitimate_denied_during": "0", "legitimate_errors": "0",
            "legitimate_mean_response_during_s": "0.011", "unanswered": "nobody, at all",
            "predicted_alarm_s": "2.0", "predicted_containment_s": "3.0",
            "predicted_records_lost": "1600.0",
        ]
        for (column, value) in expected { #expect(row[column] == value, "\(column)") }
        #expect(row["budget_s"] == nil && row["budget_records"] == nil)
        #expect(table.rows[0]["ending"] == "everything" && table.rows[0]["alarm_s"] == nil)
        #expect(table.rows[0]["predicted_alarm_s"] == nil)
        #expect(table.rows[5]["ending"] == "watch-over" && table.rows[5]["watched"] == "no")
    }

    @Test("predictions.csv has a row a defence and figure, with the ratio where there is one")
    func predictions() throws {
        let table = try rows("predictions.csv", FixedDrill.whole)
        func row(_ act: String, _ figure: String) throws -> CSVRows.Row {
            try #require(table.rows.first { $0["act"] == act && $0["figure"] == figure })
        }
        let lost = try row("3", "records-lost")
        let numbers: [(String, Double)] = [
            ("predicted_mean", 1_600), ("predicted_low", 1_590), ("predicted_high", 1_610),
            ("predicted_p95", 1_800), ("measured_mean", 1_530),
            // 2.776445 is the 97.5th percentile of t with four degrees of freedom.
            ("measured_low", 1_530 - 2.776445 * 79.056942 / 5.0.squareRoot()),
            ("measured_high", 1_530 + 2.776445 * 79.056942 / 5.0.squareRoot()),
            ("predicted_over_measured", 1_600 / 1_530.0),
        ]
        for (column, value) in numbers {
            let found = try #require(lost[column].flatMap { Double($0) }, "\(column)")
            #expect(abs(found / value - 1) < 1e-5, "\(column): \(found)")
        }
        #expect(lost["thefts"] == "5" && lost["happened"] == "5" && lost["unit"] == "records")
        let alarm = try row("2", "alarm")
        #expect(alarm["happened"] == "0" && alarm["predicted_over_measured"] == nil)
        #expect(!table.rows.contains { $0["figure"] == "canary" })
    }

    @Test("periods.csv has every period, and they add up to what was lost")
    func periods() throws {
        let table = try rows("periods.csv", FixedDrill.whole)
        let theft = table.rows.filter { $0["act"] == "3" && $0["repetition"] == "1" }
        #expect(theft.first?["start_s"] == "-2.4" && theft.first?["legitimate"] == "200")
        let thief = theft.compactMap { $0["thief"].flatMap { UInt64($0) } }
        #expect(thief.count == theft.count && thief.reduce(0, +) == 1_430)
        #expect(theft.last?["records_lost"] == "1430")
        let all = FixedDrill.whole.acts.flatMap(\.thefts).flatMap(\.periods)
        #expect(table.rows.count == all.count)
    }
}
