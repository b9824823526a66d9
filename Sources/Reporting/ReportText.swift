import Exposure
import Latency
import Results
import Throttling
import Units

/// `report.md`: findings first, then tables and charts, assumptions and provenance last.
struct ReportText {
    private let run: Run
    private let exposure: RunExposure
    private var model: ExposureModel { exposure.model }
    private let findings: Findings
    private let charts: [ReportChart]

    init(_ run: Run, _ exposure: RunExposure, _ findings: Findings, charts: [ReportChart]) {
        self.run = run
        self.exposure = exposure
        self.findings = findings
        self.charts = charts
    }

    var text: String {
        let head = [findings.warning].compactMap { $0 } + findings.paragraphs
        let sections =
            [
                title,
                head.joined(separator: "\n\n"),
                Self.advice,
                chartSection, theftSection(.files), lossSection(.files), detection.section(.files),
                detection.detectorSection, economics?.section ?? "", LossMatrix(model).section,
            ] + MeasurementSections(run).texts + [
                errorSection, noteSection, assumptionSection(.files), provenanceSection,
            ]
        return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    /// What a projection alone has to say.
    var projection: String {
        let head = ([findings.warning].compactMap { $0 } + findings.paragraphs)
            .joined(separator: "\n\n")
        let notes = run.documented == nil ? "" : noteSection
        return [
            head, theftSection(.formats), lossSection(.formats), detection.section(.formats),
            detection.detectorSection, economics?.section ?? "", notes,
            assumptionSection(.formats),
        ].filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }

    private var groups: [SubjectGroup] { SubjectGroup.grouping(model.projections) }

    private var detection: DetectionSection {
        DetectionSection(run, exposure.detection, groups, dataset: findings.dataset)
    }

    private var economics: EconomicsSection? {
        let watched = groups.map { $0.watched(by: exposure.detection.rule) }
        return exposure.economics.map {
            EconomicsSection(run, $0, watched, months: exposure.month ?? [:])
        }
    }

    private var title: String {
        let anchor = run.cells.first?.cell.anchor ?? "the anchor"
        let document = run.documented.map { " (\($0.inWords))" } ?? ""
        return "# How strongly \(anchor) holds\(document)"
    }

    private static let advice = """
        The device's own speed anchors little; the throttle, and the time until the thief is \
        stopped, decide how much is lost. Times at full speed and behind a throttle are the \
        worst case for the defender: all of the throttle's envelope is the thief's, from the \
        best moment to begin. Where an alarm watches, when a theft is noticed and when it is \
        over are means and percentiles over thefts that begin at any moment of a week, and a \
        thief who hides from the alarm, or adds no call, has all after a time at his mean rate \
        over the week.
        """

    private var chartSection: String {
        guard !charts.isEmpty else { return "" }
        let pictures = charts.map { "![\($0.caption)](charts/\($0.name).svg)\n\n*\($0.caption)*" }
        return "## Charts\n\n" + pictures.joined(separator: "\n\n")
    }

    private func theftSection(_ tables: TableReference) -> String {
        var parts: [String] = []
        for group in groups {
            let projections = group.projections
            var table = MarkdownTable(
                [("records", .right)] + projections.map { (label($0, in: group), .right) })
            for dataset in model.datasets {
                let times = projections.map { projection in
                    let theft = projection.theft(of: dataset)
                    return theft.seconds.inWords + (theft.isSetByThrottle ? " †" : "")
                }
                table.append([dataset.inWords] + times)
            }
            if let factors = factorRow(projections) { table.append(factors) }
            parts.append("### \(Findings.title(group.subject))\n\n" + table.text)
        }
        guard !parts.isEmpty else { return "" }
        return "## How long the theft takes\n\n" + parts.joined(separator: "\n")
            + "\n† set by the throttle: the speed of the device does not matter."
            + (model.projections.contains(where: \.isUpperBoundOnly)
                ? " ‡ at least so long: that bounds what leaves, and no thief is known to reach it."
                : "")
            + " Times with their intervals are in \(tables.name(of: .exfiltration))."
    }

    /// The projection's name, marked where it is a bound that nobody is known to reach.
    private func label(_ projection: Projection, in group: SubjectGroup) -> String {
        group.label(of: projection) + (projection.isUpperBoundOnly ? " ‡" : "")
    }

    private func factorRow(_ projections: [Projection]) -> [String]? {
        let factors = projections.map { $0.theft(of: findings.dataset).anchorFactor }
        guard factors.contains(where: { $0 != nil }) else { return nil }
        return ["anchor factor at \(findings.dataset.inWords)"]
            + factors.map { $0.map(Wording.factor) ?? "—" }
    }

    private func lossSection(_ tables: TableReference) -> String {
        var parts: [String] = []
        for group in groups {
            let projections = group.projections
            var table = MarkdownTable(
                [("stopped after", .right)] + projections.map { (label($0, in: group), .right) })
            for window in model.windows {
                table.append(
                    [window.seconds.inWords]
                        + projections.map { projection in
                            let loss = projection.loss(within: window, of: findings.dataset)
                            guard loss.fraction < 1 else { return "all" }
                            return "\(Wording.records(loss)) "
                                + "(\(Wording.share(loss.fraction)))"
                        })
            }
            parts.append("### \(Findings.title(group.subject))\n\n" + table.text)
        }
        guard !parts.isEmpty else { return "" }
        return "## What is gone of \(findings.dataset.inWords) records when the thief is stopped"
            + "\n\n" + parts.joined(separator: "\n")
            + "\nOther sizes of data sets are in \(tables.name(of: .windows))."
    }

    private var errorSection: String {
        let failed = run.cells.filter { $0.errorCount > 0 }
        guard !failed.isEmpty else { return "" }
        var table = MarkdownTable([("cell", .left), ("code", .left), ("calls", .right)])
        for result in failed {
            for (code, count) in result.errors.sorted(by: { $0.key < $1.key }) {
                table.append([Wording.cell(result.cell), code, Significant.grouped(count)])
            }
        }
        return "## Failed calls\n\n" + table.text
    }

    private var noteSection: String {
        guard !run.notes.isEmpty else { return "" }
        return "## Notes\n\n" + run.notes.map { "- \($0)" }.joined(separator: "\n")
    }
}

extension ReportText {
    private func assumptionSection(_ tables: TableReference) -> String {
        let settings = run.scenario.exposure
        var lines = [
            "The thief holds the application's credentials and calls the anchor as it does; the "
                + "HSM gives up no key.",
            run.documented == nil
                ? "Up to \(settings.callers) concurrent calls; the best load measured within that "
                    + "counts, over threads and processes."
                : "Up to \(settings.callers) concurrent calls, and the documented rate from one "
                    + "call on.",
        ]
        lines += BatchingSection(run).assumptions
        lines += [
            "The thief begins at the best moment for a throttle with fixed windows, and gets all "
                + "of the envelope: no legitimate call competes."
                + (model.projections.contains { $0.demand != nil }
                    ? " What it takes beside the demand of the mixed load is "
                        + "`seconds_under_demand` in \(tables.name(of: .exfiltration))."
                    : ""),
            "Where no other attacker is named, he is as fast as the HSM and the throttle allow, "
                + "in no way hiding, and a window is the time until somebody ends the theft.",
        ]
        lines += detection.assumptions + (economics?.assumptions ?? [])
        if model.projections.contains(where: \.isServiceInterpolated) {
            lines.append(
                "Where a throttle bounds the calls in flight, or delays each of them, the device's "
                    + "rate lies on straight lines between the numbers of callers that were "
                    + "measured; with fewer than those it is taken to be as fast as with the "
                    + "fewest, the worst case.")
        }
        if (settings.recordsPerOperation ?? 1) == 1, run.scenario.anchor.operation == "mac" {
            lines.append(
                "A record is a password that is tried: each try takes one call of the anchor.")
        }
        if run.cells.contains(where: \.cell.isBaseline) {
            lines.append(
                "The anchor factor compares with OpenSSL on this machine's processors with the key "
                    + "in memory.")
        }
        if run.scenario.anchor.uri == "softhsm" {
            lines.append(
                "SoftHSM2 is software on this machine: a stand-in for an HSM, not one. Its keys "
                    + "are in a file, and whoever reads that needs no anchor.")
        }
        return "## Assumptions\n\n" + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    private var provenanceSection: String {
        "## Provenance\n\n" + run.provenance.markdown
            + "\nThe scenario as resolved, every round and every figure are in `run.json`, "
            + "`cells.csv` and `rounds.csv` beside this file."
    }
}
