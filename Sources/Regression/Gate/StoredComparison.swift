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
        (baselineOrigin, candidateOrigin) = (baseline.origin, candidate.origin)
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
        commonCells = baseline.cells.count { !$0.isControl && others[$0.key] != nil }
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
        let tested = baseline.cells.map { $0.isControl ? 2 : 1 }.reduce(0, +)
        let needed = NeededPairs.rounds(forTests: tested * rule.metrics.count)
        var counts: [FailedCalls] = []
        for cell in baseline.cells {
            guard let other = others[cell.key] else { continue }
            let sides = [(baseline.name, cell), (candidate.name, other)]
            let unusable = sides.filter { !$0.1.verdict.isValid }
            guard unusable.isEmpty else {
                for (side, cell) in unusable { refuse(cell, of: side) }
                continue
            }
            guard !isRefused else { continue }
            compare(cell, other, controls, needed, &samples)
            if !cell.isControl, let calls = other.calls {
                counts.append(
                    FailedCalls(cell: cell.key, baseline: cell.calls, candidate: calls))
            }
        }
        failedCalls = FailedCalls.adjusted(counts)
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
        _ cell: GateCell, _ other: GateCell, _ controls: ControlPairs, _ needed: Int,
        _ distributions: inout SamplePair.Distributions
    ) {
        for metric in rule.metrics {
            if let reason = Self.lack(of: metric, in: [cell, other], needed) {
                guard !cell.isControl else { continue }
                let isLost = Self.lack(of: metric, in: [cell], needed) == nil
                untested.append(
                    Untested(cell: cell.key, metric: metric, reason: reason, isLost: isLost))
                continue
            }
            let (mine, theirs) = (cell.having(metric), other.having(metric))
            let pair = SamplePair(
                metric, baseline: mine.values(of: metric), candidate: theirs.values(of: metric),
                lacking: (
                    cell.rounds.count - mine.rounds.count, other.rounds.count - theirs.rounds.count
                ))
            guard var pair else { continue }
            if let control = controls.costs(of: metric, beside: mine, theirs) {
                pair.correct(by: control)
            }
            let limit = cell.isControl ? rule.controlLimit : rule.limit
            let found = pair.evidence(of: cell.key, limit: limit, &distributions)
            if cell.isControl {
                control.append(found)
            } else {
                evidence.append(found)
                notes += [("baseline", cell), ("candidate", other)].compactMap {
                    $0.1.leftOut(of: metric, side: $0.0)
                }
            }
        }
    }

    /// Why a metric cannot be compared, as what there is; nil where it can.
    ///
    /// Rounds that have a value are no fair sample where many others have none: a percentile is
    /// missing where a round was slow.
    private static func lack(
        of metric: Metric, in cells: [GateCell], _ needed: Int
    ) -> String? {
        let counts = cells.map { (have: $0.having(metric).rounds.count, of: $0.rounds.count) }
        let short = counts.first { count in
            guard count.have > 0 else { return true }
            let lacking = count.of - count.have
            return lacking > LackingValues.most(of: count.of)
                || lacking > 0 && count.have < needed
        }
        guard let short else { return nil }
        let isWhole = short.have == 0
        let part = isWhole ? "" : " in \(short.of - short.have) of \(short.of) rounds"
        return switch metric {
        case .throughput: "no operations" + part
        case .serviceP50: "too few calls a round for a median" + part
        case .serviceP99: "too few calls a round for a 99th percentile" + part
        case .cpuTime: isWhole ? "no CPU times of callers that wait" : "no CPU time" + part
        }
    }
}

extension GateCell {
    /// The cell with those rounds alone that have a value of a metric.
    fileprivate func having(_ metric: Metric) -> GateCell {
        var cell = self
        cell.rounds = rounds.filter { $0.values[metric].flatMap(metric.logCost) != nil }
        return cell
    }

    /// That rounds were left out of a metric, in a sentence; nil where none was.
    fileprivate func leftOut(of metric: Metric, side: String) -> String? {
        let lacking = rounds.filter { $0.values[metric].flatMap(metric.logCost) == nil }
        guard !lacking.isEmpty else { return nil }
        let numbers = Counted.list(lacking.map { "\($0.number)" })
        return "Left out of \(metric.words) of \(key): round\(lacking.count == 1 ? "" : "s") "
            + "\(numbers) of the \(side), which \(metric.roundLack); the bounds hold "
            + "whatever would have been found there."
    }
}
