import Results

/// What a document says of a device that is no throughput: a bound, or how it behaves.
package struct DeviceNote: Hashable, Sendable {
    /// The name of the note.
    package let name: String
    /// The device.
    package let title: String
    /// What is noted, such as `HSMs a cluster`.
    package let subject: String
    /// The figure with its unit; nil for words alone.
    package let figure: String?
    /// The state that the document describes; nil where it bears no date.
    package let asOf: String?
    /// The document.
    package let source: String
    /// The words; empty for a figure alone.
    package let remark: String

    /// A note from its row.
    ///
    /// - Throws: `CSVError` for a row without a title, an operation or a source, or that says
    ///   nothing.
    init(_ row: CSVRows.Row) throws(CSVError) {
        guard let name = row["name"], let title = row["title"], let subject = row["operation"],
            let source = row["source"]
        else {
            throw CSVError(
                line: row.line, reason: "a note has a name, a title, an operation and a source")
        }
        (self.name, self.title, self.subject) = (name, title, subject)
        (self.source, asOf, remark) = (source, row["as_of"], row["remark"] ?? "")
        let number = row["figure"]
        guard (number == nil) == (row["unit"] == nil), number != nil || !remark.isEmpty else {
            throw CSVError(
                line: row.line, reason: "a note has a figure with its unit, or a remark")
        }
        figure = number.map { "\($0) \(row["unit"] ?? "")" }
    }
}
