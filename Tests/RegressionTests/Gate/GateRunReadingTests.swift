import Foundation
import Latency
import Regression
import Results
import Testing
import Units

@Suite("A stored run read for a gate")
struct GateRunReadingTests {
    private static func cell(anchor: String = "softhsm", callers: Int = 1) -> Cell {
        Cell(
            anchor: anchor, mechanism: "aes-gcm", keyBits: 256, keyKind: .token, recordBytes: 256,
            callers: callers, processes: 1, throttle: .none)
    }

    private static func round(
        _ number: Int, reasons: [String] = [], calls: UInt64 = 2_000,
        errors: [String: UInt64] = [:]
    ) -> Round {
        var histogram = LatencyHistogram()
        for call in 0..<calls { histogram.record(Nanoseconds(Int64(20_000 + call * 3))) }
        return Round(
            number: number, order: number, verdict: Verdict(reasons: reasons), seconds: 0.5,
            operations: calls, denied: 0, errors: errors,
            latency: [.service: LatencyFigures(histogram)], admitted: calls,
            cpuNanosecondsPerOperation: number == 2 ? nil : 1_250.5 + Double(number))
    }

    private static func run(
        rounds: [Round], duration: Nanoseconds = .milliseconds(500), datasets: UInt64 = 1_000,
        cpu: String = "A", partial: String? = nil
    ) -> Run {
        let cells = [
            cell(), cell(callers: 2), cell(anchor: Cell.baselineAnchor),
            cell(anchor: Cell.nullAnchor),
        ].map { cell in
            var result = CellResult(cell)
            for round in rounds { result.add(round, pooled: PooledHistograms()) }
            return result
        }
        return Run(
            scenario: Scenario(
                name: "sample",
                anchor: AnchorSettings(
                    uri: "softhsm", mechanisms: ["aes-gcm"], keyBits: ["aes-gcm": 256], key: .token,
                    isReadWrite: false),
                recordBytes: [ByteCount(256)], load: LoadSettings(closed: [1, 2], processes: [1]),
                throttles: [.none], throttlesAt: .largest, onDenied: "backoff",
                rounds: rounds.count, duration: duration, warmUp: nil, limits: Limits(),
                exposure: ExposureSettings(
                    datasets: [RecordCount(datasets)], windows: [.seconds(60)],
                    attackers: ["sprint"], identities: [1], callers: 16, recordsPerOperation: 1)),
            seed: 1,
            provenance: Provenance(
                host: ["cpu_model": .value(cpu), "turbo": .unavailable("no such file")],
                tool: ["version": .value("1.0")], anchor: ["module_sha256": .value("00ff")],
                run: [:]),
            cells: cells, partial: partial)
    }

    private static func read(_ run: Run) throws -> GateRun {
        try GateRun(name: "mine", json: run.json(), rounds: Array(run.roundsTable.text.utf8))
    }

    @Test("every figure is the one that the run holds; the work in memory is left out")
    func figures() throws {
        let run = Self.run(rounds: (1...4).map { Self.round($0) } + [Self.round(5, calls: 40)])
        let gate = try Self.read(run)
        #expect(gate.cells.map(\.key) == [0, 1, 3].map { run.cells[$0].cell.classedKey })
        #expect(gate.cells.map(\.isControl) == [false, false, true])
        for (cell, place) in zip(gate.cells, [0, 1, 3]) {
            #expect(cell.verdict.isValid && cell.rounds.map(\.number) == Array(1...5))
            for (read, round) in zip(cell.rounds, run.cells[place].rounds) {
                for metric in Metric.allCases {
                    #expect(read.values[metric] == metric.value(of: round), "\(metric)")
                }
            }
            #expect(cell.rounds[1].values[.cpuTime] == nil)
            #expect(cell.rounds[4].values[.serviceP99] == nil)
            #expect(cell.rounds[0].values[.serviceP99] != nil)
        }
        #expect(gate.notes.isEmpty)
    }

