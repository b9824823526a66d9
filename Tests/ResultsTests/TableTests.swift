import Foundation
import Results
import Testing
import Throttling
import Units

@Suite("Cells and rounds become rows")
struct TableTests {
    private static let cellColumns = """
        cell,class,anchor,operation,mechanism,key_bits,key_kind,record_bytes,load,processes,\
        threads,offered_per_second,throttle,verdict,reasons,rounds,operations,denied,errors,\
        backlog,throughput_per_second,throughput_low,throughput_high,service_p50_ns,\
        service_p90_ns,service_p99_ns,service_p999_ns,service_max_ns,response_p50_ns,\
        response_p99_ns,response_p999_ns,throttle_wait_p50_ns,throttle_wait_p99_ns,\
        admitted_to_envelope,lateness_p99_ns,cpu_ns_per_operation,decision_ns
        """
    private static let roundColumns = """
        cell,class,round,order,verdict,reasons,seconds,operations,denied,errors,\
        throughput_per_second,service_p50_ns,service_p90_ns,service_p99_ns,response_p50_ns,\
        response_p99_ns,lateness_p99_ns,admitted_to_envelope,cpu_ns_per_operation
        """

    @Test("the columns are those of the documented interface, in its order")
    func columns() {
        let run = Samples.run([])
        #expect(run.cellsTable.columns.joined(separator: ",") == Self.cellColumns)
        #expect(run.roundsTable.columns.joined(separator: ",") == Self.roundColumns)
        #expect(run.cellsTable.text == Self.cellColumns + "\r\n")
    }

    @Test("a cell's row says what was run and what came of it")
    func cellRow() throws {
        let rounds = [
            Samples.round(1, operations: 1_000, denied: 3),
            Samples.round(2, operations: 1_000, errors: ["CKR_DEVICE_ERROR": 2]),
        ]
        let row = try row(
            of: Samples.run([Samples.result(rounds, of: Samples.cell(processes: 2))]).cellsTable)
        #expect(row["cell"] == "aes-gcm-256/256B/closed-4x2/token-bucket-500ps-100")
        #expect(row["class"] == "attacker" && row["anchor"] == "softhsm")
        #expect(row["operation"] == "decrypt" && row["mechanism"] == "aes-gcm")
        #expect(row["key_bits"] == "256" && row["key_kind"] == "token")
        #expect(row["record_bytes"] == "256" && row["load"] == "closed-4x2")
        #expect(row["processes"] == "2" && row["threads"] == "4")
        #expect(row["throttle"] == "token-bucket-500ps-100")
        #expect(row["verdict"] == "VALID" && row["reasons"]?.isEmpty == true)
        #expect(row["rounds"] == "2" && row["operations"] == "2000")
        #expect(row["denied"] == "3" && row["errors"] == "2")
        #expect(abs((Double(row["throughput_per_second"] ?? "") ?? 0) - 2_000) < 1e-6)
        #expect(row["cpu_ns_per_operation"] == "1250.5")
        // 2,000 calls support p99, not p99.9.
        #expect(row["service_p99_ns"]?.isEmpty == false && row["service_p999_ns"]?.isEmpty == true)
        for absent in ["offered_per_second", "backlog", "response_p50_ns", "lateness_p99_ns"] {
            #expect(row[absent]?.isEmpty == true, "\(absent)")
        }
    }

    @Test("the baseline's key is in memory, and an invalid round gives its reasons")
    func baselineRow() throws {
        let cell = Samples.cell(anchor: "openssl", keyKind: nil, throttle: .none)
        let result = Samples.result(
            [Samples.round(1, reasons: ["a wrong plaintext", "too few calls"])], of: cell)
        let row = try row(of: Samples.run([result]).cellsTable)
        #expect(row["cell"] == "aes-gcm-256/256B/closed-4/none/openssl")
        #expect(row["key_kind"] == "memory" && row["verdict"] == "INVALID")
        #expect(
            row["reasons"] == "a wrong plaintext (1 of 1 rounds); too few calls (1 of 1 rounds)")
        #expect(row["throughput_per_second"]?.isEmpty == true)
        #expect(row["throttle_wait_p50_ns"]?.isEmpty == true)
    }

    @Test("each round has a row of its own, with percentiles that its own calls support")
    func roundRows() throws {
        let rounds = [Samples.round(2, operations: 458), Samples.round(1, operations: 459)]
        let table = Samples.run([Samples.result(rounds)]).roundsTable
        #expect(table.rows.count == 2)
        let first = Dictionary(uniqueKeysWithValues: zip(table.columns, table.rows[0]))
        let second = Dictionary(uniqueKeysWithValues: zip(table.columns, table.rows[1]))
        #expect(first["round"] == .integer(1) && second["round"] == .integer(2))
        #expect(first["order"] == .integer(2) && first["seconds"] == .number(0.5))
        #expect(first["throughput_per_second"] == .number(918))
        #expect(first["service_p99_ns"] != .empty && second["service_p99_ns"] == .empty)
    }

    /// The only row of a table by the names of its columns.
    private func row(of table: CSVTable) throws -> [String: String] {
        let lines = table.text.components(separatedBy: "\r\n")
        #expect(lines.count == 3 && lines[2].isEmpty)
        let fields = lines[1].components(separatedBy: ",")
        try #require(fields.count == table.columns.count)
        return Dictionary(uniqueKeysWithValues: zip(table.columns, fields))
    }
}
