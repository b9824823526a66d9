import Regression
import Results
import Units

/// A capacity rendered: every file that is made from what `capacity.json` holds.
package struct CapacityReport: Sendable {
    /// Names relative to the folder, with their texts.
    package let files: [(name: String, text: String)]
    /// The findings as plain text, for a console.
    package let summary: String

    /// Renders what was measured.
    package init(_ run: CapacityRun) {
        let analysis = CapacityAnalysis(run)
        let findings = CapacityFindings(run, analysis)
        let charts = CapacityCharts(run, analysis).charts
        let text = CapacityText(run, analysis, findings, charts: charts)
        files =
            [
                ("capacity.csv", run.stepsTable.text),
                ("concurrency.csv", run.concurrencyTable.text), ("report.md", text.text),
            ] + charts.map { ("charts/\($0.name).svg", $0.svg) }
        summary = ([findings.warning].compactMap(\.self) + findings.paragraphs)
            .joined(separator: "\n\n").replacing("**", with: "")
    }
}
