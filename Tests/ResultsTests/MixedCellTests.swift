import Foundation
import Latency
import Results
import Testing
import Throttling
import Units

@Suite("Cells of mixed loads, and what their calls hand over")
struct MixedCellTests {
    private static func cells(
        clients: Int = 4, callers: Int = 16, attackers: Int = 1, processes: Int = 1,
        throttle: Policy = Samples.bucket
    ) -> [Cell] {
        Samples.cell(processes: processes, throttle: throttle).classes(
            of: MixedLoad(
                legitimate: OpenRate(Rate(200), .poisson), callers: callers, clients: clients,
                attackers: attackers))
    }

    @Test("both classes of a mixed load share a key, and the class tells them apart")
    func names() {
        let cells = Self.cells()
        let key = "aes-gcm-256/256B/mixed-200ps-poisson-1/token-bucket-500ps-100"
        #expect(cells.map(\.key) == [key, key])
        #expect(cells.map(\.classedKey) == [key + "/legitimate", key + "/attacker"])
        #expect(cells.map(\.callerClass) == [.legitimate, .attacker])
        #expect(cells.map(\.callers) == [16, 1])
        #expect(cells.map { $0.open?.rate } == [Rate(200), nil])
        #expect(cells.map(\.otherClass) == [cells[1], cells[0]])
        #expect(cells.allSatisfy { !$0.showsCapacity })
        #expect(Samples.cell().classedKey == Samples.cell().key && Samples.cell().otherClass == nil)
    }

