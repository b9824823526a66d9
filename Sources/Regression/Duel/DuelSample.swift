import Foundation

/// The blocks of one cell, and what they show.
///
/// A block gives one logarithm of a cost ratio for each metric. Blocks are independent and each
/// ratio lies as likely above the true one as below, whatever their distribution; the rest is the
/// sign test: the estimate is the median, its interval has order statistics for bounds, x(4) …
/// x(17) of 20 blocks. One block that a backup or a neighbour fell upon moves nothing.
package struct DuelSample: Equatable, Sendable {
    /// The cell's key.
    package let cell: String
    /// Its blocks in the order of time.
    package private(set) var blocks: [DuelBlock] = []

    /// A cell without a block.
    package init(cell: String) { self.cell = cell }

    /// Adds a block.
    package mutating func add(_ block: DuelBlock) { blocks.append(block) }

    /// What was found of each metric that may be compared.
    ///
    /// - Parameters:
    ///   - looks: those that were made; without one there are estimates and no bounds.
    ///   - needed: how many blocks a test must have.
    package func evidence(
        _ rule: GateRule, looks: [DuelLooks.Look], needed: Int = DuelLooks.fewestBlocks
    ) -> [Evidence] {
        rule.metrics.compactMap { metric in
            guard isCompared(metric, needed: needed) else { return nil }
            return Series(metric, blocks.map { ($0, $0.rounds) }, countsLacking: true)
                .evidence(cell, limit: rule.limit, looks)
        }
    }

    /// The same of the module that does nothing.
    package func control(_ rule: GateRule, looks: [DuelLooks.Look]) -> [Evidence] {
        rule.metrics.compactMap { metric in
            Series(metric, blocks.map { ($0, $0.control) }, countsLacking: false)
                .evidence("null-module beside \(cell)", limit: rule.controlLimit, looks)
        }
    }

    /// The calls that failed, of either; chances are those of the looks that were made, each over
    /// its look's share, and 1 without one.
    func failedCalls(looks: [DuelLooks.Look]) -> FailedCalls {
        var found = failedCalls(of: blocks.count)
        let seen = looks.map { (failedCalls(of: $0.blocks), $0.share) }
        found.pWorse = seen.map { min(1, $0.0.pWorse / $0.1) }.min() ?? 1
        found.pBetter = seen.map { min(1, $0.0.pBetter / $0.1) }.min() ?? 1
        return found
    }

    private func failedCalls(of count: Int) -> FailedCalls {
        let rounds = blocks.prefix(count).map(\.rounds)
        return FailedCalls(
            cell: cell, baseline: CallCounts(summing: rounds.map(\.baselineCalls)),
            candidate: CallCounts(summing: rounds.map(\.candidateCalls)))
    }

    /// The metrics that too many blocks lack.
    package func untested(
        _ rule: GateRule, needed: Int = DuelLooks.fewestBlocks
    ) -> [Comparison.Untested] {
        rule.metrics.compactMap { metric in
            guard !isCompared(metric, needed: needed) else { return nil }
            let count = lacking(metric).count
            let before = blocks.count { $0.rounds.baseline.logCosts(of: metric) == nil }
            let after = blocks.count { $0.rounds.candidate.logCosts(of: metric) == nil }
            let isLost = before < after && before <= LackingValues.most(of: blocks.count)
            return Comparison.Untested(
                cell: cell, metric: metric,
                reason: count == blocks.count
                    ? "\(metric.lack) (no block had it in all four rounds)"
                    : "rounds that \(metric.roundLack) in \(count) of \(blocks.count) blocks",
                isLost: isLost)
        }
    }

    /// Which blocks were left out of which metric, and why, in sentences.
    package func leftOut(
        _ rule: GateRule, needed: Int = DuelLooks.fewestBlocks
    ) -> [String] {
        rule.metrics.compactMap { metric in
            let bare = lacking(metric)
            guard !bare.isEmpty, isCompared(metric, needed: needed) else { return nil }
            let rounds = bare.map(\.rounds)
            let isBaselines = rounds.contains { $0.baseline.logCosts(of: metric) == nil }
            let isCandidates = rounds.contains { $0.candidate.logCosts(of: metric) == nil }
            let side =
                isBaselines && isCandidates
                ? "both" : "the \(isBaselines ? "baseline" : "candidate")"
            let numbers = Counted.list(bare.map { "\($0.number)" })
            return "Left out of \(metric.words) of \(cell): block\(bare.count == 1 ? "" : "s") "
                + "\(numbers), where rounds of \(side) \(metric.roundLack); the bounds hold "
                + "whatever would have been found there."
        }
    }

    /// The blocks that lack a metric in one of their rounds.
    private func lacking(_ metric: Metric) -> [DuelBlock] {
        blocks.filter { $0.rounds.logRatio(of: metric) == nil }
    }

    /// Whether so few blocks lack a metric that the others can be compared.
    private func isCompared(_ metric: Metric, needed: Int) -> Bool {
        let count = lacking(metric).count
        return count == 0
            || count <= LackingValues.most(of: blocks.count) && blocks.count - count >= needed
    }
}

