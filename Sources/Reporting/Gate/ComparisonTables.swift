import Regression
import Units

/// The tables of a comparison.
struct ComparisonTables {
    private let comparison: Comparison
    private let outcomes: [EvidenceOutcome]

    init(_ comparison: Comparison) {
        self.comparison = comparison
        outcomes = comparison.outcomes
    }

    /// What is worse or better beyond chance, the most telling first: the findings that count, then
    /// those whose interval leaves the same cost out; each by how much it moved, what REGRESSED by
    /// how much it moved at the least.
    var moved: Grid {
        let rows = zip(comparison.evidence, outcomes).filter { found, outcome in
            outcome == .worse || outcome == .better || Self.leavesOutOne(found)
        }
        let ordered = rows.enumerated().sorted { left, right in
            let keys = [left, right].map { row in
                (Self.rank(row.element.1), -Self.distance(row.element.0, row.element.1), row.offset)
            }
            return keys[0] < keys[1]
        }
        return grid(ordered.map(\.element))
    }

    /// Everything that was tested, in the order of the cells.
    var all: Grid { grid(Array(zip(comparison.evidence, outcomes))) }

    /// What was found of the module that does nothing.
    var control: Grid {
        let (control, outcomes) = (comparison.control, comparison.controlOutcomes)
        return Grid(columns, count: control.count) { index in
            var found = control[index]
            found.pAdjusted = outcomes[index].pAdjusted
            return Self.row(found, finding: Self.word(outcomes[index].finding))
        }
    }

    private static func word(_ finding: ControlOutcome.Finding) -> String {
        switch finding {
        case .moved: "moved"
        case .still: "stood still"
        case .undecided: "not shown to have moved"
        }
    }

    /// The cells in which calls failed.
    var failedCalls: Grid {
        let all = comparison.failedCalls
        let columns: [Grid.Column] = [
            ("cell", .left), ("baseline", .right), ("candidate", .right), ("p adjusted", .right),
            ("finding", .left),
        ]
        return Grid(columns, count: all.count) { index in
            let found = all[index]
            let p = found.finding == .fewer ? found.pBetter : found.pWorse
            return [
                .name(found.cell), .text(GateWording.failed(found.baseline)),
                .text(GateWording.failed(found.candidate)),
                .text(GateWording.chance(found.baseline.map { _ in p })),
                .text(Self.word(found.finding)),
            ]
        }
    }

    private static func word(_ finding: FailedCalls.Finding) -> String {
        switch finding {
        case .worse: "REGRESSED"
        case .more: "more than before, and seldom"
        case .fewer: "improved"
        case .alike: "not shown to be more than before"
        case .unknown: "the baseline's are not known"
        }
    }

    var differences: Grid {
        let differences = comparison.differences
        let columns: [Grid.Column] = [
            ("condition", .left), ("baseline", .left), ("candidate", .left),
        ]
        return Grid(columns, count: differences.count) { index in
            let difference = differences[index]
            let values = [difference.baseline, difference.candidate].map {
                $0.map { Grid.Field.name($0) } ?? .text("not known")
            }
            return [.name(difference.condition)] + values
        }
    }

    var invalid: Grid {
        let cells = comparison.invalid
        return Grid([("cell", .left), ("in", .left), ("why", .left)], count: cells.count) { index in
            let cell = cells[index]
            let reasons = cell.reasons.joined(separator: "; ")
            return [.name(cell.cell), .name(cell.side), .text(reasons)]
        }
    }

    var untested: Grid {
        let entries = comparison.untested
        let columns: [Grid.Column] = [("cell", .left), ("metric", .left), ("why", .left)]
        return Grid(columns, count: entries.count) { index in
            let entry = entries[index]
            return [.name(entry.cell), .text(entry.metric.title), .text(entry.reason)]
        }
    }

    var onlyOne: Grid {
        let (missing, extra) = (comparison.missing, comparison.extra)
        let columns: [Grid.Column] = [("cell", .left), ("only in", .left)]
        return Grid(columns, count: missing.count + extra.count) { index in
            index < missing.count
                ? [.name(missing[index]), .text("the baseline")]
                : [.name(extra[index - missing.count]), .text("the candidate")]
        }
    }

    private func grid(_ rows: [(Evidence, EvidenceOutcome)]) -> Grid {
        let isMoved = comparison.controlMoved
        return Grid(columns, count: rows.count) { index in
            Self.row(rows[index].0, finding: Self.word(rows[index].1, isMoved: isMoved))
        }
    }

    private static func word(_ outcome: EvidenceOutcome, isMoved: Bool) -> String {
        switch outcome {
        // What the module that does nothing shows too is not the anchor's doing.
        case .worse: isMoved ? "worse, and the control moved" : "REGRESSED"
        case .better: "improved"
        case .within: "within tolerance"
        case .undecided: "undecided"
        }
    }

    private var columns: [Grid.Column] {
        [
            ("cell", .left), ("metric", .left), ("baseline", .right), ("candidate", .right),
            ("cost", .right), ("99 % interval", .right), ("at most", .right),
            ("p adjusted", .right), ("A/A floor", .right),
            (GateWording.unit(comparison.kind) + "s", .right), ("finding", .left),
        ]
    }

    private static func row(_ found: Evidence, finding: String) -> [Grid.Field] {
        [
            .name(found.cell), .text(found.metric.title),
            .text(found.metric.figure(found.baseline)),
            .text(found.metric.figure(found.candidate)), .text(GateWording.added(found.ratio)),
            .text(GateWording.interval(found) ?? "—"),
            .text(found.upper.map(GateWording.added) ?? "—"),
            .text(GateWording.chance(found.pAdjusted)), .text(GateWording.floor(found)),
            .text("\(found.pairs)"), .text(finding),
        ]
    }

    private static func leavesOutOne(_ found: Evidence) -> Bool {
        both(found.low, found.high).map { $0.0 > 1 || $0.1 < 1 } ?? false
    }

    private static func rank(_ outcome: EvidenceOutcome) -> Int {
        switch outcome {
        case .worse: 0
        case .better: 1
        case .undecided, .within: 2
        }
    }

    /// How far from the same cost, in either direction.
    private static func distance(_ found: Evidence, _ outcome: EvidenceOutcome) -> Double {
        outcome == .worse ? found.leastRatio : max(found.ratio, 1 / found.ratio)
    }
}
