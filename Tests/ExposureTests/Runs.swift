import Exposure
import Latency
import Results
import Throttling
import Units

/// Runs built in code, their rates known.
enum Runs {
    /// A cell of AES-GCM records on an anchor, or of the same records with the key in memory.
    static func cell(
        callers: Int = 1, processes: Int = 1, throttle: Policy = .none, isBaseline: Bool = false,
        mechanism: String = "aes-gcm", recordBytes: Int = 256
    ) -> Cell {
        Cell(
            anchor: isBaseline ? Cell.baselineAnchor : "softhsm", mechanism: mechanism,
            keyBits: 256, keyKind: isBaseline ? nil : .token, recordBytes: recordBytes,
            callers: callers, processes: processes, throttle: throttle)
    }

    /// Those of a round in which nothing was timed, made once: thousands of rounds have them.
    private static let noLatencies = [LatencyKind.service: LatencyFigures(LatencyHistogram())]
    private static let noHistograms = PooledHistograms()

    /// A cell with one round for each rate.
    static func result(
        _ cell: Cell, perSecond rates: [Double], verdict: Verdict = Verdict()
    ) -> CellResult {
        var result = CellResult(cell)
        for (index, rate) in rates.enumerated() {
            // One call or many: the time that they take is chosen to fit the rate.
            let operations: UInt64 = rate < 1 ? 1 : 1_000_000_000_000_000
            let round = Round(
                number: index + 1, order: index + 1, verdict: verdict,
                seconds: Double(operations) / rate, operations: operations, denied: 0, errors: [:],
                latency: noLatencies, admitted: operations,
                cpuNanosecondsPerOperation: nil)
            result.add(round, pooled: noHistograms)
        }
        return result
    }

    /// A run of these cells with these settings.
    static func run(
        _ cells: [CellResult], throttles: [Policy] = [.none],
        datasets: [RecordCount] = [RecordCount(1_000_000)],
        windows: [Nanoseconds] = [.seconds(900)], identities: [Int] = [1], callers: Int = 16,
        recordsPerOperation: UInt64? = 1, onDenied: String = "backoff"
    ) -> Run {
        let scenario = Scenario(
            name: "built-in-code",
            anchor: AnchorSettings(
                uri: "softhsm", mechanisms: ["aes-gcm"], keyBits: ["aes-gcm": 256], key: .token,
                isReadWrite: false),
            recordBytes: [ByteCount(256)], load: LoadSettings(closed: [1], processes: [1]),
            throttles: throttles, throttlesAt: .largest, onDenied: onDenied, rounds: 1,
            duration: .seconds(1), warmUp: .zero, limits: Limits(),
            exposure: ExposureSettings(
                datasets: datasets, windows: windows, attackers: ["sprint"],
                identities: identities, callers: callers, recordsPerOperation: recordsPerOperation))
        return Run(
            scenario: scenario, seed: 1,
            provenance: Provenance(host: [:], tool: [:], anchor: [:], run: [:]), cells: cells,
            partial: nil)
    }

    /// What a thief gets from an anchor of these rates, one a round, under one throttle.
    static func projection(
        _ throttle: Policy, perSecond rates: [Double], identities: Int = 1,
        recordsPerOperation: UInt64 = 1, baseline: Double? = nil, mechanism: String = "aes-gcm"
    ) throws -> Projection {
        var cells = [result(cell(mechanism: mechanism), perSecond: rates)]
        if let baseline { cells.append(result(cell(isBaseline: true), perSecond: [baseline])) }
        return try projection(
            throttle, of: cells, identities: identities, recordsPerOperation: recordsPerOperation)
    }

    /// What a thief gets from an anchor that was measured so, under one throttle.
    static func projection(
        _ throttle: Policy, of cells: [CellResult], callers: Int = 16, identities: Int = 1,
        recordsPerOperation: UInt64 = 1, onDenied: String = "backoff"
    ) throws -> Projection {
        let run = run(
            cells, throttles: [throttle], identities: [identities], callers: callers,
            recordsPerOperation: recordsPerOperation, onDenied: onDenied)
        guard let projection = ExposureModel(run).projections.first else { throw NoProjection() }
        return projection
    }

