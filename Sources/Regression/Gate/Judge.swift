/// Decides on a comparison; the same for stored runs and duels.
///
/// The first that applies:
/// 1. REGRESSED where the calls of a cell fail more often than the baseline's, beyond chance and in
///    more than 1 % (`FailedCalls`). No host makes calls fail, so that neither the metrics nor the
///    control have a say.
/// 2. INCONCLUSIVE where the negative control moved by more than half of the tolerance: what does
///    nothing cannot have become slower or faster, so the host or the harness changed, and no
///    difference can be put down to the anchor. Rounds of one run are not independent where the
///    host drifts, and this is what tells such a drift from the anchor's doing.
///    This outranks REGRESSED on purpose: a gate that blames the anchor for its host cries wolf.
/// 3. REGRESSED where some p that the cost ratio exceeds 1 + tolerance, adjusted for all tests, is
///    below `GateRule.level`.
/// 4. INVALID where a cell was INVALID, where unlike conditions were not allowed, or where nothing
///    could be compared.
/// 5. INCONCLUSIVE where there are too few pairs, where identical anchors differ by more than the
///    tolerance on this host, where not every upper bound lies below 1 + tolerance, or where calls
///    fail and nobody knows whether the baseline's did.
/// 6. PASS.
struct Judge {
    /// The comparison, its p adjusted.
    private(set) var comparison: Comparison
    /// Evidence of a cost beyond the tolerance, that which is surest to be large first.
    let worse: [Evidence]
    /// Evidence of a gain beyond the tolerance, the largest first.
    let better: [Evidence]
    /// What moved of the negative control, the most first.
    let moved: [Evidence]
    /// Cells whose calls fail more often than before, the largest share first.
    let failing: [FailedCalls]

    /// A judge who has weighed the evidence.
    init(_ comparison: Comparison) {
        self.comparison = comparison
        let adjusted = Holm.adjusted(comparison.evidence.map(\.pWorse))
        for (index, p) in adjusted.enumerated() { self.comparison.evidence[index].pAdjusted = p }
        // A control that could not be seen to move would be none: each of its tests counts twice,
        // once for either direction.
        let tests = max(comparison.evidence.count, 2 * comparison.control.count)
        let needed =
            switch comparison.kind {
            case .stored: NeededPairs.rounds(forTests: tests)
            case .duel: NeededPairs.blocks(forTests: tests)
            }
        self.comparison.neededPairs = max(comparison.neededPairs, needed)
        let outcomes = zip(self.comparison.evidence, self.comparison.outcomes)
        worse = outcomes.filter { $0.1 == .worse }.map(\.0)
            .sorted { $0.leastRatio > $1.leastRatio }
        better = outcomes.filter { $0.1 == .better }.map(\.0).sorted { $0.ratio < $1.ratio }
        moved = zip(comparison.control, comparison.controlMoves).filter(\.1).map(\.0)
            .sorted { max($0.ratio, 1 / $0.ratio) > max($1.ratio, 1 / $1.ratio) }
        failing = comparison.failing
    }

    /// The verdict.
    var verdict: GateVerdict {
        if !failing.isEmpty { return .regressed }
        // Where nothing was compared there is nothing to be put down to anything.
        if !moved.isEmpty, !comparison.evidence.isEmpty {
            return isInvalid ? .invalid : .inconclusive
        }
        if !worse.isEmpty { return .regressed }
        if isInvalid { return .invalid }
        let isShown =
            tooFew.isEmpty && tooNoisy.isEmpty && open.isEmpty && lost.isEmpty
            && unknown.isEmpty
        return isShown ? .pass : .inconclusive
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

    /// What the baseline has and the candidate lacks.
    var lost: [Comparison.Untested] { comparison.untested.filter(\.isLost) }

    /// Cells whose calls fail so often that it counts, and of whose baseline nobody knows.
    var unknown: [FailedCalls] {
        comparison.failedCalls.filter { $0.finding == .unknown && $0.candidate.isRemarkable }
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
