import Results

/// What a duel has found so far: the blocks of every cell, and what is to be made of them.
package struct DuelTally: Sendable {
    /// What is compared by which rule, with what was known before the first block; without a
    /// verdict.
    package var comparison: Comparison
    /// When the duel is looked at.
    package let looks: DuelLooks
    /// The cells in the order of the plan.
    package private(set) var samples: [DuelSample]

    /// A duel of cells without a block.
    package init(_ comparison: Comparison, cells: [String], looks: DuelLooks) {
        self.comparison = comparison
        self.looks = looks
        samples = cells.map(DuelSample.init)
    }

    /// How many blocks there are.
    package var kept: Int { samples.first?.blocks.count ?? 0 }

    /// Adds a block of every cell, in the order of the cells.
    package mutating func add(_ blocks: [DuelBlock]) {
        precondition(blocks.count == samples.count, "a block has every cell")
        for index in samples.indices { samples[index].add(blocks[index]) }
    }

    /// What the blocks show of the cells so far, without a verdict.
    ///
    /// - Parameter isOver: whether there will be no more blocks.
    package func evidence(isOver: Bool) -> Comparison {
        let made = looks.made(after: kept, isOver: isOver)
        var found = comparison
        found.control = samples.flatMap { $0.control(found.rule, looks: made) }
        let most = samples.count * found.rule.metrics.count
        let needed = looks.neededBlocks(tests: max(most, 2 * found.control.count))
        found.untested = samples.flatMap { $0.untested(found.rule, needed: needed) }
        found.evidence = samples.flatMap {
            $0.evidence(found.rule, looks: made, needed: needed)
        }
        found.failedCalls = FailedCalls.adjusted(samples.map { $0.failedCalls(looks: made) })
        found.notes += samples.flatMap { $0.leftOut(found.rule, needed: needed) }
        found.neededPairs = looks.neededBlocks(
            tests: max(found.evidence.count, 2 * found.control.count))
        return found
    }

    /// Every block as a table: the values of its four rounds and of those of the module that does
    /// nothing beside them, a row for each cell and metric.
    package var table: CSVTable {
        var table = CSVTable(columns: [
            "block", "order", "cell", "metric", "baseline_1", "baseline_2", "candidate_1",
            "candidate_2", "log_cost_ratio", "control_baseline_1", "control_baseline_2",
            "control_candidate_1", "control_candidate_2", "control_log_cost_ratio",
        ])
        for index in 0..<kept {
            for sample in samples {
                for metric in Metric.allCases {
                    table.append(Self.row(sample.cell, sample.blocks[index], metric))
                }
            }
        }
        return table
    }

    private static func row(
        _ cell: String, _ block: DuelBlock, _ metric: Metric
    ) -> [CSVTable.Field] {
        func fields(_ rounds: DuelRounds?) -> [CSVTable.Field] {
            let values = [
                rounds?.baseline.first, rounds?.baseline.second, rounds?.candidate.first,
                rounds?.candidate.second,
            ].map { $0?[metric] }
            return (values + [rounds?.logRatio(of: metric)]).map(CSVTable.Field.optional)
        }
        return [
            .integer(Int64(block.number)), .text(block.isMirrored ? "BAAB" : "ABBA"), .text(cell),
            .text(metric.rawValue),
        ] + fields(block.rounds) + fields(block.control)
    }
}
