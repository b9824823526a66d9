import Exposure
import Latency
import Results
import Units

/// What one anchor showed of one subject.
struct AnchorFigures {
    let anchor: MeasuredAnchor
    /// The closed loads without a throttle, those in fewer processes first; empty where the run has
    /// none of the subject.
    let loads: [CellResult]
    /// How long the data set takes without a throttle; nil where nothing valid was measured.
    let theft: Theft?
    /// The anchor factor as the run's own report has it, with an interval from the ratios of both
    /// rates round by round; nil where it is not known.
    let factor: Interval?
    private let projection: Projection?

    init(_ anchor: MeasuredAnchor, of subject: String, dataset: RecordCount) {
        self.anchor = anchor
        loads = anchor.loads(of: subject)
        let projection = anchor.projection(of: subject)
        let theft = projection?.theft(of: dataset)
        self.projection = projection
        self.theft = theft
        factor = projection.flatMap { Self.factor(theft?.anchorFactor, $0, of: anchor) }
    }

    private static func factor(
        _ estimate: Double?, _ projection: Projection, of anchor: MeasuredAnchor
    ) -> Interval? {
        guard let estimate else { return nil }
        guard let cell = projection.baseline?.cell,
            let rounds = both(anchor.result(of: cell), anchor.result(of: projection.service.cell))
                .flatMap({ $0.paired(over: $1) })
        else { return Interval(estimate: estimate, low: nil, high: nil) }
        // The same, but where one of the two lacks a round.
        let scale = estimate / rounds.estimate
        return Interval(
            estimate: estimate, low: rounds.low.map { $0 * scale },
            high: rounds.high.map { $0 * scale })
    }

    /// Whether anything valid was measured.
    var isMeasured: Bool { projection != nil }

    /// The load that the anchor factor comes from; nil where nothing valid was measured.
    var best: CellResult? { projection.flatMap { anchor.result(of: $0.service.cell) } }

    /// The rate of the same records with the key in memory; nil where that was not measured.
    var baselineRate: Interval? { projection?.baseline?.rate }

    /// Latencies of the PKCS#11 calls of one caller; nil without a valid load of one.
    var single: LatencyFigures? { usable.first { $0.cell.callers == 1 }?.service }

    /// The loads whose figures may be used.
    var usable: [CellResult] {
        loads.filter { $0.verdict.isValid && $0.throughput != nil }
    }

    /// Where the key is, as the run was made.
    var keyKind: KeyKind { loads.first?.cell.keyKind ?? anchor.run.scenario.anchor.key }

    /// Best with several callers in one process over one caller; nil without both.
    var threadGain: Gain? {
        let alone = usable.filter { $0.cell.processes == 1 }
        return Gain(
            of: Self.fastest(alone.filter { $0.cell.callers > 1 }),
            over: alone.first { $0.cell.callers == 1 })
    }

    /// Best over several processes over the best in one; nil without both.
    var processGain: Gain? {
        Gain(
            of: Self.fastest(usable.filter { $0.cell.processes > 1 }),
            over: Self.fastest(usable.filter { $0.cell.processes == 1 }))
    }

    /// How evenly callers were served where that was worst; nil where several never called at once.
    var fairness: Fairness? { Fairness(worstOf: usable) }

    /// Where a rare call took longest against the usual one; nil where that was not measured.
    var stall: Stall? { Stall(worstOf: usable) }

    private static func fastest(_ results: [CellResult]) -> CellResult? {
        results.max { ($0.throughput?.estimate ?? 0) < ($1.throughput?.estimate ?? 0) }
    }
}

extension AnchorFigures {
    private static let noBaseline = "nothing valid with the key in memory to compare with"

    /// Why the anchor is in no ranking, as a phrase; nil where it is.
    var lack: String? {
        guard factor == nil else { return nil }
        guard !loads.isEmpty else { return "its run holds no closed load of it without a throttle" }
        if let best {
            return "\(best.throughput.map(Wording.rate) ?? "no rate") at \(best.cell.loadName), "
                + "but \(Self.noBaseline)"
        }
        return "INVALID: " + MarkdownText.escaped(reasons.joined(separator: "; "))
    }

    /// Why none of its loads counts, each phrase once.
    private var reasons: [String] {
        var phrases: [String] = []
        for result in loads {
            for phrase in result.phrases where !phrases.contains(phrase) { phrases.append(phrase) }
        }
        let callers = anchor.run.scenario.exposure.callers
        return phrases.isEmpty ? ["no load of at most \(callers) callers gave a rate"] : phrases
    }

    /// `VALID` or `INVALID` of the load that counts, with what is to be known of it and of the
    /// others; nil where the run has none of the subject.
    var verdict: Verdict? {
        guard !loads.isEmpty else { return nil }
        guard let best else { return Verdict(reasons: reasons) }
        let invalid = loads.filter { !$0.verdict.isValid }.count
        let others = invalid > 0 ? ["\(invalid) of \(loads.count) loads INVALID"] : []
        let lacks = factor == nil ? [Self.noBaseline] : []
        return Verdict(remarks: best.verdict.remarks + others + lacks)
    }
}

extension CellResult {
    /// What speaks against its figures, each phrase once, without the rounds that said it.
    var phrases: [String] {
        guard !rounds.isEmpty else { return ["not run"] }
        return rounds.flatMap(\.verdict.reasons).reduce(into: []) { phrases, phrase in
            if !phrases.contains(phrase) { phrases.append(phrase) }
        }
    }

    /// Its rate over that of another cell of the same run, by rounds that lie near each other in
    /// time; nil where they have none in common.
    func paired(over other: CellResult) -> Interval? {
        let rounds = usable.compactMap { round -> Double? in
            guard let twin = other.usable.first(where: { $0.number == round.number }),
                twin.throughput > 0
            else { return nil }
            return round.throughput / twin.throughput
        }
        return Interval(rounds: rounds)
    }
}
