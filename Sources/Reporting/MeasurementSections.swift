import Latency
import Results
import Units

/// The sections of a report that tell what was measured, and how far it is to be trusted.
struct MeasurementSections {
    private let run: Run

    init(_ run: Run) { self.run = run }

    /// The sections in their order; one without content is empty.
    var texts: [String] {
        [
            cells, scaling, cacheAudit, demand, ThrottleSection(run).text,
            AttackSection(run).text, BatchingSection(run).text, WatchSection(run).text,
        ]
    }

    private var cells: String {
        var table = MarkdownTable([
            ("cell", .left), ("verdict", .left), ("operations/s (95 %)", .right),
            ("p50", .right), ("p90", .right), ("p99", .right), ("p99.9", .right),
            ("longest", .right), ("CPU a call", .right),
        ])
        for result in run.cells where !result.cell.isFloor {
            let service = result.service
            let cpu = result.cpuNanosecondsPerOperation.map { Seconds($0 / 1e9).inWords } ?? "—"
            table.append([
                Wording.cell(result.cell), Wording.verdict(result.verdict),
                result.throughput.map { Wording.rate($0) } ?? "—",
                Wording.latency(service.p50), Wording.latency(service.p90),
                Wording.latency(service.p99), Wording.latency(service.p999),
                Wording.latency(service.longest), cpu,
            ])
        }
        return "## What was measured\n\n" + table.text + """

            `closed-4x2` is four callers over two processes; each calls again as soon as its last \
            call is done. Rates are counted calls over measured time, their intervals Student's t \
            over \(run.scenario.rounds) rounds. Latencies are of the PKCS#11 calls alone, without \
            the wait for a throttle; a percentile stands only where enough calls support it. A \
            throttled cell is mostly burst: it shows what the throttle adds, not what a thief gets \
            in the long run.
            """
    }

    private var scaling: String {
        var parts: [String] = []
        for (subject, results) in closedResults {
            guard results.count > 1, let one = results.first(where: { $0.cell.callers == 1 }),
                let unit = one.throughput?.estimate
            else { continue }
            var table = MarkdownTable([
                ("callers", .right), ("processes", .right), ("operations/s (95 %)", .right),
                ("against one caller", .right), ("least / most served", .right),
            ])
            for result in results {
                table.append([
                    "\(result.cell.callers)", "\(result.cell.processes)",
                    result.throughput.map { Wording.rate($0) } ?? "—",
                    result.throughput.map { Wording.factor($0.estimate / unit) } ?? "—",
                    result.cell.callers > 1
                        ? result.fairness.map { Wording.number($0) } ?? "—" : "—",
                ])
            }
            parts.append("### \(Findings.title(subject))\n\n" + table.text)
        }
        guard !parts.isEmpty else { return "" }
        return "## How it scales, and how fair it is\n\n" + parts.joined(separator: "\n") + """

            A module usually takes turns within one process, and a thief is not bound to one: the \
            projections take the best of all loads. The last column compares the caller that was \
            served least with the one that was served most, as the mean over the rounds: 1 is \
            fair. Where several callers share a process, their rate hangs by several percent on \
            where the module's locks fall among the cache lines, which is settled when it is \
            loaded: so each round loads it anew and elsewhere, and the intervals hold that spread \
            too (unless each process would have to make a key pair).
            """
    }

    /// One record against many: a ratio of neighbours in time, round by round.
    private var cacheAudit: String {
        var table = MarkdownTable([
            ("what", .left), ("many records", .right), ("one record", .right),
            ("one / many (95 %)", .right),
        ])
        for audit in run.cells where audit.cell.isCacheAudit {
            var usual = audit.cell
            usual.records = nil
            guard let many = run.cells.first(where: { $0.cell == usual }),
                let most = many.throughput, let one = audit.throughput
            else { continue }
            let ratios = audit.rounds.compactMap { round -> Double? in
                guard round.verdict.isValid,
                    let other = many.rounds.first(where: { $0.number == round.number }),
                    other.verdict.isValid, other.throughput > 0
                else { return nil }
                return round.throughput / other.throughput
            }
            table.append([
                Findings.title(audit.cell.subject), Wording.rate(most), Wording.rate(one),
                Interval(rounds: ratios).map(Wording.ratio) ?? "—",
            ])
        }
        guard !table.isEmpty else { return "" }
        return "## Whether the device remembers what it opened\n\n" + table.text + """

            One record that is opened again and again, against the many distinct ones that every \
            other figure is of. An interval that contains 1 shows no cache; clearly above 1, what \
            is opened twice is cheaper, and a benchmark of a single input would flatter the device.
            """
    }

    /// Unthrottled closed loads on the anchor, by what they opened.
    private var closedResults: [(subject: String, results: [CellResult])] {
        var groups: [(subject: String, results: [CellResult])] = []
        for result in run.cells
        where result.cell.showsCapacity {
            let subject = result.cell.subject
            if let index = groups.firstIndex(where: { $0.subject == subject }) {
                groups[index].results.append(result)
            } else {
                groups.append((subject, [result]))
            }
        }
        return groups
    }

    private var demand: String {
        var table = MarkdownTable([
            ("cell", .left), ("due", .right), ("started", .right), ("backlog", .right),
            ("response p50", .right), ("p99", .right), ("p99.9", .right), ("late p99", .right),
        ])
        for result in run.cells {
            // What users feel beside an attack has a section of its own.
            guard let open = result.open, result.cell.mixed == nil else { continue }
            let (response, late) = (result.latency[.response], result.latency[.lateness])
            let share = open.scheduled > 0 ? Double(open.started) / Double(open.scheduled) : 1
            table.append([
                "`\(result.cell.key)`", Significant.grouped(open.scheduled), Wording.share(share),
                Significant.grouped(open.backlog), Wording.latency(response?.p50),
                Wording.latency(response?.p99), Wording.latency(response?.p999),
                Wording.latency(late?.p99),
            ])
        }
        guard !table.isEmpty else { return "" }
        return "## What users feel at a demand\n\n" + table.text + """

            Calls of an open load fall due at a rate, whatever becomes of them. A response counts \
            from the instant at which its call was due, so that a call held up by another's is \
            slow, and not missing. Calls still waiting at the end are the backlog; each counts in \
            the responses with its age then, which is a lower bound.
            """
    }
}