extension Metric {
    /// What stands in the way where all rounds lack it, after "there are".
    fileprivate var lack: String {
        switch self {
        case .throughput: "rounds in which no call was completed"
        case .serviceP50: "too few calls a round for a median"
        case .serviceP99: "too few calls a round for a 99th percentile"
        case .cpuTime: "no CPU times of callers that wait for an instant"
        }
    }

    /// What is the matter with rounds that lack it, after "rounds that".
    var roundLack: String {
        switch self {
        case .throughput: "completed no call"
        case .serviceP50: "had too few calls for a median"
        case .serviceP99: "had too few calls for a 99th percentile"
        case .cpuTime: "had no CPU time"
        }
    }
}

/// A metric of a cell, block by block.
private struct Series {
    let metric: Metric
    let blocks: [(block: DuelBlock, rounds: DuelRounds)]
    /// Whether a block that lacks the metric counts against whatever is to be shown.
    let countsLacking: Bool

    init(
        _ metric: Metric, _ rounds: [(block: DuelBlock, rounds: DuelRounds?)], countsLacking: Bool
    ) {
        self.metric = metric
        blocks = rounds.compactMap { entry in entry.rounds.map { (entry.block, $0) } }
        self.countsLacking = countsLacking
    }

    /// One look: the test with what is lacking at its dearest, and with it at its cheapest.
    private struct Seen {
        let dearest: SignTest
        let cheapest: SignTest
        let share: Double
        var level: Double { GateRule.level * share }
    }

    /// - Parameter limit: the logarithm of the ratio from which on a candidate is worse.
    func evidence(_ cell: String, limit: Double, _ looks: [DuelLooks.Look]) -> Evidence? {
        let usable = blocks.map(\.rounds).filter { $0.logRatio(of: metric) != nil }
        let all = ratios(blocks.count, lacking: nil)
        guard let middle = all.median,
            let baseline = SignTest(usable.flatMap { $0.baseline.values(of: metric) }).median,
            let candidate = SignTest(usable.flatMap { $0.candidate.values(of: metric) }).median
        else { return nil }
        let far = countsLacking ? LackingValues.far : nil
        let seen = looks.map { look in
            Seen(
                dearest: ratios(look.blocks, lacking: far),
                cheapest: ratios(look.blocks, lacking: far.map { -$0 }), share: look.share)
        }
        // Of a metric that a block may lack there can be fewer values than blocks.
        .filter { $0.dearest.count >= DuelLooks.fewestBlocks }
        let low = seen.last.flatMap { $0.cheapest.lowerBound(level: $0.level / 2) }
        let high = seen.last.flatMap { $0.dearest.upperBound(level: $0.level / 2) }
        let upper = seen.compactMap { $0.dearest.upperBound(level: $0.level) }.min()
        let lower = seen.compactMap { $0.cheapest.lowerBound(level: $0.level) }.max()
        return Evidence(
            cell: cell, metric: metric, baseline: baseline, candidate: candidate,
            ratio: exp(middle),
            low: LackingValues.ratio(low), high: LackingValues.ratio(high),
            // An earlier look may have had a tighter bound; it never contradicts the estimate.
            upper: LackingValues.ratio(upper.map { max($0, middle) }),
            lower: LackingValues.ratio(lower.map { min($0, middle) }),
            pWorse: Self.least(seen) { $0.cheapest.pAbove(limit) },
            pBetter: Self.least(seen) { $0.dearest.pBelow(-limit) },
            floor: floor, pairs: all.count)
    }

    /// The log ratios of the first so many blocks.
    ///
    /// - Parameter value: what a block counts as that has none; nil where it does not count.
    private func ratios(_ count: Int, lacking value: Double?) -> SignTest {
        SignTest(blocks.prefix(count).compactMap { $0.rounds.logRatio(of: metric) ?? value })
    }

    private static func least(_ looks: [Seen], _ chance: (Seen) -> Double) -> Double {
        looks.map { min(1, chance($0) / $0.share) }.min() ?? 1
    }

    /// The ratio up to which identical anchors would have seemed to differ here.
    ///
    /// Two blocks of one orientation hold four rounds of each anchor: the second of the one and the
    /// first of the other against the two between which they lie, or which lie around them. Drift
    /// cancels as in a block, and so does what differs between the two blocks, such as where their
    /// heaps begin. Half the width of the interval of the median of these, of both anchors pooled,
    /// is what the duel could not have told from nothing.
    private var floor: Double? {
        var values: [Double] = []
        for isMirrored in [false, true] {
            let alike = blocks.filter { $0.block.isMirrored == isMirrored }.map(\.rounds)
            for index in stride(from: 0, to: alike.count - 1, by: 2) {
                values += [\DuelRounds.baseline, \.candidate].compactMap { anchor in
                    pseudoRatio(alike[index][keyPath: anchor], alike[index + 1][keyPath: anchor])
                }
            }
        }
        guard let interval = SignTest(values).interval(level: GateRule.level) else { return nil }
        return exp((interval.upperBound - interval.lowerBound) / 2)
    }

    private func pseudoRatio(_ earlier: DuelRounds.Pair, _ later: DuelRounds.Pair) -> Double? {
        guard let earlier = earlier.logCosts(of: metric), let later = later.logCosts(of: metric)
        else { return nil }
        return (earlier.second + later.first) / 2 - (earlier.first + later.second) / 2
    }
}