    @Test("rounds that are INVALID are left out, and make the cell so with their reasons")
    func invalid() throws {
        let gate = try Self.read(
            Self.run(rounds: [Self.round(1), Self.round(2, reasons: ["late", "stolen"])]))
        #expect(gate.cells[0].rounds.map(\.number) == [1])
        #expect(
            gate.cells[0].verdict.reasons == [
                "late (1 of 2 rounds)", "stolen (1 of 2 rounds)",
            ])
    }

    @Test("calls are summed over the rounds, those that failed by their codes")
    func calls() throws {
        let gate = try Self.read(
            Self.run(rounds: [
                Self.round(1, errors: ["CKR_A": 2]), Self.round(2),
                Self.round(3, errors: ["CKR_A": 1, "CKR_B": 4]),
            ]))
        let calls = try #require(gate.cells[0].calls)
        #expect(calls == CallCounts(completed: 6_000, failed: ["CKR_A": 3, "CKR_B": 4]))
        #expect(calls.failures == 7 && calls.calls == 6_007 && calls.codes == ["CKR_B", "CKR_A"])
        // What an older version wrote has none.
        var old = gate
        for index in old.cells.indices { old.cells[index].calls = nil }
        let read = try GateRun(baselineData: old.baselineData, named: "x")
        #expect(read == old && !String(decoding: old.baselineData, as: UTF8.self).contains("calls"))
        #expect(try GateRun(baselineData: gate.baselineData, named: "x") == gate)
    }

    @Test("conditions are the host's and how it was measured, and nothing of what is projected")
    func conditions() throws {
        let rounds = [Self.round(1)]
        let usual = try Self.read(Self.run(rounds: rounds))
        #expect(usual.conditions["cpu_model"] == "A" && usual.conditions["module_sha256"] == "00ff")
        #expect(usual.conditions["turbo"] == .some(nil) && usual.conditions["duration"] == "500ms")
        let projected = try Self.read(
            Self.run(rounds: [Self.round(1), Self.round(2)], datasets: 5))
        #expect(projected.conditions == usual.conditions)
        for other in [
            Self.run(rounds: rounds, duration: .milliseconds(400)),
            Self.run(rounds: rounds, cpu: "B"),
        ] {
            #expect(try Self.read(other).conditions != usual.conditions)
        }
        var limited = Self.run(rounds: rounds)
        limited.scenario.limits.maxRate = Rate(100)
        #expect(try Self.read(limited).conditions["max-rate"] == "100/s")
    }

    @Test("what a partial run has not come to is no part of it, and it is said")
    func partial() throws {
        var run = Self.run(rounds: [Self.round(1)], partial: "stopped by Ctrl-C")
        run.cells[1] = CellResult(run.cells[1].cell)
        let gate = try Self.read(run)
        #expect(gate.cells.count == 2)
        #expect(
            gate.notes == [
                "'mine' is a partial run: stopped by Ctrl-C; only what it holds is compared."
            ])
        run.partial = nil
        let whole = try Self.read(run)
        #expect(whole.cells[1].verdict.reasons == ["not run"])
    }

    @Test("a table cut short is refused at every length, at the end of a line too")
    func truncated() throws {
        let run = Self.run(rounds: [Self.round(1), Self.round(2)])
        let json = try run.json()
        let bytes = Array(run.roundsTable.text.utf8)
        for length in 0..<bytes.count {
            let error = #expect(throws: RunError.self, "\(length) bytes") {
                try GateRun(name: "mine", json: json, rounds: Array(bytes.prefix(length)))
            }
            #expect(error?.description.hasPrefix("'mine': rounds.csv") == true)
        }
        #expect(try Self.read(run).cells.count == 3)
    }

    @Test(
        "a damaged field is told with its line",
        arguments: [
            (",VALID,", ",VALIDE,", "line 2: 'VALIDE' is no verdict"),
            (",attacker,1,", ",attacker,one,", "line 2: 'one' is no round"),
            (",4000.0,", ",4000.0x,", "line 2: '4000.0x' is no throughput_per_second"),
            (",4000.0,", ",nan,", "line 2: 'nan' is no throughput_per_second"),
            ("aes-gcm-256/256B/closed-1/none,", "aes/none,", "line 2: run.json has no cell"),
            (",attacker,1,", ",attacker,2,", "a round of aes-gcm-256/256B/closed-1/none twice"),
            (",cpu_ns_per_operation", ",cpu", "no column 'cpu_ns_per_operation'"),
        ])
    func damaged(old: String, new: String, message: String) throws {
        let run = Self.run(rounds: [Self.round(1), Self.round(2)])
        var text = run.roundsTable.text
        let range = try #require(text.firstRange(of: old))
        text.replaceSubrange(range, with: new)
        let error = try #require(
            #expect(throws: RunError.self) {
                try GateRun(name: "mine", json: run.json(), rounds: Array(text.utf8))
            })
        #expect(error.description.contains(message), "\(error)")
    }

    @Test("a run.json that is newer, cut short or none is refused in a sentence")
    func badHead() throws {
        let run = Self.run(rounds: [Self.round(1)])
        let text = String(decoding: try run.json(), as: UTF8.self)
        let bad = [
            (text.replacing("\"schemaVersion\" : 1", with: "\"schemaVersion\" : 2"), "version 2"),
            (#"{"schemaVersion": 99, "rows": []}"#, "version 99"),
            (String(text.dropLast(40)), "cut short"), ("", "cut short"),
            (text.replacing("\"onDenied\"", with: "\"denied\""), "damaged"),
        ]
        for (json, message) in bad {
            let error = #expect(throws: RunError.self, "\(message)") {
                try GateRun(
                    name: "mine", json: Data(json.utf8), rounds: Array(run.roundsTable.text.utf8))
            }
            #expect(error?.description.hasPrefix("'mine': run.json") == true)
            #expect(error?.description.contains(message) == true, "\(message)")
        }
    }
}
