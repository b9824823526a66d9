/// The document that stands in for a measurement.
package struct DocumentedSource: Codable, Hashable, Sendable {
    /// What it describes, such as `AWS CloudHSM hsm2m.medium, 2 HSMs`.
    package let title: String
    /// The document.
    package let source: String
    /// The state that it describes; nil where it bears no date.
    package let asOf: String?

    /// A document.
    package init(title: String, source: String, asOf: String?) {
        (self.title, self.source, self.asOf) = (title, source, asOf)
    }

    /// For a title and the first finding.
    package var inWords: String {
        "documented, not measured: \(source), \(asOf ?? "no date given")"
    }
}
