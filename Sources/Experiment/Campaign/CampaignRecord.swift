import Anchors
import Foundation
import Latency
import Load
import Results
import Throttling
import Units

/// What a campaign has so far, and when it was last saved.
struct CampaignRecord {
    private(set) var run: Run
    private(set) var lastLoss: String?
    private var pools: [StoredHistograms]
    private var savedAt = Nanoseconds.zero
    private var savingTook = Nanoseconds.zero
    private let clock = MonotonicClock()

    init(_ plan: Plan, _ resolved: ResolvedScenario, opened: OpenedReport?, retries: Int) {
        var notes = resolved.notes
        if retries > 0 {
            let times = retries == 1 ? "once" : "\(retries) times"
            notes.append(
                "The anchor had to be tried again \(times) until it was open, as happens while "
                    + "another process writes the token; no measured call is concerned.")
        }
        let cells = plan.cells.map { cell in
            CellResult(cell.withKeyBits(opened?.keyBits[cell.mechanism]))
        }
        run = Run(
            scenario: resolved.scenario, seed: plan.seed,
            provenance: ProvenanceCollector.collect(resolved, seed: plan.seed, opened: opened),
            cells: cells, partial: "its measuring has not come to an end", notes: notes)
        pools = Array(repeating: StoredHistograms(), count: cells.count)
    }

    /// Whether any call on the anchor itself was answered; the baseline alone is no measurement.
    var hasMeasuredAnchor: Bool {
        run.cells.contains { !$0.cell.isBaseline && ($0.operations > 0 || $0.denied > 0) }
    }

    /// Adds a round and saves, unless saving would take a tenth of the time or more.
    mutating func add(
        _ outcome: RoundOutcome, toCell index: Int, in folder: RunFolder
    ) throws {
        if !outcome.round.verdict.isValid { lastLoss = outcome.round.verdict.reasonText }
        let pooled = try pools[index].add(outcome.histograms)
        run.cells[index].add(outcome.round, pooled: pooled)
        guard (clock.now() - savedAt).count > 10 * savingTook.count else { return }
        try save(in: folder)
    }

    /// Ends the run and saves it.
    ///
    /// - Parameter partial: why it is not whole; nil where it is.
    mutating func end(in folder: RunFolder, _ partial: String?) throws {
        run.partial = partial
        run.provenance.run["ended"] = .value(ProvenanceCollector.timestamp())
        try save(in: folder)
    }

    private mutating func save(in folder: RunFolder) throws {
        let before = clock.now()
        run.compareThrottlesWithEnvelopes()
        try folder.save(run)
        savedAt = clock.now()
        savingTook = savedAt - before
    }
}

/// A cell's pooled histograms between two rounds, encoded: a few kilobytes instead of a megabyte.
private struct StoredHistograms {
    private var service: [UInt8]?
    private var throttleWait: [UInt8]?
    private var denial: [UInt8]?

    /// Merges a round's histograms in.
    mutating func add(
        _ new: PooledHistograms?
    ) throws(HistogramEncodingError) -> PooledHistograms {
        var pooled = PooledHistograms()
        if let service { pooled.service = try HistogramEncoding.decode(service) }
        if let throttleWait {
            pooled.throttleWait = try HistogramEncoding.decode(throttleWait)
        }
        if let denial { pooled.denial = try HistogramEncoding.decode(denial) }
        guard let new else { return pooled }
        pooled.merge(new)
        service = HistogramEncoding.encode(pooled.service)
        throttleWait = pooled.throttleWait.map(HistogramEncoding.encode)
        denial = pooled.denial.map(HistogramEncoding.encode)
        return pooled
    }
}

extension Cell {
    /// The cell with the key length that the token reports; a stored key may differ from the plan.
    fileprivate func withKeyBits(_ bits: Int?) -> Cell {
        guard let bits, bits > 0, !isBaseline else { return self }
        return Cell(
            anchor: anchor, operation: operation, mechanism: mechanism, keyBits: bits,
            keyKind: keyKind, recordBytes: recordBytes, callers: callers, processes: processes,
            throttle: throttle)
    }
}

extension Run {
    /// Fills in, for each throttled round, the admitted calls over E(T) of the round's own length,
    /// with S from the unthrottled cell of the same anchor and callers.
    fileprivate mutating func compareThrottlesWithEnvelopes() {
        let rates = cells.reduce(into: [String: Double]()) { rates, result in
            guard result.cell.throttle == .none, let rate = result.throughput?.estimate else {
                return
            }
            rates["\(result.cell.subject)/\(result.cell.loadName)/\(result.cell.anchor)"] = rate
        }
        for index in cells.indices where cells[index].cell.throttle != .none {
            let cell = cells[index].cell
            guard let rate = rates["\(cell.subject)/\(cell.loadName)/\(cell.anchor)"] else {
                continue
            }
            let envelope = cell.throttle.envelopeFromEpoch
            cells[index].compareWithEnvelope { round in
                envelope.operations(within: Seconds(round.seconds), servedAt: rate)
            }
        }
    }
}
