import Results

/// Several stored runs side by side, each an anchor: every file that is made from them. Nothing is
/// measured here.
package struct AnchorReport: Sendable {
    /// Names relative to the report's folder, with their texts.
    package let files: [(name: String, text: String)]
    /// The findings as plain text, for a console.
    package let summary: String

    /// Compares the anchors of several runs.
    ///
    /// - Parameter runs: the runs under names that differ.
    package init(_ runs: [(name: String, run: Run)]) {
        let comparison = AnchorComparison(
            runs.map { MeasuredAnchor(name: $0.name, run: $0.run) })
        let charts = AnchorCharts(comparison).charts
        let text = AnchorText(comparison, charts: charts)
        files =
            [("anchors.csv", comparison.table.text), ("report.md", text.text)]
            + charts.map { ("charts/\($0.name).svg", $0.svg) }
        summary = text.head.joined(separator: "\n\n").replacing("**", with: "")
    }
}
