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
        case .regressed where !judge.failing.isEmpty:
            "Find out why calls fail: run.json of the candidate's run counts them by code."
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
        if comparison.isApart { return Self.sameScenario }
        let unlike = comparison.differences.map(\.condition)
        if !unlike.isEmpty, !comparison.allowsDifferences {
            return unlike == ["module_sha256"]
                ? "Say --new-module if the module is what changed; otherwise measure both with the "
                    + "same one."
                : "Measure both under the same conditions, or say --allow-different-host to "
                    + "compare them all the same."
        }
        guard comparison.invalid.isEmpty else {
            return "Measure again what is INVALID; cells.csv in the folder of its run says more."
        }
        return Self.sameScenario
    }

    private static let sameScenario = "Measure the candidate by the scenario of the baseline."

    private var afterMovement: String {
        isStored
            ? "Measure both again on one machine, one right after the other, or let 'anchorbench "
                + "duel' measure them in turns."
            : "Do it again when nothing else runs on this machine; 'anchorbench doctor' shows what "
                + "disturbs it."
    }

    private var afterDoubt: String {
        if !judge.tooFew.isEmpty { return moreForTests }
        if !judge.unknown.isEmpty {
            return "Record a new baseline: of this one nobody knows which calls failed."
        }
        let quieter = [
            "take a quieter machine ('anchorbench doctor' shows what disturbs this one)",
            "longer rounds (--duration)",
        ]
        let turns = isStored ? ["let 'anchorbench duel' measure both in turns"] : []
        guard judge.tooNoisy.isEmpty else { return Self.choice(quieter + turns + wider) + "." }
        guard let pairs = decidingPairs else {
            return Self.choice(quieter + turns + wider)
                + "; the difference lies near the tolerance itself, and more "
                + "\(isStored ? "rounds" : "blocks") alone would hardly do."
        }
        let more =
            isStored
            ? "measure about \(pairs) rounds of each (--rounds \(pairs)) at the same spread"
            : "let the duel have about \(pairs) blocks (--most-blocks \(pairs)) at the same spread"
        return Self.choice([more] + quieter + turns) + "."
    }

    /// One phrase of several things of which one is enough.
    private static func choice(_ ways: [String]) -> String {
        let list =
            ways.count > 1
            ? ways.dropLast().joined(separator: ", ") + ", or " + (ways.last ?? "") : ways.joined()
        return list.prefix(1).uppercased() + list.dropFirst()
    }

    /// A tolerance that the floors and the bounds found here would lie below; none where that is
    /// more than the whole.
    private var wider: [String] {
        let all = judge.comparison.evidence
        let bounds = all.map { $0.upper ?? .infinity } + all.compactMap(\.floor)
        let percent = ((bounds.max() ?? .infinity) - 1) * 100
        guard percent < Self.widestPercent else { return [] }
        return ["allow a larger cost (--tolerance \(Int(percent) + 1)%)"]
    }

    private static let widestPercent = 100.0

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
