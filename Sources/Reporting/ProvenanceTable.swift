import Results

extension Provenance {
    /// Every fact as a row of a table.
    var markdown: String {
        var table = MarkdownTable([("what", .left), ("value", .left)])
        for (group, facts) in [("run", run), ("anchor", anchor), ("tool", tool), ("host", host)] {
            for (name, fact) in facts.sorted(by: { $0.key < $1.key }) {
                table.append(["\(group): \(name.replacing("_", with: " "))", fact.text])
            }
        }
        return table.text
    }
}
