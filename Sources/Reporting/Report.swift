import Exposure
import Results
import Units

/// A run rendered: every file that is made from what `run.json` holds. Nothing is measured here.
package struct Report: Sendable {
    /// Names relative to the run's folder, with their texts.
    package let files: [(name: String, text: String)]
    /// The findings as plain text, for a console.
    package let summary: String
    /// The findings and the tables of times and losses as Markdown, without what was measured.
    package let projectionMarkdown: String

    /// The same as plain text, for a console.
    package var projectionText: String { projectionMarkdown.replacing("**", with: "") }

    /// Renders a run.
    ///
    /// - Parameter spread: who shares the work of the models out.
    package init(_ run: Run, on spread: some Spreading = InTurn()) {
        let exposure = RunExposure(run, on: spread)
        let findings = Findings(run, exposure)
        let charts = ReportCharts(run, exposure, findings).charts
        let text = ReportText(run, exposure, findings, charts: charts)
        files =
            [
                ("exfiltration.csv", exposure.exfiltrationTable.text),
                ("windows.csv", exposure.windowsTable.text), ("report.md", text.text),
            ] + exposure.detectionFiles + charts.map { ("charts/\($0.name).svg", $0.svg) }
        projectionMarkdown = text.projection
        summary = ([findings.warning].compactMap { $0 } + findings.paragraphs)
            .joined(separator: "\n\n").replacing("**", with: "")
    }
}

/// A chart of a report.
struct ReportChart: Sendable {
    /// The file's name without its ending.
    let name: String
    /// What it shows, for the text and for those who cannot see it.
    let caption: String
    /// The picture.
    let svg: String
}
