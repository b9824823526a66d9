import Regression

/// The verdict in one line: what it is, why, and what to do next.
struct FinalLine {
    /// The line without its end: fewer than 300 characters, unless the advice alone takes more.
    let text: String

    private static let most = 299
    /// What a reason keeps at the least, however long the advice is.
    private static let leastWhy = 180

    init(_ comparison: Comparison) {
        let head = "\(comparison.verdict.rawValue)\(Self.caveat(comparison)): "
        let why = GateWording.oneLine(Self.why(comparison))
        let advice = GateWording.oneLine(comparison.advice)
        let next = advice.isEmpty ? "" : "; next: \(Self.lowered(Self.open(advice)))"
        // The summary has the whole reason; what to do is of no use in part.
        let room = max(Self.most - head.count - next.count, Self.leastWhy)
        text = head + GateWording.brief(Self.open(why), atMost: room) + next
    }

    private static func caveat(_ comparison: Comparison) -> String {
        comparison.allowsDifferences && !comparison.differences.isEmpty
            ? " (under different conditions, as was allowed)" : ""
    }

    private static func why(_ comparison: Comparison) -> String {
        switch comparison.verdict {
        case .regressed: regression(comparison)
        case .pass:
            "\(GateWording.count(comparison.evidence.count, "test")), no cost above "
                + "\(GateWording.share(comparison.rule.tolerance))"
                + (GateWording.notCompared(comparison).map { "; \($0)" } ?? "")
        case .inconclusive, .invalid: reason(comparison)
        }
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
        return "\(GateWording.brief(worst.cell, atMost: 80)): \(worst.metric.title) costs "
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
    private static func open(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }

    private static func lowered(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}
