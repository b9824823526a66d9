/// A table of GitHub's Markdown, its columns padded so that the text reads as it stands.
struct MarkdownTable {
    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// How a column's text is set.
    enum Alignment { case left, right }

    init(_ columns: [(name: String, alignment: Alignment)]) {
        header = columns.map(\.name)
        alignments = columns.map(\.alignment)
    }

    mutating func append(_ row: [String]) { append(marked: row.map(Self.escaped)) }

    /// Adds a row whose fields are Markdown already.
    mutating func append(marked row: [String]) {
        precondition(row.count == header.count, "a row has a field for every column")
        rows.append(row)
    }

    /// What a device says of itself stays text: no cell ends early and no markup gets in.
    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("<", with: "\\<").replacing("\n", with: " ")
    }

    var isEmpty: Bool { rows.isEmpty }

    var text: String {
        let widths = header.indices.map { column in
            max(3, ([header] + rows).map { $0[column].count }.max() ?? 0)
        }
        let rule = zip(widths, alignments).map { width, alignment in
            alignment == .right
                ? String(repeating: "-", count: width - 1) + ":"
                : String(repeating: "-", count: width)
        }
        let lines = [line(header, widths), "| " + rule.joined(separator: " | ") + " |"]
        return (lines + rows.map { line($0, widths) }).joined(separator: "\n") + "\n"
    }

    private func line(_ fields: [String], _ widths: [Int]) -> String {
        let padded = fields.indices.map { column in
            let blank = String(repeating: " ", count: widths[column] - fields[column].count)
            return alignments[column] == .right ? blank + fields[column] : fields[column] + blank
        }
        return "| " + padded.joined(separator: " | ") + " |"
    }
}
