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

    /// What was found of each metric that every block has: those that lack it are no accident where
    /// an anchor was slow, so that the others are no fair sample.
    ///
    /// - Parameter looks: those that were made; without one there are estimates and no bounds.
    package func evidence(_ rule: GateRule, looks: [DuelLooks.Look]) -> [Evidence] {
        rule.metrics.compactMap { metric in
            guard blocks.allSatisfy({ $0.rounds.logRatio(of: metric) != nil }) else { return nil }
            return Series(metric, blocks.map { ($0, $0.rounds) })
                .evidence(cell, limit: rule.limit, looks)
        }
    }

    /// The same of the module that does nothing.
    package func control(_ rule: GateRule, looks: [DuelLooks.Look]) -> [Evidence] {
        rule.metrics.compactMap { metric in
            Series(metric, blocks.map { ($0, $0.control) })
                .evidence("null-module beside \(cell)", limit: rule.controlLimit, looks)
        }
    }

    /// The metrics that some block lacks.
    package func untested(_ rule: GateRule) -> [Comparison.Untested] {
        rule.metrics.compactMap { metric in
            let count = blocks.count { $0.rounds.logRatio(of: metric) != nil }
            guard count < blocks.count else { return nil }
            let isLost = blocks.allSatisfy { $0.rounds.baseline.logCosts(of: metric) != nil }
            let some = count == 0 ? "no block" : "only \(count) of \(blocks.count) blocks"
            return Comparison.Untested(
                cell: cell, metric: metric,
                reason: "\(metric.lack) (\(some) had it in all four rounds)", isLost: isLost)
        }
    }
}

extension Metric {
    /// What stands in the way where rounds lack it, after "there are".
    fileprivate var lack: String {
        switch self {
        case .throughput: "rounds in which no call was completed"
        case .serviceP50: "too few calls a round for a median"
        case .serviceP99: "too few calls a round for a 99th percentile"
        case .cpuTime: "no CPU times of callers that wait for an instant"
        }
    }
}

/// A metric of a cell, block by block.
private struct Series {
    let metric: Metric
    let blocks: [(block: DuelBlock, rounds: DuelRounds)]

    init(_ metric: Metric, _ rounds: [(block: DuelBlock, rounds: DuelRounds?)]) {
        self.metric = metric
        blocks = rounds.compactMap { entry in entry.rounds.map { (entry.block, $0) } }
    }

    /// - Parameter limit: the logarithm of the ratio from which on a candidate is worse.
    func evidence(_ cell: String, limit: Double, _ looks: [DuelLooks.Look]) -> Evidence? {
        let all = ratios(blocks.count)
        guard let middle = all.median,
            let baseline = SignTest(blocks.flatMap { $0.rounds.baseline.values(of: metric) })
                .median,
            let candidate =
                SignTest(blocks.flatMap { $0.rounds.candidate.values(of: metric) }).median
        else { return nil }
        // Of a metric that a block may lack there can be fewer values than blocks.
        let seen = looks.map { (test: ratios($0.blocks), share: $0.share) }
            .filter { $0.test.count >= DuelLooks.fewestBlocks }
        let interval = seen.last.flatMap { $0.test.interval(level: GateRule.level * $0.share) }
        let upper = seen.compactMap { $0.test.upperBound(level: GateRule.level * $0.share) }.min()
        let lower = seen.compactMap { $0.test.lowerBound(level: GateRule.level * $0.share) }.max()
        return Evidence(
            cell: cell, metric: metric, baseline: baseline, candidate: candidate,
            ratio: exp(middle),
            low: interval.map { exp($0.lowerBound) }, high: interval.map { exp($0.upperBound) },
            // An earlier look may have had a tighter bound; it never contradicts the estimate.
            upper: upper.map { exp(max($0, middle)) }, lower: lower.map { exp(min($0, middle)) },
            pWorse: Self.least(seen) { $0.pAbove(limit) },
            pBetter: Self.least(seen) { $0.pBelow(-limit) },
            floor: floor, pairs: all.count)
    }

    /// The log ratios of the first so many blocks.
    private func ratios(_ count: Int) -> SignTest {
        SignTest(blocks.prefix(count).compactMap { $0.rounds.logRatio(of: metric) })
    }

    private static func least(
        _ looks: [(test: SignTest, share: Double)], _ chance: (SignTest) -> Double
    ) -> Double {
        looks.map { min(1, chance($0.test) / $0.share) }.min() ?? 1
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
