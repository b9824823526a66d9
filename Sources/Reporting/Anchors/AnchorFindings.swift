import Exposure
import Results
import Units

/// The first lines of a comparison of anchors: who holds how strongly, and why.
struct AnchorFindings {
    private let comparison: AnchorComparison

    init(_ comparison: AnchorComparison) { self.comparison = comparison }

    /// One paragraph for each subject, and one on stored keys.
    var paragraphs: [String] {
        var paragraphs = comparison.rankings.map(paragraph)
        if !comparison.rankings.contains(where: { $0.measured.count > 1 }) {
            paragraphs.insert(
                "**Nothing can be compared**: no two of the runs measured the same subject without "
                    + "a throttle.", at: 0)
        }
        return paragraphs + [storedKeys].compactMap(\.self)
    }

    private func paragraph(_ ranking: AnchorRanking) -> String {
        var lines = [strength(ranking)]
        if ranking.measured.count > 1 {
            lines += [
                threads(ranking), processes(ranking), fairness(ranking), stalls(ranking),
            ]
        }
        lines.append(unranked(ranking))
        return "**\(ranking.title)**\n\n"
            + lines.compactMap(\.self).map { "- \($0)" }.joined(separator: "\n")
    }

    private func strength(_ ranking: AnchorRanking) -> String? {
        guard let first = ranking.ranked.first, let last = ranking.ranked.last else { return nil }
        guard ranking.ranked.count > 1 else {
            return "**Only** \(first.anchor.code) can be ranked: \(held(first))."
        }
        return "**Strongest** is \(first.anchor.code): \(held(first)). **Weakest** is "
            + "\(last.anchor.code): \(held(last))."
            + (alike(ranking.ranked).map { " \($0)" } ?? "")
    }

    /// `a theft takes 60× (50–72) as long as with no anchor, 3.46 minutes for 10 million records`.
    private func held(_ figures: AnchorFigures) -> String {
        let factor = figures.factor.map(Wording.factor) ?? "—"
        let time = figures.theft.map { Wording.time($0) } ?? "—"
        return "a theft takes \(factor) as long as with no anchor, \(time) for "
            + "\(comparison.dataset.inWords) records"
    }

    /// Which anchors the rounds do not tell from the strongest; nil where they tell all of them.
    private func alike(_ ranked: [AnchorFigures]) -> String? {
        guard let first = ranked.first, let factor = first.factor else { return nil }
        guard ranked.allSatisfy({ $0.factor?.low != nil }) else {
            return "Where a run has a single round there is no interval, and the order may be "
                + "chance."
        }
        let rivals = ranked.dropFirst().filter { $0.factor.map(factor.overlaps) ?? false }
        guard !rivals.isEmpty else { return nil }
        return "The intervals of \(AnchorWording.names([first.anchor] + rivals.map(\.anchor))) "
            + "overlap: which of these is the strongest is not shown."
    }

    private func threads(_ ranking: AnchorRanking) -> String? {
        gains(ranking, \.threadGain).map { "**More threads in one process** \($0)." }
    }

    private func processes(_ ranking: AnchorRanking) -> String? {
        gains(ranking, \.processGain).map { "**More processes** \($0)." }
    }

    private func gains(
        _ ranking: AnchorRanking, _ gain: (AnchorFigures) -> Gain?
    ) -> String? {
        let known = ranking.measured.compactMap { figures in
            gain(figures).map { (figures.anchor, $0) }
        }
        func list(_ tendency: Gain.Tendency) -> String? {
            let names = known.filter { $0.1.tendency == tendency }.map { anchor, gain in
                "\(anchor.code) (\(Wording.factor(gain.ratio.estimate)) at \(gain.load))"
            }
            return names.isEmpty ? nil : Wording.list(names)
        }
        let parts = [
            list(.faster).map { "make \($0) faster" },
            list(.slower).map { "make \($0) slower" },
            list(.unclear).map { "change nothing that is clear for \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; they ")
    }

    private func fairness(_ ranking: AnchorRanking) -> String? {
        let known = ranking.measured.compactMap { figures in
            figures.fairness.map { (figures.anchor, $0) }
        }
        guard !known.isEmpty else { return nil }
        let unfair = known.filter { $0.1.isUnfair }.map { anchor, fairness in
            "\(anchor.code) (\(Wording.number(fairness.median)) at \(fairness.load), at worst "
                + "\(Wording.number(fairness.worst)))"
        }
        guard !unfair.isEmpty else {
            return "**Nobody is unfair**: in the usual round no caller got less than half of the "
                + "calls of another."
        }
        return "**Unfair** \(unfair.count == 1 ? "is" : "are") \(Wording.list(unfair)): so many "
            + "calls the least served caller got for each call of the most served one."
    }

    private func stalls(_ ranking: AnchorRanking) -> String? {
        let stalls = ranking.measured.compactMap { figures in
            figures.stall.flatMap { stall in
                stall.isWorthTelling
                    ? "\(figures.anchor.code) (\(Wording.factor(stall.ratio)) at \(stall.load))"
                    : nil
            }
        }
        guard !stalls.isEmpty else { return nil }
        return "**Callers stand still** at times on \(Wording.list(stalls)): one call in a "
            + "thousand takes at least so many times as long as the median."
    }

    private func unranked(_ ranking: AnchorRanking) -> String? {
        guard !ranking.unranked.isEmpty else { return nil }
        var reasons: [(text: String, anchors: [MeasuredAnchor])] = []
        for figures in ranking.unranked {
            let text = figures.lack ?? "no factor"
            if let index = reasons.firstIndex(where: { $0.text == text }) {
                reasons[index].anchors.append(figures.anchor)
            } else {
                reasons.append((text, [figures.anchor]))
            }
        }
        let lines = reasons.map { "\(AnchorWording.names($0.anchors)) (\($0.text))" }
        return "**Not ranked**: \(lines.joined(separator: "; "))."
    }

    private var storedKeys: String? {
        let lines = comparison.keyCosts.headline.map { cost in
            let times = Wording.factor(cost.ratio)
            return "- \(MarkdownText.escaped(cost.module)), \(cost.subject) at \(cost.load): with "
                + "a key of the session (\(cost.session.code)) it does \(times) as many calls as "
                + "with a stored one (\(cost.stored.code))."
        }
        guard !lines.isEmpty else { return nil }
        return "**What a stored key costs**\n\n" + lines.joined(separator: "\n")
    }
}
