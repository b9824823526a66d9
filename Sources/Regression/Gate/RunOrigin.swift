import Results

/// When, where and by which version a run was measured.
package struct RunOrigin: Codable, Hashable, Sendable {
    /// When it began and ended, as in `2026-03-01T12:00:00Z`.
    package let started: String
    package let ended: String?
    /// The machine's processors.
    package let processor: String?
    package let processors: String?
    /// This tool's version.
    package let version: String?

    /// What a run says of itself; nil where not even its beginning is known.
    package init?(_ provenance: Provenance) {
        guard let started = provenance.run["started"]?.value else { return nil }
        self.started = started
        ended = provenance.run["ended"]?.value
        processor = provenance.host["cpu_model"]?.value
        processors = provenance.host["cpu_count"]?.value
        version = provenance.tool["version"]?.value
    }
}
