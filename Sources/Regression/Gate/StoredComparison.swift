import Results

extension Comparison {
    /// Two stored runs, compared and judged: of each cell that both hold, the rounds are two
    /// independent samples.
    ///
    /// - Parameters:
    ///   - allowsDifferences: whether runs of unlike conditions are compared all the same.
    ///   - changing: conditions that are what changed, such as `module_sha256`.
    package init(
        _ baseline: GateRun, _ candidate: GateRun, rule: GateRule,
        allowsDifferences: Bool = false, changing: Set<String> = []
    ) {
        self.init(
            kind: .stored, baseline: baseline.name, candidate: candidate.name, rule: rule)
        self.allowsDifferences = allowsDifferences
        differences = Self.differences(baseline.conditions, candidate.conditions)
            .filter { !changing.contains($0.condition) }
        notes = baseline.notes + candidate.notes
        let unlike =
            Self.differences(baseline.conditions, candidate.conditions)
            .filter { changing.contains($0.condition) }
            + Self.differences(baseline.circumstances, candidate.circumstances)
        if !unlike.isEmpty {
            let list = unlike.map {
                "\($0.condition) ('\($0.baseline ?? "not known")', "
                    + "'\($0.candidate ?? "not known")')"
            }
            notes.append(
                "What differs too, and is no obstacle: \(list.joined(separator: ", ")).")
        }
        compareCells(baseline, candidate)
        self = judged()
    }

    private static func differences(
        _ baseline: [String: String?], _ candidate: [String: String?]
    ) -> [Difference] {
        Set(baseline.keys).union(candidate.keys).sorted().compactMap { name in
            let (before, after) = (baseline[name] ?? nil, candidate[name] ?? nil)
            guard before != after else { return nil }
            return Difference(condition: name, baseline: before, candidate: after)
        }
    }

    private mutating func compareCells(_ baseline: GateRun, _ candidate: GateRun) {
        let others = Dictionary(candidate.cells.map { ($0.key, $0) }) { first, _ in first }
        let own = Set(baseline.cells.map(\.key))
        // The control is nothing that anybody misses for itself.
        missing = baseline.cells.filter { !$0.isControl && others[$0.key] == nil }.map(\.key)
        extra = candidate.cells.filter { !$0.isControl && !own.contains($0.key) }.map(\.key)
        let isRefused = !differences.isEmpty && !allowsDifferences
        // What a run that ended early did not come to says nothing of what it would have cost.
        if candidate.isPartial {
            untested += missing.map {
                Untested(
                    cell: $0, metric: rule.metrics[0],
                    reason: "no rounds of it in a candidate that is partial", isLost: true)
            }
        }
        var samples = SamplePair.Distributions()
        let controls = ControlPairs(baseline, candidate)
        for cell in baseline.cells {
            guard let other = others[cell.key] else { continue }
            let sides = [(baseline.name, cell), (candidate.name, other)]
            let unusable = sides.filter { !$0.1.verdict.isValid }
            guard unusable.isEmpty else {
                for (side, cell) in unusable { refuse(cell, of: side) }
                continue
            }
            if !isRefused { compare(cell, other, controls, &samples) }
        }
    }

    /// Takes down that a cell's figures may not be used.
    private mutating func refuse(_ cell: GateCell, of side: String) {
        guard !cell.isControl else {
            notes.append(
                "The negative control \(cell.key) is INVALID in '\(side)': "
                    + "\(cell.verdict.reasons.joined(separator: "; ")).")
            return
        }
        invalid.append(
            InvalidCell(cell: cell.key, side: side, reasons: cell.verdict.reasons))
    }

    private mutating func compare(
        _ cell: GateCell, _ other: GateCell, _ controls: ControlPairs,
        _ distributions: inout SamplePair.Distributions
    ) {
        for metric in rule.metrics {
            if let reason = Self.lack(of: metric, in: [cell, other]) {
                guard !cell.isControl else { continue }
                let isLost = Self.lack(of: metric, in: [cell]) == nil
                untested.append(
                    Untested(cell: cell.key, metric: metric, reason: reason, isLost: isLost))
                continue
            }
            let pair = SamplePair(
                metric, baseline: cell.values(of: metric), candidate: other.values(of: metric))
            guard var pair else { continue }
            if let control = controls.costs(of: metric, beside: cell, other) {
                pair.correct(by: control)
            }
            let limit = cell.isControl ? rule.controlLimit : rule.limit
            let found = pair.evidence(of: cell.key, limit: limit, &distributions)
            if cell.isControl { control.append(found) } else { evidence.append(found) }
        }
    }

    /// Why a metric cannot be compared, as what there is; nil where it can.
    ///
    /// Rounds that have a value are no fair sample where others have none: a percentile is missing
    /// where a round was slow.
    private static func lack(of metric: Metric, in cells: [GateCell]) -> String? {
        let counts = cells.map { cell in
            let usable = cell.values(of: metric).filter { metric.logCost($0) != nil }
            return (have: usable.count, of: cell.rounds.count)
        }
        guard let short = counts.first(where: { $0.have < $0.of || $0.of == 0 }) else {
            return nil
        }
        let part = short.have == 0 ? "" : " in \(short.of - short.have) of \(short.of) rounds"
        return switch metric {
        case .throughput: "no operations" + part
        case .serviceP50: "too few calls a round for a median" + part
        case .serviceP99: "too few calls a round for a 99th percentile" + part
        case .cpuTime: "no CPU times of callers that wait" + part
        }
    }
}
