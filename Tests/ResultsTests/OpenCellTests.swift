import Foundation
import Latency
import Results
import Testing
import Throttling
import Units

@Suite("Cells of open loads")
struct OpenCellTests {
    private static func cell(
        _ rate: Rate = Rate(2_000), _ arrivals: OpenRate.Arrivals = .poisson, callers: Int = 16,
        processes: Int = 1
    ) -> Cell {
        var cell = Samples.cell(callers: callers, processes: processes, throttle: .none)
        cell.open = OpenRate(rate, arrivals)
        return cell
    }

    @Test("an open load is named by its rate and its arrivals, and by what is not usual")
    func names() {
        let names = [
            (Self.cell(), "open-2kps-poisson"),
            (Self.cell(Rate(1_500), .constant), "open-1500ps-constant"),
            (Self.cell(Rate(50, per: .seconds(86_400))), "open-50pd-poisson"),
            (Self.cell(callers: 64), "open-2kps-poisson-64"),
            (Self.cell(processes: 2), "open-2kps-poissonx2"),
            (Self.cell(callers: 64, processes: 2), "open-2kps-poisson-64x2"),
        ]
        for (cell, name) in names {
            #expect(cell.loadName == name)
            #expect(cell.key == "aes-gcm-256/256B/\(name)/none")
        }
        #expect(Set(names.map(\.0.key)).count == names.count)
    }

    /// A round of an open load with a latency of its own for each kind.
    private static func round(_ number: Int, calls: UInt64, backlog: UInt64) -> Round {
        Round(
            number: number, order: number, verdict: Verdict(remarks: ["slow"]), seconds: 1,
            operations: calls, denied: 0, errors: [:],
            latency: histograms(calls).figures, admitted: calls, cpuNanosecondsPerOperation: 10,
            open: OpenCounts(scheduled: calls + backlog, backlog: backlog))
    }

    private static func histograms(_ calls: UInt64) -> PooledHistograms {
        func histogram(_ time: Nanoseconds) -> LatencyHistogram {
            var histogram = LatencyHistogram()
            histogram.record(time, count: calls)
            return histogram
        }
        return PooledHistograms([
            .service: histogram(Nanoseconds(512)), .response: histogram(Nanoseconds(1_024)),
            .lateness: histogram(Nanoseconds(256)), .wakeUp: histogram(Nanoseconds(128)),
            .throttleWait: nil,
        ])
    }

    private static func result() -> CellResult {
        var result = CellResult(cell())
        var pooled = PooledHistograms()
        for (number, calls) in [(1, 400), (2, 600)] as [(Int, UInt64)] {
            pooled.merge(histograms(calls))
            result.add(round(number, calls: calls, backlog: 7), pooled: pooled)
        }
        return result
    }

    @Test("the row of an open cell has its rate, its backlog, its response and its lateness")
    func cellRow() throws {
        let row = try #require(rows(of: Samples.run([Self.result()]).cellsTable).first)
        #expect(row["class"] == "legitimate" && row["load"] == "open-2kps-poisson")
        #expect(row["threads"] == "16" && row["processes"] == "1")
        #expect(Double(row["offered_per_second"] ?? "") == 2_000)
        #expect(row["backlog"] == "14" && row["operations"] == "1000")
        #expect(row["response_p50_ns"] == "1024" && row["response_p99_ns"] == "1024")
        // 1,000 calls support p99, not p99.9.
        #expect(row["response_p999_ns"] == "" && row["lateness_p99_ns"] == "256")
        #expect(row["service_p50_ns"] == "512" && row["throttle_wait_p50_ns"] == "")
        #expect(row["verdict"] == "VALID" && row["reasons"] == "slow (2 of 2 rounds)")
    }

    @Test("the rows of its rounds have what their own calls support")
    func roundRows() throws {
        let rows = rows(of: Samples.run([Self.result()]).roundsTable)
        #expect(rows.map { $0["class"] } == ["legitimate", "legitimate"])
        #expect(rows.map { $0["response_p50_ns"] } == ["1024", "1024"])
        #expect(rows.map { $0["response_p99_ns"] } == ["", "1024"])
        #expect(rows.map { $0["lateness_p99_ns"] } == ["", "256"])
        #expect(rows.map { $0["reasons"] } == ["slow", "slow"])
    }

    @Test("a closed cell beside it is the attacker's, with those fields empty")
    func closedRow() throws {
        let closed = Samples.result([Samples.round(1)], of: Samples.cell(throttle: .none))
        let rows = rows(of: Samples.run([Self.result(), closed]).cellsTable)
        #expect(rows.map { $0["class"] } == ["legitimate", "attacker"])
        for column in ["offered_per_second", "backlog", "response_p50_ns", "lateness_p99_ns"] {
            #expect(rows.last?[column] == "", "\(column)")
        }
    }

    @Test("calls that were due are added up over the rounds, and a closed cell has none")
    func counts() {
        #expect(Self.result().open == OpenCounts(scheduled: 1_014, backlog: 14))
        #expect(Samples.result([Samples.round(1)]).open == nil)
    }

    @Test("an open cell with all that was seen of it survives its JSON")
    func roundTrip() throws {
        let run = Samples.run([Self.result()])
        #expect(try Run(json: try run.json()) == run)
    }

    /// The rows of a table without quoted fields, by the names of its columns.
    private func rows(of table: CSVTable) -> [[String: String]] {
        table.text.components(separatedBy: "\r\n").dropFirst().filter { !$0.isEmpty }.map { line in
            Dictionary(
                uniqueKeysWithValues: zip(table.columns, line.components(separatedBy: ",")))
        }
    }
}
