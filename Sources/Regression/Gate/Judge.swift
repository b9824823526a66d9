/// Decides on a comparison; the same for stored runs and duels.
///
/// The first that applies:
/// 1. INCONCLUSIVE where the negative control moved by more than half of the tolerance: what does
///    nothing cannot have become slower or faster, so the host or the harness changed, and no
///    difference can be put down to the anchor. Rounds of one run are not independent where the
///    host drifts, and this is what tells such a drift from the anchor's doing.
///    This outranks REGRESSED on purpose: a gate that blames the anchor for its host cries wolf.
/// 2. REGRESSED where some p that the cost ratio exceeds 1 + tolerance, adjusted for all tests, is
///    below `GateRule.level`.
/// 3. INVALID where a cell was INVALID, where unlike conditions were not allowed, or where nothing
///    could be compared.
/// 4. INCONCLUSIVE where there are too few pairs, where identical anchors differ by more than the
///    tolerance on this host, or where not every upper bound lies below 1 + tolerance.
/// 5. PASS.
struct Judge {
    /// The comparison, its p adjusted.
    private(set) var comparison: Comparison
    /// Evidence of a cost beyond the tolerance, the largest first.
    let worse: [Evidence]
    /// Evidence of a gain beyond the tolerance, the largest first.
    let better: [Evidence]
    /// What moved of the negative control, the most first.
    let moved: [Evidence]

    /// A judge who has weighed the evidence.
    init(_ comparison: Comparison) {
        self.comparison = comparison
        let evidence = comparison.evidence
        let adjusted = Holm.adjusted(evidence.map(\.pWorse))
        for (index, p) in adjusted.enumerated() { self.comparison.evidence[index].pAdjusted = p }
        let needed =
            switch comparison.kind {
            case .stored: NeededPairs.rounds(forTests: evidence.count)
            case .duel: NeededPairs.blocks(forTests: evidence.count)
            }
        self.comparison.neededPairs = max(comparison.neededPairs, needed)
        worse = self.comparison.evidence.filter { ($0.pAdjusted ?? 1) < GateRule.level }
            .sorted { $0.ratio > $1.ratio }
        let gains = Holm.adjusted(evidence.map(\.pBetter))
        better = zip(evidence, gains).filter { $0.1 < GateRule.level }.map(\.0)
            .sorted { $0.ratio < $1.ratio }
        moved = Self.moved(comparison.control)
    }

    /// The verdict.
    var verdict: GateVerdict {
        // Where nothing was compared there is nothing to be put down to anything.
        if !moved.isEmpty, !comparison.evidence.isEmpty { return .inconclusive }
        if !worse.isEmpty { return .regressed }
        if isInvalid { return .invalid }
        return tooFew.isEmpty && tooNoisy.isEmpty && open.isEmpty ? .pass : .inconclusive
    }

    /// Whether there is nothing that may be compared.
    private var isInvalid: Bool {
        !comparison.invalid.isEmpty || comparison.evidence.isEmpty
            || (!comparison.differences.isEmpty && !comparison.allowsDifferences)
    }

    /// Evidence of so few pairs that a cost beyond the tolerance could not show.
    var tooFew: [Evidence] {
        comparison.evidence.filter { $0.pairs < comparison.neededPairs }
    }

    /// Evidence from a host on which identical anchors differ by more than the tolerance, the
    /// noisiest first.
    var tooNoisy: [Evidence] {
        comparison.evidence.filter { ($0.floor ?? 1) > 1 + comparison.rule.tolerance }
            .sorted { ($0.floor ?? 1) > ($1.floor ?? 1) }
    }

    /// Evidence that does not rule a cost beyond the tolerance out, the largest bound first.
    var open: [Evidence] {
        let limit = 1 + comparison.rule.tolerance
        return comparison.evidence.filter { !(($0.upper ?? .infinity) < limit) }
            .sorted { ($0.upper ?? .infinity, $0.ratio) > ($1.upper ?? .infinity, $1.ratio) }
    }

    /// What of the control is shown to lie beyond its limit, in either direction.
    private static func moved(_ control: [Evidence]) -> [Evidence] {
        let adjusted = Holm.adjusted(control.map(\.pWorse) + control.map(\.pBetter))
        return control.indices.filter {
            min(adjusted[$0], adjusted[$0 + control.count]) < GateRule.level
        }
        .map { control[$0] }
        .sorted { max($0.ratio, 1 / $0.ratio) > max($1.ratio, 1 / $1.ratio) }
    }
}

extension Comparison {
    /// The comparison with p adjusted for all tests (Holm), the verdict, the reasons for it, and
    /// what to do next.
    package func judged() -> Comparison {
        let judge = Judge(self)
        var judged = judge.comparison
        judged.verdict = judge.verdict
        let wording = VerdictWording(judge)
        judged.reasons = wording.reasons
        judged.advice = wording.advice
        return judged
    }
}
