import Latency
import Results
import Throttling
import Units

/// A run built in code, every figure and every fact of it fixed.
enum FixedRun {
    static let bucket = Policy(
        .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))), enforced: .host)
    static let window = Policy(
        .fixedWindow(FixedWindow(limit: RecordCount(1_000), window: .seconds(60))), onLimit: .deny)

    /// Two anchored loads, a throttled cell of each kind, a baseline, and an RSA cell.
    static let whole = run(cells: [
        result(cell(callers: 1), perSecond: [9_000, 10_000, 11_000]),
        result(cell(callers: 4, processes: 2), perSecond: [19_000, 20_000, 21_000]),
        result(cell(callers: 4, throttle: bucket), perSecond: [550, 560, 570]),
        result(cell(callers: 4, throttle: window), perSecond: [900, 950, 1_000], denied: 12),
        result(cell(mechanism: "rsa-oaep", recordBytes: 32), perSecond: [800, 820, 810]),
        result(cell(callers: 2, isBaseline: true), perSecond: [790_000, 800_000, 810_000]),
    ])

    /// A run that was cut off, with a spoiled cell and one that has not run.
    static let broken = run(
        cells: [
            result(cell(callers: 1), perSecond: [9_000, 11_000]),
            result(
                cell(callers: 4), perSecond: [20_000], errors: ["WRONG_PLAINTEXT": 1],
                verdict: Verdict(reasons: ["wrong plaintext"])),
            CellResult(cell(callers: 8)),
        ], partial: "it was interrupted")

    static func cell(
        callers: Int = 1, processes: Int = 1, throttle: Policy = .none, isBaseline: Bool = false,
        mechanism: String = "aes-gcm", recordBytes: Int = 256
    ) -> Cell {
        Cell(
            anchor: isBaseline ? Cell.baselineAnchor : "softhsm", mechanism: mechanism,
            keyBits: mechanism == "aes-gcm" ? 256 : 2_048, keyKind: isBaseline ? nil : .token,
            recordBytes: recordBytes, callers: callers, processes: processes, throttle: throttle)
    }

    /// A cell with one round of a second for each rate, its latencies spread evenly.
    static func result(
        _ cell: Cell, perSecond rates: [UInt64], denied: UInt64 = 0,
        errors: [String: UInt64] = [:], verdict: Verdict = Verdict()
    ) -> CellResult {
        var result = CellResult(cell)
        var pooled = PooledHistograms()
        if cell.throttle != .none {
            (pooled[.throttleWait], pooled[.denial]) = (LatencyHistogram(), LatencyHistogram())
        }
        for (index, rate) in rates.enumerated() {
            var service = LatencyHistogram()
            let typical_ns = 1_000_000_000 * Int64(cell.callers) / Int64(rate)
            for part in 0..<10 {
                service.record(
                    Nanoseconds(typical_ns * Int64(part + 5) / 10), count: rate / 10)
            }
            pooled.service.merge(service)
            pooled[.throttleWait]?.record(.milliseconds(2), count: rate)
            if denied > 0 { pooled[.denial]?.record(.microseconds(3), count: denied) }
            let round = Round(
                number: index + 1, order: index + 1, verdict: verdict, seconds: 1,
                operations: rate, denied: denied, errors: errors,
                latency: [.service: LatencyFigures(service)], admitted: rate,
                cpuNanosecondsPerOperation: Double(typical_ns) / 2)
            result.add(round, pooled: pooled)
        }
        return result
    }

    /// A second of each class of a mixed cell in each of three rounds: 200 legitimate calls due.
    struct Mixture {
        /// Legitimate calls that were admitted, and how long they waited for it.
        var admitted: UInt64 = 200
        var wait: Nanoseconds = .microseconds(1)
        /// The attacker's calls that were admitted, and how many more were denied.
        var stolen: UInt64 = 400
        var refused: UInt64 = 0
        var verdict = Verdict()
        var decisionNanoseconds: Double? = 52.4
    }

    /// The usual mixed load: 200 calls a second from four clients beside one attacker.
    static let load = MixedLoad(legitimate: OpenRate(Rate(200), .poisson))

    /// Both classes of a mixed cell.
    static func mixed(
        _ throttle: Policy, _ mixture: Mixture, load: MixedLoad = load,
        mechanism: String = "aes-gcm"
    ) -> [CellResult] {
        cell(throttle: throttle, mechanism: mechanism).classes(of: load).map { cell in
            var result = CellResult(cell)
            var pooled = PooledHistograms()
            let isThief = cell.callerClass == .attacker
            let admitted = isThief ? mixture.stolen : mixture.admitted
            let denied = isThief ? mixture.refused : 200 - mixture.admitted
            for number in 1...3 {
                pooled.service.record(.microseconds(50), count: admitted)
                if throttle != .none {
                    pooled[.throttleWait] = pooled[.throttleWait] ?? LatencyHistogram()
                    pooled[.throttleWait]?.record(
                        isThief ? .milliseconds(2) : mixture.wait, count: admitted)
                    pooled[.denial] = pooled[.denial] ?? LatencyHistogram()
                    pooled[.denial]?.record(.microseconds(1), count: denied)
                }
                if !isThief {
                    pooled[.response] = pooled[.response] ?? LatencyHistogram()
                    pooled[.response]?.record(
                        mixture.wait + .microseconds(60), count: admitted)
                }
                result.add(
                    Round(
                        number: number, order: number, verdict: mixture.verdict, seconds: 1,
                        operations: admitted, denied: denied, errors: [:],
                        latency: pooled.figures, admitted: admitted,
                        cpuNanosecondsPerOperation: nil,
                        open: isThief ? nil : OpenCounts(scheduled: 200, backlog: 0),
                        decisionNanoseconds: throttle == .none
                            ? nil : mixture.decisionNanoseconds), pooled: pooled)
            }
            return result
        }
    }

    static func run(
        cells: [CellResult], throttles: [Policy] = [.none, bucket, window],
        datasets: [UInt64] = [10_000, 1_000_000, 10_000_000],
        windows: [Int64] = [60, 900, 86_400], identities: [Int] = [1], partial: String? = nil,
        anchorFacts: [String: Fact] = ["module": .value("SoftHSM 2.6")],
        onDenied: String = "backoff"
    ) -> Run {
        let scenario = Scenario(
            name: "fixed",
            anchor: AnchorSettings(
                uri: "softhsm", mechanisms: ["aes-gcm", "rsa-oaep"],
                keyBits: ["aes-gcm": 256, "rsa-oaep": 2_048], key: .token, isReadWrite: false),
            recordBytes: [ByteCount(256)],
            load: LoadSettings(closed: [1, 4], processes: [1, 2]), throttles: throttles,
            throttlesAt: .largest, onDenied: onDenied, rounds: 3, duration: .seconds(1),
            warmUp: .milliseconds(50), limits: Limits(),
            exposure: ExposureSettings(
                datasets: datasets.map(RecordCount.init), windows: windows.map(Nanoseconds.seconds),
                attackers: ["sprint"], identities: identities, callers: 16, recordsPerOperation: 1))
        let provenance = Provenance(
            host: ["cpu_count": .value("2"), "governor": .unavailable("no such file")],
            tool: ["version": .value("0.0.0")], anchor: anchorFacts,
            run: ["started": .value("2026-11-23T10:15:00Z"), "seed": .value("7")])
        return Run(
            scenario: scenario, seed: 7, provenance: provenance, cells: cells, partial: partial,
            notes: ["Something that a reader must know."])
    }
}
