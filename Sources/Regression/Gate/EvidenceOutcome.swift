import Units

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

/// What one test of the negative control came to.
package struct ControlOutcome: Equatable, Sendable {
    package let finding: Finding
    /// The chance of such values where the control lies at its limit, in the direction in which it
    /// is the smaller, adjusted for all tests of the control.
    package let pAdjusted: Double

    /// What it is held to be.
    package enum Finding: String, CaseIterable, Sendable {
        /// It lies beyond half of the tolerance, in either direction.
        case moved
        /// Its whole interval lies within half of the tolerance.
        case still
        /// Neither was shown.
        case undecided
    }
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

    /// What each piece of the control's evidence came to, in its order. Each is tested twice, once
    /// for either direction, and all of these tests are adjusted for their number (Holm).
    package var controlOutcomes: [ControlOutcome] {
        let adjusted = Holm.adjusted(control.map(\.pWorse) + control.map(\.pBetter))
        let limit = (1 + rule.tolerance).squareRoot()
        return control.indices.map { index in
            let p = min(adjusted[index], adjusted[index + control.count])
            let bounds = both(control[index].low, control[index].high)
            let isWithin = bounds.map { $0.0 >= 1 / limit && $0.1 <= limit } ?? false
            return ControlOutcome(
                finding: p < GateRule.level ? .moved : isWithin ? .still : .undecided,
                pAdjusted: p)
        }
    }

    /// Whether each piece of the control's evidence lies beyond its limit, in either direction.
    package var controlMoves: [Bool] { controlOutcomes.map { $0.finding == .moved } }

    /// Whether the module that does nothing became slower or faster, so that no difference can be
    /// put down to the anchor.
    package var controlMoved: Bool { !evidence.isEmpty && controlMoves.contains(true) }

    private func isWithin(_ found: Evidence) -> Bool {
        let limit = 1 + rule.tolerance
        guard let upper = found.upper, upper < limit else { return false }
        return found.pairs >= neededPairs && (found.floor ?? 1) <= limit
    }
}
