import Regression

/// A comparison rendered for people, for build servers and for programs. Nothing is decided here.
package struct ComparisonReport: Sendable {
    /// For the summary of a build or a comment on a pull request: under 60 kB of GitHub's Markdown,
    /// the verdict in its first line.
    package let markdown: String
    /// The same for a terminal.
    package let text: String
    /// `comparison.json`: all that was found, with sorted keys.
    package let json: String
    /// `junit.xml`: one test case a cell and metric.
    package let junit: String
    /// GitHub's workflow commands, one a line; at most ten of a kind, as GitHub shows no more.
    package let annotations: String
    /// One line: the verdict, why, and what next, which is never cut.
    package let finalLine: String

    /// The files of a comparison, by their names.
    package var files: [(name: String, text: String)] {
        [("summary.md", markdown), ("comparison.json", json), ("junit.xml", junit)]
    }

    /// Renders a comparison that was judged.
    ///
    /// - Parameter allowsInconclusive: whether INCONCLUSIVE exits with 0.
    package init(_ comparison: Comparison, allowsInconclusive: Bool = false) {
        let outline = ComparisonOutline(comparison)
        markdown = outline.markdown
        text = outline.plain
        json = ComparisonDocument(comparison, allowsInconclusive: allowsInconclusive).text
        junit = ComparisonSuite(comparison).text
        let final = FinalLine(comparison)
        annotations = GateAnnotations(comparison, final: final.message).text
        finalLine = final.text
    }
}
