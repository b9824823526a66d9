/// What one test of a comparison came to, apart from all others.
package enum EvidenceOutcome: String, Codable, CaseIterable, Hashable, Sendable {
    /// It costs more than the tolerance allows.
    case worse
    /// It costs less by more than the tolerance.
    case better
    /// It costs no more than the tolerance allows.
    case within
    /// None of these was shown.
    case undecided
}

extension Comparison {
    /// What each piece of evidence came to, in its order: REGRESSED where one is worse, unless the
    /// negative control moved.
    package var outcomes: [EvidenceOutcome] {
        let gains = Holm.adjusted(evidence.map(\.pBetter))
        return zip(evidence, gains).map { found, gain in
            if (found.pAdjusted ?? 1) < GateRule.level { return .worse }
            if gain < GateRule.level { return .better }
            return isWithin(found) ? .within : .undecided
        }
    }

    /// Cells whose calls fail more often than the baseline's, which is REGRESSED whatever the rest
    /// shows, the largest share first.
    package var failing: [FailedCalls] {
        failedCalls.filter { $0.finding == .worse }
            .sorted { $0.candidate.share > $1.candidate.share }
    }

    /// Whether each piece of the control's evidence lies beyond its limit, in either direction.
    package var controlMoves: [Bool] {
        let adjusted = Holm.adjusted(control.map(\.pWorse) + control.map(\.pBetter))
        return control.indices.map {
            min(adjusted[$0], adjusted[$0 + control.count]) < GateRule.level
        }
    }

    /// Whether the module that does nothing became slower or faster, so that no difference can be
    /// put down to the anchor.
    package var controlMoved: Bool { !evidence.isEmpty && controlMoves.contains(true) }

    private func isWithin(_ found: Evidence) -> Bool {
        let limit = 1 + rule.tolerance
        guard let upper = found.upper, upper < limit else { return false }
        return found.pairs >= neededPairs && (found.floor ?? 1) <= limit
    }
}
