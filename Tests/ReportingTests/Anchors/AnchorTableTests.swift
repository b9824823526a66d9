import Results
import Testing
import Throttling
import Units

@testable import Reporting

@Suite("The table of several anchors")
struct AnchorTableTests {
    private func table(_ runs: [(name: String, run: Run)]) throws -> CSVRows {
        let text = try #require(AnchorReport(runs).files.first { $0.name == "anchors.csv" }).text
        return try CSVRows(parsing: text)
    }

    @Test("anchors.csv has the columns that other programs read, a row an anchor and subject")
    func columns() throws {
        let table = try table(FixedAnchors.all)
        let columns =
            "anchor subject operation mechanism key_bits key_kind record_bytes verdict reasons "
            + "best_load throughput_per_second throughput_low throughput_high anchor_factor "
            + "anchor_factor_low anchor_factor_high dataset_records seconds thread_gain "
            + "process_gain least_to_most_served service_p50_ns service_p99_ns service_p999_ns "
            + "module module_version"
        #expect(table.columns.joined(separator: " ") == columns)
        #expect(table.rows.count == 2 * 4)
        #expect(
            table.rows.map { $0["anchor"] } == [
                "soft-stored", "soft-session", "quick", "slow", "slow", "quick", "soft-stored",
                "soft-session",
            ])
    }

    @Test("a row says what its anchor did, with numbers that nobody has rounded")
    func values() throws {
        let row = try #require(try table(FixedAnchors.all).rows.first)
        let texts = [
            "subject": "aes-gcm-256/256B", "operation": "decrypt", "mechanism": "aes-gcm",
            "key_bits": "256", "key_kind": "token", "record_bytes": "256", "verdict": "VALID",
            "best_load": "closed-4x2", "dataset_records": "10000000", "module": "/opt/softhsm.so",
            "module_version": "2.6",
        ]
        for (column, text) in texts { #expect(row[column] == text, "\(column)") }
        #expect(row["reasons"] == nil)
        func number(_ column: String) throws -> Double {
            try #require(row[column].flatMap { Double($0) }, "\(column)")
        }
        let (rate, factor) = (try number("throughput_per_second"), try number("anchor_factor"))
        #expect(try number("throughput_low") < rate && number("throughput_high") > rate)
        #expect(try number("anchor_factor_low") < factor && number("anchor_factor_high") > factor)
        #expect(try number("service_p50_ns") <= number("service_p99_ns"))
        let expected = [
            "seconds": 10_000_000 / rate, "thread_gain": 0.701_62, "process_gain": 2.003_8,
            "least_to_most_served": 0.3, "anchor_factor": 40.023,
        ]
        for (column, value) in expected {
            let found = try number(column)
            #expect(abs(found / value - 1) < 1e-4, "\(column): \(found)")
        }
    }

    @Test("what could not be done has its reason, and empty fields for what is not known")
    func lacks() throws {
        let rows = try table(FixedAnchors.all).rows
        let invalid = try #require(
            rows.first { $0["anchor"] == "quick" && $0["mechanism"] == "rsa-oaep" })
        #expect(invalid["verdict"] == "INVALID" && invalid["key_bits"] == "2048")
        #expect(
            invalid["reasons"]
                == "the token lists no CKM_RSA_PKCS_OAEP, and C_DecryptInit answers "
                + "CKR_MECHANISM_INVALID")
        let absent = try #require(
            rows.first { $0["anchor"] == "slow" && $0["mechanism"] == "aes-gcm" })
        #expect(absent["verdict"] == nil)
        #expect(absent["reasons"] == "its run holds no closed load of it without a throttle")
        for row in [invalid, absent] {
            for column in ["best_load", "throughput_per_second", "anchor_factor", "seconds"] {
                #expect(row[column] == nil, "\(column)")
            }
        }
    }

    @Test("throttled, open and mixed loads are in no figure")
    func others() throws {
        var device = FixedAnchors.stored
        let plain = try table([("a", device.run)])
        for throttle in [FixedRun.bucket, FixedRun.window] {
            var cell = FixedAnchors.named(8, processes: 1, key: .token, mechanism: "aes-gcm")
            cell.throttle = throttle
            device.cells.append(FixedRun.result(cell, perSecond: [90_000, 90_000]))
        }
        var open = FixedAnchors.named(16, processes: 1, key: .token, mechanism: "aes-gcm")
        open.open = OpenRate(Rate(90_000), .constant)
        device.cells.append(FixedRun.result(open, perSecond: [90_000, 90_000]))
        #expect(try table([("a", device.run)]) == plain)
    }
}