    @Test("the key of a mixed load names what is not usual")
    func unusual() {
        let names = [
            (Self.cells(attackers: 3), "mixed-200ps-poisson-3"),
            (Self.cells(clients: 1), "mixed-200ps-poisson-1-1-clients"),
            (Self.cells(callers: 4), "mixed-200ps-poisson-1-4-callers"),
            (
                Self.cells(clients: 9, callers: 4, processes: 2),
                "mixed-200ps-poisson-1-9-clients-4-callersx2"
            ),
        ]
        for (cells, name) in names { #expect(cells.allSatisfy { $0.loadName == name }) }
    }

    @Test(
        "a call hands over the record's ciphertext, and is charged for every started unit of it",
        arguments: [
            ("aes-gcm", 256, 256, 272, 2), ("aes-gcm", 240, 256, 256, 1),
            ("aes-cbc-pad", 256, 256, 272, 2), ("aes-cbc-pad", 255, 256, 256, 1),
            ("aes-cbc-pad", 1, 256, 16, 1), ("aes-ctr", 256, 256, 256, 1),
            ("aes-ctr", 257, 256, 257, 2), ("rsa-oaep", 32, 2_048, 256, 1),
            ("rsa-pkcs", 32, 3_072, 384, 2), ("aes-key-wrap", 32, 256, 40, 1),
            ("hmac-sha256", 4_096, 256, 4_096, 16),
        ])
    func requestBytes(
        _ mechanism: String, record: Int, bits: Int, expected: Int, units: UInt64
    ) {
        var throttle = Samples.bucket
        var cell = Samples.cell(
            mechanism: mechanism, keyBits: bits, recordBytes: record, throttle: throttle)
        #expect(cell.requestBytes == expected && cell.units == 1)
        throttle.charge = .bytes(ByteCount(256))
        cell.throttle = throttle
        #expect(cell.units == units)
    }

    @Test("a cell that an earlier version stored is read with what follows from the rest")
    func earlier() throws {
        let json = """
            {"anchor":"softhsm","callers":4,"keyBits":256,"keyKind":"token","mechanism":"aes-gcm",
             "operation":"decrypt","processes":1,"recordBytes":256,"throttle":{"kind":"none"}
            """
        let closed = try JSONDecoder().decode(Cell.self, from: Data((json + "}").utf8))
        #expect(closed == Samples.cell(throttle: .none))
        #expect(closed.requestBytes == 272 && closed.callerClass == .attacker)
        let open = try JSONDecoder().decode(
            Cell.self,
            from: Data((json + #","open":{"rate":"2k/s","arrivals":"poisson"}}"#).utf8))
        #expect(open.callerClass == .legitimate && open.mixed == nil)
        let absurd = json.replacing(#""recordBytes":256"#, with: #""recordBytes":\#(Int.max)"#)
        #expect(try JSONDecoder().decode(Cell.self, from: Data((absurd + "}").utf8)).units == 1)
    }

    @Test("a mixed cell survives its JSON, and one that was damaged is an error, not a crash")
    func roundTrip() throws {
        for cell in Self.cells(clients: 7, attackers: 2) {
            let data = try JSONEncoder().encode(cell)
            #expect(try JSONDecoder().decode(Cell.self, from: data) == cell)
            let text = String(decoding: data, as: UTF8.self)
            for count in ["0", "-4", "99999999999"] {
                let damaged = text.replacing(#""clients":7"#, with: #""clients":\#(count)"#)
                #expect(throws: DecodingError.self) {
                    try JSONDecoder().decode(Cell.self, from: Data(damaged.utf8))
                }
            }
        }
    }

    @Test("each class has a row of its own with its own figures")
    func rows() throws {
        let cells = Self.cells()
        func result(_ cell: Cell, operations: UInt64, denied: UInt64) -> CellResult {
            let isOpen = cell.open != nil
            var pooled = PooledHistograms([
                .service: Samples.histogram(operations),
                .throttleWait: Samples.histogram(operations),
            ])
            if isOpen { pooled[.response] = Samples.histogram(operations) }
            var result = CellResult(cell)
            result.add(
                Round(
                    number: 1, order: 3, verdict: Verdict(), seconds: 2, operations: operations,
                    denied: denied, errors: [:], latency: pooled.figures, admitted: operations,
                    cpuNanosecondsPerOperation: nil,
                    open: isOpen ? OpenCounts(scheduled: 400, backlog: 3) : nil,
                    decisionNanoseconds: 41.5), pooled: pooled)
            return result
        }
        let run = Samples.run([
            result(cells[0], operations: 390, denied: 7),
            result(cells[1], operations: 610, denied: 1_000),
        ])
        let table = run.cellsTable
        let rows = table.rows.map { Dictionary(uniqueKeysWithValues: zip(table.columns, $0)) }
        #expect(rows.map { $0["cell"] } == Array(repeating: .text(cells[0].key), count: 2))
        #expect(rows.map { $0["class"] } == ["legitimate", "attacker"])
        #expect(rows.map { $0["load"] } == Array(repeating: "mixed-200ps-poisson-1", count: 2))
        #expect(rows.map { $0["threads"] } == [.integer(16), .integer(1)])
        #expect(rows.map { $0["offered_per_second"] } == [.number(200), .empty])
        #expect(rows.map { $0["operations"] } == [.count(390), .count(610)])
        #expect(rows.map { $0["denied"] } == [.count(7), .count(1_000)])
        #expect(rows.map { $0["backlog"] } == [.count(3), .empty])
        #expect(rows[0]["response_p50_ns"] != .empty && rows[1]["response_p50_ns"] == .empty)
        #expect(rows.map { $0["decision_ns"] } == [.number(41.5), .number(41.5)])
        #expect(run.roundsTable.rows.map { $0[1] } == ["legitimate", "attacker"])
        #expect(try Run(json: try run.json()) == run)
    }

    @Test("a scenario's mixed loads are stored where there are any, and a file without is read")
    func scenario() throws {
        var scenario = Samples.scenario
        let plain = String(decoding: try JSONEncoder().encode(scenario), as: UTF8.self)
        #expect(!plain.contains("mixed"))
        #expect(try JSONDecoder().decode(Scenario.self, from: Data(plain.utf8)) == scenario)
        scenario.load.mixed = [
            MixedLoad(legitimate: OpenRate(Rate(200), .constant), attackers: 2)
        ]
        let data = try JSONEncoder().encode(scenario)
        #expect(try JSONDecoder().decode(Scenario.self, from: data) == scenario)
    }
}
