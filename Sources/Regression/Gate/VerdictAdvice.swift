/// What to do after a verdict, in one sentence.
struct VerdictAdvice {
    private let judge: Judge
    private var comparison: Comparison { judge.comparison }
    private var isStored: Bool { comparison.kind == .stored }

    /// More rounds or blocks than this are not advised.
    private static let mostPairs = 200.0

    /// The advice of a judge.
    init(_ judge: Judge) { self.judge = judge }

    /// The sentence.
    var text: String {
        switch judge.verdict {
        case .pass:
            "Nothing needs to be done."
        case .regressed:
            isStored
                ? "Look for what made the candidate slower; where it may have been the machine, "
                    + "'anchorbench duel' measures both in turns."
                : "Look for what made the candidate slower: both were measured in turns, so it was "
                    + "not the drift of the machine."
        case .invalid: afterInvalid
        case .inconclusive: judge.moved.isEmpty ? afterDoubt : afterMovement
        }
    }

    private var afterInvalid: String {
        let unlike = comparison.differences.map(\.condition)
        if !unlike.isEmpty, !comparison.allowsDifferences {
            return unlike == ["module_sha256"]
                ? "Say --new-module if the module is what changed; otherwise measure both with the "
                    + "same one."
                : "Measure both under the same conditions, or say --allow-different-host to "
                    + "compare them all the same."
        }
        guard comparison.invalid.isEmpty else {
            return "Measure again what is INVALID; report.md and cells.csv of the run say more."
        }
        return "Measure the candidate by the scenario of the baseline."
    }

    private var afterMovement: String {
        isStored
            ? "Measure both again on one machine, one right after the other, or let 'anchorbench "
                + "duel' measure them in turns."
            : "Do it again when nothing else runs on this machine; 'anchorbench doctor' shows what "
                + "disturbs it."
    }

    private var afterDoubt: String {
        if !judge.tooFew.isEmpty { return moreForTests }
        let quieter =
            "a quieter machine ('anchorbench doctor' shows what disturbs this one), longer rounds "
            + "(--duration)" + (isStored ? " or 'anchorbench duel'" : "")
        guard judge.tooNoisy.isEmpty else { return "What would decide: \(quieter)." }
        guard let pairs = decidingPairs else {
            return "What would decide: \(quieter); the difference lies near the tolerance itself, "
                + "and more \(isStored ? "rounds" : "blocks") alone would hardly do."
        }
        let more =
            isStored
            ? "about \(pairs) rounds of each (--rounds \(pairs))"
            : "about \(pairs) blocks"
        return "What would decide: \(more) at the same spread, \(quieter)."
    }

    /// How many pairs are needed for the tests there are, and for fewer.
    private var moreForTests: String {
        let metrics = Set(comparison.evidence.map(\.metric)).count
        let cells = Set(comparison.evidence.map(\.cell)).count
        let needed = comparison.neededPairs
        let fewer = NeededPairs.rounds(forTests: cells)
        // Of a duel only its looks know.
        let narrower =
            isStored && metrics > 1 && fewer < needed
            ? "; one metric alone (--metrics throughput) needs \(fewer)" : ""
        return isStored
            ? "Measure both with --for-gate or --rounds \(needed)\(narrower)."
            : "Let the duel have \(needed) blocks or more."
    }

    /// How many pairs would put each bound on one side of the tolerance, were the spread and the
    /// estimates to stay: widths fall with the root of the number. Nil where that is too many.
    private var decidingPairs: Int? {
        let limit = comparison.rule.limit
        var most = Double(comparison.neededPairs)
        for open in judge.open {
            let estimate = naturalLogarithm(open.ratio)
            let bound = estimate < limit ? open.upper : open.lower
            guard let bound, bound > 0, estimate != limit else { return nil }
            let share = abs(naturalLogarithm(bound) - estimate) / abs(limit - estimate)
            most = max(most, Double(open.pairs) * share * share)
        }
        // A little more than the estimate, which is as likely too small as too large.
        most = (most * 1.2).rounded(.up)
        return most <= Self.mostPairs ? Int(most) : nil
    }
}
