import Latency
import Results
import Units

/// The tables of several anchors, a part of each for every subject.
struct AnchorTables {
    private let comparison: AnchorComparison

    init(_ comparison: AnchorComparison) { self.comparison = comparison }

    /// Who holds how strongly, and why the others are not ranked.
    var ranking: String {
        let parts = comparison.rankings.map { ranking in
            let rows = ranking.ranked.isEmpty ? [] : [table(ranking).text]
            let others = ranking.unranked.map {
                "- \($0.anchor.code): \($0.lack ?? "no factor")\n"
            }
            let rest = others.isEmpty ? [] : ["Not ranked:\n\n" + others.joined()]
            return "### \(ranking.title)\n\n" + (rows + rest).joined(separator: "\n")
        }
        guard !parts.isEmpty else { return "" }
        return "## The ranking\n\n" + parts.joined(separator: "\n") + """

            Rates and factors are those of the best load; latencies are of the PKCS#11 calls of \
            one caller, and stand only where enough calls support them.
            """
    }

    private func table(_ ranking: AnchorRanking) -> MarkdownTable {
        var table = MarkdownTable([
            ("anchor", .left), ("key", .left), ("verdict", .left), ("calls/s (95 %)", .right),
            ("at", .left), ("anchor factor (95 %)", .right),
            ("\(comparison.dataset.inWords) records take", .right), ("p50", .right),
            ("p99", .right), ("p99.9", .right),
        ])
        for figures in ranking.ranked {
            let single = figures.single
            let fields: [String] = [
                AnchorWording.key(figures.keyKind), figures.verdict.map(Wording.verdict) ?? "—",
                figures.best?.throughput.map(Wording.rate) ?? "—",
                figures.best?.cell.loadName ?? "—",
                figures.factor.map(Wording.factor) ?? "—",
                figures.theft?.seconds.inWords ?? "—", Wording.latency(single?.p50),
                Wording.latency(single?.p99), Wording.latency(single?.p999),
            ]
            table.append(marked: [figures.anchor.code] + fields.map(MarkdownText.escaped))
        }
        return table
    }

    /// Calls a second by load, and what threads and processes gain.
    var scaling: String {
        let parts = comparison.rankings.compactMap { ranking -> String? in
            guard !ranking.measured.isEmpty else { return nil }
            let names = ranking.loadNames
            let loads = names.map { name -> Grid.Column in (name, .right) }
            let anchor: [Grid.Column] = [("anchor", .left)]
            let gains: [Grid.Column] = [
                ("threads (95 %)", .right), ("processes (95 %)", .right),
            ]
            var table = MarkdownTable(anchor + loads + gains)
            for figures in ranking.measured {
                table.append(
                    marked: [figures.anchor.code] + names.map { Self.rate(figures, at: $0) }
                        + [Self.gain(figures.threadGain), Self.gain(figures.processGain)])
            }
            return "### \(ranking.title)\n\n" + table.text
        }
        guard !parts.isEmpty else { return "" }
        return "## How they scale\n\n" + parts.joined(separator: "\n") + """

            Calls a second: `closed-4x2` is four callers over two processes; each calls again as \
            soon as its last call is done. INVALID loads count nowhere.
            """
    }

    private static func rate(_ figures: AnchorFigures, at load: String) -> String {
        guard let result = figures.loads.first(where: { $0.cell.loadName == load }) else {
            return "—"
        }
        guard result.verdict.isValid else { return "INVALID" }
        return result.throughput.map { Wording.number($0.estimate) } ?? "—"
    }

    private static func gain(_ gain: Gain?) -> String {
        gain.map { Wording.factor($0.ratio) } ?? "—"
    }

    /// How evenly callers are served, and how long a rare call is held up.
    var fairness: String {
        let parts = comparison.rankings.compactMap { ranking -> String? in
            let known = ranking.measured.filter { $0.fairness != nil || $0.stall != nil }
            guard !known.isEmpty else { return nil }
            var table = MarkdownTable([
                ("anchor", .left), ("least / most served, median", .right),
                ("worst round", .right), ("at", .left), ("p99.9 / p50", .right), ("at", .left),
            ])
            for figures in known {
                let (fairness, stall) = (figures.fairness, figures.stall)
                table.append(
                    marked: [
                        figures.anchor.code, fairness.map { Wording.number($0.median) } ?? "—",
                        fairness.map { Wording.number($0.worst) } ?? "—", fairness?.load ?? "—",
                        stall.map { Wording.factor($0.ratio) } ?? "—", stall?.load ?? "—",
                    ])
            }
            return "### \(ranking.title)\n\n" + table.text
        }
        guard !parts.isEmpty else { return "" }
        return "## How fair they are\n\n" + parts.joined(separator: "\n") + """

            Of all loads with several callers the worst is told. The calls of the caller that was \
            served least over those of the one that was served most, in each round: 1 is fair, \
            below \(Wording.number(Fairness.bound)) one gets less than half of another's. p99.9 \
            over p50 shows calls that are held up while others pass; from \
            \(Wording.factor(Stall.bound)) on it is told as callers that stand still. Where there \
            are more callers than processors, the machine's own turns are in both.
            """
    }

    /// Each load that a module was measured under with both kinds of keys.
    var storedKeys: String {
        let costs = comparison.keyCosts
        var table = MarkdownTable([
            ("module", .left), ("subject", .left), ("load", .left), ("stored", .left),
            ("session", .left), ("calls/s, stored (95 %)", .right),
            ("calls/s, session (95 %)", .right), ("session / stored (95 %)", .right),
        ])
        for row in costs.rows {
            table.append(
                marked: [
                    MarkdownText.escaped(row.module), row.subject, row.load, row.stored.code,
                    row.session.code, Wording.rate(row.storedRate), Wording.rate(row.sessionRate),
                    Wording.factor(row.ratio),
                ])
        }
        let unlike = costs.unlike.map {
            "\($0.stored.code) and \($0.session.code) are of one module on unlike machines: what a "
                + "stored key costs cannot be told from them."
        }
        guard !table.isEmpty || !unlike.isEmpty else { return "" }
        let rows =
            table.isEmpty
            ? []
            : [
                table.text + """

                    Runs of the same module file and kind of token on machines that look alike, by \
                    load. Their rounds are two independent samples: the ratio is the \
                    Hodges-Lehmann estimate with the bounds of the rank-sum test, as `anchorbench \
                    compare` takes them; fewer than four rounds each give no bounds. What the \
                    machine drifted between the runs is in it.
                    """
            ]
        return "## What a stored key costs\n\n" + (rows + unlike).joined(separator: "\n\n")
    }
}
