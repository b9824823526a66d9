import Regression

/// The verdict in one line: what it is, why, and what to do next.
struct FinalLine {
    /// The line without its end. Above 500 characters it loses whole clauses of the reason.
    let text: String
    /// The same for what says the verdict already.
    let message: String

    private static let most = 500

    init(_ comparison: Comparison) {
        let verdict = comparison.verdict.rawValue
        let caveat = Self.caveat(comparison)
        let why = Self.unended(GateWording.oneLine(Self.why(comparison)))
        let advice = GateWording.oneLine(comparison.advice)
        let next = advice.isEmpty ? "" : "; next: \(Self.lowered(Self.unended(advice)))"
        let head = "\(verdict)\(caveat.map { " (\($0))" } ?? ""): "
        let end = Self.fitting(why, Self.most - head.count - next.count) + next
        text = head + end
        message = (caveat.map { "\($0): " } ?? "") + end
    }

    private static func caveat(_ comparison: Comparison) -> String? {
        comparison.allowsDifferences && !comparison.differences.isEmpty
            ? "under different conditions, as was allowed" : nil
    }

    /// As many of its clauses as there is room for, and the first in any case: half a sentence says
    /// something else than the whole.
    private static func fitting(_ why: String, _ room: Int) -> String {
        var kept = why
        while kept.count > room, let end = kept.ranges(of: #/; |: /#).last {
            kept = String(kept[..<end.lowerBound])
        }
        return kept
    }

    private static func why(_ comparison: Comparison) -> String {
        switch comparison.verdict {
        case .regressed: failure(comparison) ?? regression(comparison)
        case .pass:
            "\(GateWording.count(comparison.evidence.count, "test")), no cost above "
                + "\(GateWording.share(comparison.rule.tolerance))"
                + gaps(comparison)
        case .inconclusive, .invalid:
            unended(reason(comparison))
                + (GateWording.failedCalls(comparison).map { "; \($0)" } ?? "")
        }
    }

    /// What a PASS does not say.
    private static func gaps(_ comparison: Comparison) -> String {
        [GateWording.notCompared(comparison), GateWording.failedCalls(comparison)]
            .compactMap { $0.map { "; \($0)" } }.joined()
    }

    /// The cell whose calls fail most, which no metric outweighs.
    private static func failure(_ comparison: Comparison) -> String? {
        let all = comparison.failing
        guard let worst = all.first else { return nil }
        let others = GateWording.count(all.count - 1, "other cell")
        let more = all.count > 1 ? ", and so in \(others)" : ""
        return "\(GateWording.brief(worst.cell)): \(GateWording.failing(worst))\(more)"
    }

    private static func regression(_ comparison: Comparison) -> String {
        let worse = zip(comparison.evidence, comparison.outcomes)
            .filter { $0.1 == .worse }.map(\.0)
        guard let worst = worse.max(by: { $0.leastRatio < $1.leastRatio }) else {
            return reason(comparison)
        }
        let interval = GateWording.interval(worst).map { " (\($0))" } ?? ""
        let more =
            worse.count > 1 ? ", and \(GateWording.count(worse.count - 1, "other")) regressed" : ""
        return "\(GateWording.brief(worst.cell)): \(worst.metric.title) costs "
            + "\(GateWording.change(worst.ratio))\(interval), more than the "
            + "\(GateWording.share(comparison.rule.tolerance)) allowed\(more)"
    }

    /// The most telling reason; that conditions differ is said by the caveat.
    private static func reason(_ comparison: Comparison) -> String {
        let isSaid = comparison.allowsDifferences && !comparison.differences.isEmpty
        let reasons =
            isSaid && comparison.reasons.count > 1
            ? comparison.reasons.dropFirst() : comparison.reasons[...]
        return reasons.first ?? "nothing was compared"
    }

    /// Without the full stop, as something follows.
    private static func unended(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }

    private static func lowered(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}
