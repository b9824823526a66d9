import Exposure
import Units

/// The documented devices as text, with what else the documents say.
package struct DeviceCatalogue: Sendable {
    private let devices: DeviceProfiles

    /// A catalogue of devices.
    package init(_ devices: DeviceProfiles = .documented) { self.devices = devices }

    /// A paragraph a document, a line a device: its name, its rate and what is done at it.
    package var text: String {
        let name = devices.all.map(\.name.count).max() ?? 0
        let rate = devices.all.map { Self.rate($0).count }.max() ?? 0
        var paragraphs: [(citation: String, lines: [String])] = []
        for profile in devices.all {
            let blank = String(repeating: " ", count: name - profile.name.count)
            let indent = String(repeating: " ", count: rate - Self.rate(profile).count)
            let use = profile.mechanism == nil ? " (opens no record)" : ""
            let line =
                "  \(profile.name)\(blank)  \(indent)\(Self.rate(profile))  "
                + profile.operation + use
            if paragraphs.last?.citation == profile.citation {
                paragraphs[paragraphs.count - 1].lines.append(line)
            } else {
                paragraphs.append((profile.citation, [line]))
            }
        }
        let tables = paragraphs.map { "\($0.citation)\n\($0.lines.joined(separator: "\n"))" }
        let notes = devices.noteLines.map { "- \($0)" }.joined(separator: "\n")
        return tables.joined(separator: "\n\n") + "\n\n\(Self.caution)\n\n\(notes)\n"
    }

    /// The same as a table of Markdown.
    package var markdown: String {
        let (columns, rows) = devices.listing
        var table = MarkdownTable(
            columns.map { (name: $0, alignment: $0 == "rate" ? .right : .left) })
        for row in rows { table.append(row) }
        let notes = devices.noteLines.map { "- \($0)" }.joined(separator: "\n")
        return "\(table.text)\n\(Self.caution)\n\n\(notes)\n"
    }

    private static let caution = """
        From documents, not measured: none of them tells a latency, nor how the rate grows with \
        the calls under way.
        """

    private static func rate(_ profile: DeviceProfile) -> String {
        "\(Significant.text(profile.perSecond))/s"
    }
}