    /// A run of which nothing can be projected, where something was expected.
    struct NoProjection: Error {}
}

extension Policy {
    /// A token bucket by its numbers.
    static func bucket(
        _ rate: Rate, burst: UInt64, scope: Scope = .global, enforced: EnforcementPoint = .service
    ) -> Policy {
        Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(burst))), scope: scope,
            enforced: enforced)
    }

    /// A fixed window by its numbers.
    static func window(
        _ limit: UInt64, per window: Nanoseconds, scope: Scope = .global
    ) -> Policy {
        Policy(.fixedWindow(FixedWindow(limit: RecordCount(limit), window: window)), scope: scope)
    }

    /// A wait before every call.
    static func delayed(_ length: Nanoseconds) -> Policy { Policy(.delay(length)) }

    /// A throttle of any kind, strict or lax.
    static func random(using generator: inout SeededGenerator) -> Policy {
        let scope: Scope = Bool.random(using: &generator) ? .global : .perClient
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return .none
        case 1, 2: return Policy(.randomBucket(using: &generator), scope: scope)
        case 3, 4: return Policy(.randomWindow(using: &generator), scope: scope)
        case 5: return Policy(.randomSlidingWindow(using: &generator), scope: scope)
        case 6: return Policy(.randomBreaker(using: &generator), scope: scope)
        case 7: return Policy(.randomBudget(using: &generator), scope: scope)
        case 8: return Policy(.randomServiceLimit(using: &generator), scope: scope)
        default:
            let members: [Limit] = [
                .randomBucket(using: &generator), .randomSlidingWindow(using: &generator),
                .randomServiceLimit(using: &generator),
            ]
            return Policy(.all(members), scope: scope)
        }
    }
}

extension Limit {
    private static func count(_ generator: inout SeededGenerator) -> RecordCount {
        RecordCount(UInt64.random(in: 1...100_000, using: &generator))
    }

    private static func length(_ generator: inout SeededGenerator) -> Nanoseconds {
        .milliseconds(Int64.random(in: 1...3_600_000, using: &generator))
    }

    fileprivate static func randomBucket(using generator: inout SeededGenerator) -> Limit {
        .tokenBucket(
            TokenBucket(
                rate: Rate(UInt64.random(in: 1...100_000, using: &generator)),
                burst: count(&generator)))
    }

    fileprivate static func randomWindow(using generator: inout SeededGenerator) -> Limit {
        .fixedWindow(FixedWindow(limit: count(&generator), window: length(&generator)))
    }

    fileprivate static func randomSlidingWindow(using generator: inout SeededGenerator) -> Limit {
        .slidingWindow(SlidingWindow(limit: count(&generator), window: length(&generator)))
    }

    fileprivate static func randomBreaker(using generator: inout SeededGenerator) -> Limit {
        .breaker(
            Breaker(
                threshold: count(&generator), window: length(&generator),
                lockout: length(&generator)))
    }

    fileprivate static func randomBudget(using generator: inout SeededGenerator) -> Limit {
        .budget(Budget(quota: count(&generator), period: .day))
    }

    fileprivate static func randomServiceLimit(using generator: inout SeededGenerator) -> Limit {
        Bool.random(using: &generator)
            ? .concurrency(RecordCount(UInt64.random(in: 1...20, using: &generator)))
            : .delay(.milliseconds(Int64.random(in: 1...2_000, using: &generator)))
    }
}

/// Whether two numbers are equal but for rounding.
func isClose(_ left: Double, _ right: Double, within relative: Double = 1e-12) -> Bool {
    left == right || abs(left - right) <= relative * max(abs(left), abs(right))
}
