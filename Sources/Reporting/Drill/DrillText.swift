import Results
import Units

/// `report.md` of a drill: findings first, then prediction beside event, how it was staged, and
/// provenance last.
struct DrillText {
    private let run: DrillRun
    private let names: DrillNames
    private let findings: DrillFindings
    private let charts: [ReportChart]

    init(
        _ run: DrillRun, _ names: DrillNames, _ findings: DrillFindings, charts: [ReportChart]
    ) {
        (self.run, self.names, self.findings, self.charts) = (run, names, findings, charts)
    }

    var text: String {
        let stage = run.stage
        let title =
            "# A staged theft of \(Significant.grouped(stage.rows)) rows that "
            + "\(stage.anchor) opens one by one"
        let head = [findings.warning].compactMap(\.self) + findings.paragraphs
        return
            ([
                title, head.joined(separator: "\n\n"), comparisonSection, readerSection,
                baselineSection, DrillStaging(run).section, provenanceSection,
            ].filter { !$0.isEmpty }).joined(separator: "\n\n") + "\n"
    }

    private func picture(_ name: String) -> String? {
        charts.first { $0.name == name }.map {
            "![\($0.caption)](charts/\($0.name).svg)\n\n*\($0.caption)*"
        }
    }

    private var comparisonSection: String {
        guard !run.acts.isEmpty else { return "" }
        let head = """
            ## Prediction beside event

            What was written down before the first theft, and what then happened. Predicted: the \
            mean, with what the interval of the rehearsed rate leaves. Measured: the mean over the \
            thefts with its interval at 95 % (Student's t). Times are as played, from the thief's \
            first call.
            """
        let acts = run.acts.enumerated().map { index, act in
            DrillActSection(run, act, name: names[act]).text(
                number: index + 1, picture: picture(DrillCharts.story(index + 1)))
        }
        return ([head, picture(DrillCharts.comparison)].compactMap(\.self) + acts)
            .joined(separator: "\n\n")
    }

    private var readerSection: String {
        var table = MarkdownTable([
            ("defence", .left), ("rows a second before", .right), ("during", .right),
            ("after", .right), ("denied during", .right), ("response before", .right),
            ("during", .right), ("after", .right), ("other failures", .right),
        ])
        for act in run.acts where !act.sound.isEmpty {
            let sound = act.sound
            let stretches = [sound.map(\.before), sound.map(\.during), sound.map(\.after)]
                .map { DrillReaders($0) }
            let errors = stretches.reduce(0) { $0 + $1.errors }
            var row = [names[act]]
            row += stretches.map { $0.perSecond.map { Significant.text($0) } ?? "—" }
            row.append(stretches[1].deniedShare.map(Wording.share) ?? "—")
            row += stretches.map { $0.meanResponse.map(DrillWording.time) ?? "—" }
            row.append(Significant.grouped(errors))
            table.append(row)
        }
        guard !table.isEmpty else { return "" }
        return "## The legitimate readers\n\n" + table.text
            + "\nOver all thefts of a defence; a response counts from when a call fell due."
    }

    private var baselineSection: String {
        var table = MarkdownTable([
            ("what stood in his way", .left), ("rows", .right), ("calls of the anchor", .right),
            ("time (95 %)", .right), ("rows a second", .right),
        ])
        for dump in run.dumps {
            let time = MeanOfThefts(dump.seconds)
            let bounds = both(time?.low, time?.high).map {
                " (\(DrillWording.time($0.0)) to \(DrillWording.time($0.1)))"
            }
            let rate = time.flatMap { $0.mean > 0 ? Double(dump.records) / $0.mean : nil }
            table.append([
                dump.kind == .clear ? "nothing: rows in the clear" : "one shared data key",
                Significant.grouped(dump.records), Significant.grouped(dump.calls),
                time.map { DrillWording.time($0.mean) + (bounds ?? "") } ?? "—",
                rate.map { Significant.text($0) } ?? "—",
            ])
        }
        guard !table.isEmpty else { return "" }
        return "## Without an anchor\n\n" + table.text
            + "\nThe same rows read and opened where a thief needs nobody's leave for each of them."
    }

    private var provenanceSection: String {
        "## Provenance\n\n" + run.provenance.markdown
            + "\nEvery theft is in `drill.csv`, every period of it in `periods.csv`, and every "
            + "comparison in `predictions.csv` beside this file."
    }
}
