import Regression
import Results
import Units

/// `report.md` of a capacity: the answer first, then tables and charts, assumptions and provenance
/// last.
struct CapacityText {
    private let run: CapacityRun
    private let analysis: CapacityAnalysis
    private let findings: CapacityFindings
    private let charts: [ReportChart]

    init(
        _ run: CapacityRun, _ analysis: CapacityAnalysis, _ findings: CapacityFindings,
        charts: [ReportChart]
    ) {
        (self.run, self.analysis, self.findings, self.charts) = (run, analysis, findings, charts)
    }

    var text: String {
        let head = [findings.warning].compactMap(\.self) + findings.paragraphs
        let title = run.result.map { " keeps \($0.promise)" } ?? " keeps a promise"
        return
            ([
                "# Up to which rate \(run.cell.anchor)\(title)", head.joined(separator: "\n\n"),
                stepSection, concurrencySection, CapacityHeadroom(run).section,
                noteSection, assumptionSection, provenanceSection,
            ].filter { !$0.isEmpty }).joined(separator: "\n\n") + "\n"
    }

    private func picture(_ name: String) -> String {
        guard let chart = charts.first(where: { $0.name == name }) else { return "" }
        return "\n![\(chart.caption)](charts/\(chart.name).svg)\n\n*\(chart.caption)*\n"
    }

    private var stepSection: String {
        guard let result = run.result, !result.steps.isEmpty else { return "" }
        let percentiles = Self.percentiles(for: result.promise)
        var columns: [(name: String, alignment: MarkdownTable.Alignment)] = [
            ("calls/s due", .right), ("answered/s", .right), ("for", .left), ("time", .right),
            ("late (bounds)", .right), ("batches", .right), ("promise", .left),
        ]
        for percentile in percentiles { columns.append((percentile.name, .right)) }
        var table = MarkdownTable(columns)
        for finished in result.steps.sorted(by: Self.isBefore) {
            let round = run.round(ofStep: finished.step.number)
            let response = round?.latency[.response]
            let judgement = finished.judgement
            let fields: [String] = [
                CapacityWording.rate(finished.step.rate)
                    + (analysis.isDrawn(finished) ? " *" : ""),
                round.map { CapacityWording.perSecond($0.throughput) } ?? "—",
                finished.step.purpose.rawValue, finished.step.length.seconds.inWords,
                judgement.map(CapacityWording.lateShare) ?? "—",
                judgement.map { "\($0.batches)" } ?? "—",
                judgement?.verdict.rawValue ?? "INVALID: \(finished.invalidReason ?? "")",
            ]
            table.append(fields + percentiles.map { Wording.latency(response.flatMap($0.value)) })
        }
        let allowed = CapacityWording.share(result.promise.allowedLateShare)
        return "## The promise at each rate\n" + picture("latency-throughput") + "\n" + table.text
            + """

            A call is late if its response, from the instant at which it was due, breaks the \
            limit; a call that failed, was refused or had no answer at the end is late too. \
            \(allowed) may be. PASS and FAIL: the bounds of the late share, from batches longer \
            than late calls keep company, lie on one side of that. \\* drawn: of \
            the valid steps of one rate the longest. Other figures are in `capacity.csv`.\
            \(Self.missing(result.promise, in: percentiles))
            """ + (analysis.kneeSentence.map { "\n\n\($0)" } ?? "")
    }

    /// A percentile of the response times, by its name.
    private typealias Percentile = (name: String, value: (LatencyFigures) -> Int64?)

    /// The percentiles that are shown: of those kept the usual ones, and the one promised.
    private static func percentiles(for promise: Promise) -> [Percentile] {
        let kept: [Percentile] = [
            ("p50", { $0.p50 }), ("p90", { $0.p90 }), ("p99", { $0.p99 }), ("p99.9", { $0.p999 }),
        ]
        return kept.filter { $0.name != "p90" || promise.percentileName == "p90" }
    }

    /// That no column has the percentile promised; empty where one has.
    private static func missing(_ promise: Promise, in percentiles: [Percentile]) -> String {
        let name = promise.percentileName
        guard !percentiles.contains(where: { $0.name == name }) else { return "" }
        return " The promise is on \(name), of which no figure is kept: the late share says "
            + "exactly what became of it."
    }

    private static func isBefore(_ left: FinishedStep, _ right: FinishedStep) -> Bool {
        left.step.rate == right.step.rate
            ? left.step.number < right.step.number : left.step.rate < right.step.rate
    }

    private var concurrencySection: String {
        guard !run.concurrency.isEmpty else { return "" }
        var table = MarkdownTable([
            ("callers", .right), ("processes", .right), ("calls/s (95 %)", .right),
            ("verdict", .left),
        ])
        let best = run.concurrency.best
        let ordered = run.concurrency.sorted {
            ($0.callers, $0.processes) < ($1.callers, $1.processes)
        }
        for point in ordered {
            table.append([
                "\(point.callers)", "\(point.processes)",
                (point.throughput.map(Wording.rate) ?? "—") + (best.contains(point) ? " *" : ""),
                Wording.verdict(Verdict.pooled(point.rounds.map(\.verdict))),
            ])
        }
        return "## What more callers gain\n" + picture("concurrency") + "\n" + table.text
            + "\nEach caller calls again as soon as its last call is done. \\* the best number of "
            + "processes for so many callers." + (analysis.fitSection.map { "\n\n\($0)" } ?? "")
    }

    private var noteSection: String {
        guard !run.notes.isEmpty else { return "" }
        return "## Notes\n\n" + run.notes.map { "- \($0)" }.joined(separator: "\n")
    }
}

extension CapacityText {
    private var assumptionSection: String {
        var lines = [
            "Calls fall due as a Poisson process, whatever becomes of those before them: users who "
                + "know nothing of each other. Those who come in step need more room.",
            "At most \(run.cell.callers) calls are under way at once; others wait for a free "
                + "caller, and the wait is in their response.",
            "The device serves nobody else meanwhile, and its users ask for the same "
                + "(\(Findings.title(run.cell.subject))).",
            "A rate that keeps the promise is taken to keep it at every lower rate.",
        ]
        if run.scenario.anchor.uri == "softhsm" {
            lines.append(
                "SoftHSM2 is software on this machine: a stand-in for an HSM, which the load "
                    + "generator shares the processors with.")
        }
        return "## Assumptions\n\n" + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    private var provenanceSection: String {
        "## Provenance\n\n" + run.provenance.markdown
            + "\nEvery round and every figure are in `capacity.json`, `capacity.csv` and "
            + "`concurrency.csv` beside this file."
    }
}
