import Results
import Units

/// A drill rendered: every file that is made from what `drill.json` holds.
package struct DrillReport: Sendable {
    /// Names relative to the folder, with their texts.
    package let files: [(name: String, text: String)]
    /// The findings as plain text, for a console.
    package let summary: String

    /// Renders a drill, whole or cut off.
    package init(_ run: DrillRun) {
        let names = DrillNames(run)
        let findings = DrillFindings(run, names)
        let charts = DrillCharts(run, names).charts
        let text = DrillText(run, names, findings, charts: charts)
        files =
            [
                ("drill.csv", run.theftsTable.text), ("predictions.csv", run.predictionsTable.text),
                ("periods.csv", run.periodsTable.text), ("report.md", text.text),
            ] + charts.map { ("charts/\($0.name).svg", $0.svg) }
        summary = ([findings.warning].compactMap(\.self) + findings.paragraphs)
            .joined(separator: "\n\n").replacing("**", with: "")
    }
}
