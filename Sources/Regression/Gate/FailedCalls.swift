import Latency

/// The calls of a cell that failed, of the baseline and of the candidate.
package struct FailedCalls: Codable, Equatable, Sendable {
    /// The cell's key, with its class where two classes share one.
    package var cell: String
    /// The baseline's calls; nil where it was recorded by a version that did not keep them.
    package var baseline: CallCounts?
    /// The candidate's calls.
    package var candidate: CallCounts
    /// The chance of so many failed calls of the candidate, or more, where both fail alike,
    /// adjusted for the cells that were compared.
    package var pWorse: Double
    /// The same of so few, or fewer.
    package var pBetter: Double

    /// What the counts show.
    package enum Finding: String, Codable, CaseIterable, Sendable {
        /// The candidate's fail more often than the baseline's, beyond chance, and so often that it
        /// counts: REGRESSED.
        case worse
        /// They fail more often, beyond chance, and seldom.
        case more
        /// They fail less often, beyond chance.
        case fewer
        /// No difference was shown.
        case alike
        /// The baseline's are not known.
        case unknown
    }

    /// What was found of one cell, by itself.
    package init(cell: String, baseline: CallCounts?, candidate: CallCounts) {
        self.cell = cell
        self.baseline = baseline
        self.candidate = candidate
        pWorse = baseline.map { Self.chance(of: candidate, beside: $0) } ?? 1
        pBetter = baseline.map { Self.chance(of: $0, beside: candidate) } ?? 1
    }

    /// What the counts show.
    package var finding: Finding {
        guard baseline != nil else { return .unknown }
        if pWorse < GateRule.level { return candidate.isRemarkable ? .worse : .more }
        return pBetter < GateRule.level ? .fewer : .alike
    }

    /// Whether later runs may be held against the candidate: not where its calls fail more often
    /// than the baseline's, be it by little, or the gate would get used to it step by step.
    package var makesBaseline: Bool {
        switch finding {
        case .worse, .more: false
        case .fewer: true
        case .alike, .unknown: !candidate.isRemarkable || baseline?.isRemarkable ?? false
        }
    }

    /// The chance of so many failures of one side, or more, where both fail alike.
    ///
    /// Given how many failed on both sides together, each of them was as likely one of this side's
    /// as this side's share of the calls: the exact test of two Poisson counts (Przyborowski and
    /// Wilenski, 1940). Of shares that are not small the tail is larger than that of Fisher's test.
    private static func chance(of side: CallCounts, beside other: CallCounts) -> Double {
        let (failures, calls) = (side.failures, side.calls + other.calls)
        guard failures > 0, other.calls > 0 else { return 1 }
        let share = Double(side.calls) / Double(calls)
        // P(B ≥ k) of n trials is I_p(k, n − k + 1).
        return incompleteBeta(
            share, complement: Double(other.calls) / Double(calls), Double(failures),
            Double(other.failures) + 1
        ).lower
    }

    /// Those of all cells that were compared, the chances adjusted for their number (Holm); without
    /// the cells in which no call failed.
    static func adjusted(_ all: [FailedCalls]) -> [FailedCalls] {
        let worse = Holm.adjusted(all.map(\.pWorse))
        let better = Holm.adjusted(all.map(\.pBetter))
        return all.indices.compactMap { index in
            var found = all[index]
            (found.pWorse, found.pBetter) = (worse[index], better[index])
            let failures = found.candidate.failures + (found.baseline?.failures ?? 0)
            return failures > 0 ? found : nil
        }
    }
}
