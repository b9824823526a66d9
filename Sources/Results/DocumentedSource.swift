/// The document that stands in for a measurement.
package struct DocumentedSource: Codable, Hashable, Sendable {
    /// What it describes, such as `AWS CloudHSM hsm2m.medium, 2 HSMs`.
    package let title: String
    /// The document.
    package let source: String
    /// The state that it describes; nil where it bears no date.
    package let asOf: String?
    /// The HSMs that its figure is of together; nil for a service or a single device.
    package let cluster: Int?
    /// What is documented of who counts the operations, with its source; nil for nothing.
    package let counting: String?

    /// A document.
    package init(
        title: String, source: String, asOf: String?, cluster: Int? = nil, counting: String? = nil
    ) {
        (self.title, self.source, self.asOf) = (title, source, asOf)
        (self.cluster, self.counting) = (cluster, counting)
    }

    /// The HSMs that are paid for where its figure is reached.
    package var hsms: Int { max(1, cluster ?? 1) }

    /// For a title and the first finding.
    package var inWords: String {
        "documented, not measured: \(source), \(asOf ?? "no date given")"
    }
}
