import Latency
import Results
import Throttling
import Units

/// Values to put in runs.
enum Samples {
    static let bucket = Policy(
        .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))))
    static let window = Policy(
        .fixedWindow(FixedWindow(limit: RecordCount(10_000), window: .seconds(60))),
        onLimit: .deny)

    static func cell(
        anchor: String = "softhsm", operation: String = "decrypt", mechanism: String = "aes-gcm",
        keyBits: Int = 256, keyKind: KeyKind? = .token, recordBytes: Int = 256, callers: Int = 4,
        processes: Int = 1, throttle: Policy = bucket
    ) -> Cell {
        Cell(
            anchor: anchor, operation: operation, mechanism: mechanism, keyBits: keyBits,
            keyKind: keyKind, recordBytes: recordBytes, callers: callers, processes: processes,
            throttle: throttle)
    }

    static func histogram(_ calls: UInt64) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        histogram.record(.microseconds(20), count: calls)
        return histogram
    }

    static func round(
        _ number: Int, seconds: Double = 0.5, operations: UInt64 = 1_000, reasons: [String] = [],
        errors: [String: UInt64] = [:], denied: UInt64 = 0
    ) -> Round {
        Round(
            number: number, order: 2 * number, verdict: Verdict(reasons: reasons),
            seconds: seconds, operations: operations, denied: denied, errors: errors,
            latency: [.service: LatencyFigures(histogram(operations))], admitted: operations,
            cpuNanosecondsPerOperation: 1_250.5)
    }

    static func result(_ rounds: [Round], of cell: Cell = cell()) -> CellResult {
        var result = CellResult(cell)
        var pooled = PooledHistograms()
        for round in rounds {
            pooled.service.merge(histogram(round.operations))
            if cell.throttle.limit != .none {
                pooled[.throttleWait] = histogram(round.operations)
                pooled[.denial] = LatencyHistogram()
            }
            result.add(round, pooled: pooled)
        }
        return result
    }

    static let scenario = Scenario(
        name: "sample",
        anchor: AnchorSettings(
            uri: "softhsm", mechanisms: ["aes-gcm"], keyBits: ["aes-gcm": 256], key: .token,
            isReadWrite: false),
        recordBytes: [ByteCount(256)], load: LoadSettings(closed: [4], processes: [1]),
        throttles: [.none, bucket, window], throttlesAt: .largest, onDenied: "backoff", rounds: 2,
        duration: .milliseconds(500), warmUp: .milliseconds(50), limits: Limits(),
        exposure: ExposureSettings(
            datasets: [RecordCount(1_000_000)], windows: [.seconds(60)], attackers: ["sprint"],
            identities: [1], callers: 16, recordsPerOperation: 1))

    static func run(_ cells: [CellResult], scenario: Scenario = scenario) -> Run {
        Run(
            scenario: scenario, seed: 18_446_744_073_709_551_615,
            provenance: Provenance(
                host: ["cpu": .value("A \"CPU\", fast"), "governor": .unavailable("no such file")],
                tool: ["version": .value("1.0")], anchor: [:], run: [:]),
            cells: cells, partial: "stopped by Ctrl-C", notes: ["One, two.\nThree."])
    }
}
