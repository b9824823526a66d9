import Foundation
import Latency
import Results
import Units

/// Folders of runs as `measure` leaves them, with figures that a test has chosen.
struct GateFolder {
    /// By how much every call takes longer.
    var cost = 1.0
    /// The same of the module that does nothing.
    var nullCost = 1.0
    /// Rounds of each cell.
    var rounds = 7
    /// How far the rounds lie apart, as a share.
    var spread = 0.004
    var cpu = "A"
    var module = "00ff"
    /// Why every round is INVALID; nil for valid ones.
    var flaw: String?
    var partial: String?
    /// Numbers of callers, a cell each.
    var callers = [1, 2]
    var seed: UInt64 = 1

    /// Writes the folder's two files that a gate reads.
    func write(to name: String, of bench: Bench) throws {
        try FileManager.default.createDirectory(
            atPath: bench.path(name), withIntermediateDirectories: true)
        let run = run
        try run.json().write(to: URL(filePath: bench.path("\(name)/run.json")))
        try bench.write(run.roundsTable.text, to: "\(name)/rounds.csv")
    }

    /// The run.
    var run: Run {
        var generator = SeededGenerator(seed: seed)
        let anchored = callers.map { ("softhsm", $0, cost) }
        let cells = (anchored + [(Cell.nullAnchor, 1, nullCost)]).map { anchor, callers, cost in
            var result = CellResult(
                Cell(
                    anchor: anchor, mechanism: "aes-gcm", keyBits: 256, keyKind: .token,
                    recordBytes: 256, callers: callers, processes: 1, throttle: .none))
            for number in 1...rounds {
                result.add(round(number, cost, &generator), pooled: PooledHistograms())
            }
            return result
        }
        return Run(
            scenario: scenario, seed: seed,
            provenance: Provenance(
                host: ["cpu_model": .value(cpu)], tool: ["version": .value("1.0")],
                anchor: ["module_sha256": .value(module)], run: [:]),
            cells: cells, partial: partial)
    }

    private func round(
        _ number: Int, _ cost: Double, _ generator: inout SeededGenerator
    ) -> Round {
        let factor = cost * (1 + spread * Double.random(in: -1...1, using: &generator))
        var histogram = LatencyHistogram()
        for call in 0..<2_000 {
            histogram.record(Nanoseconds(Int64((100_000 + 20 * Double(call)) * factor)))
        }
        return Round(
            number: number, order: number, verdict: Verdict(reasons: flaw.map { [$0] } ?? []),
            seconds: 0.25 * factor, operations: 2_000, denied: 0, errors: [:],
            latency: [.service: LatencyFigures(histogram)], admitted: 2_000,
            cpuNanosecondsPerOperation: 90_000 * factor)
    }

    private var scenario: Scenario {
        Scenario(
            name: "sample",
            anchor: AnchorSettings(
                uri: "softhsm", mechanisms: ["aes-gcm"], keyBits: ["aes-gcm": 256], key: .token,
                isReadWrite: false),
            recordBytes: [ByteCount(256)], load: LoadSettings(closed: callers, processes: [1]),
            throttles: [.none], throttlesAt: .largest, onDenied: "backoff", rounds: rounds,
            duration: .milliseconds(250), warmUp: nil, limits: Limits(),
            exposure: ExposureSettings(
                datasets: [RecordCount(1_000)], windows: [.seconds(60)], attackers: ["sprint"],
                identities: [1], callers: 16, recordsPerOperation: 1))
    }
}
