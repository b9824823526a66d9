/// Rows and columns that become a table of Markdown or of plain text, as long as there is room.
struct Grid {
    /// One field.
    enum Field: Equatable {
        /// A sentence, a figure or a word.
        case text(String)
        /// A name that somebody may look for as it stands.
        case name(String)

        /// The field without any mark.
        var plain: String {
            switch self {
            case .text(let text): GateWording.brief(text, atMost: 300)
            case .name(let name): GateWording.brief(name)
            }
        }

        var markdown: String {
            switch self {
            case .text: MarkdownText.escaped(plain)
            case .name: MarkdownText.code(plain)
            }
        }
    }

    /// A column's name, and how its fields are set.
    typealias Column = (name: String, alignment: MarkdownTable.Alignment)

    private let columns: [Column]
    private let row: (Int) -> [Field]
    /// How many rows there are.
    let count: Int

    /// A table whose rows are put into words as they are asked for: there may be thousands more
    /// than anybody gets to see.
    init(_ columns: [Column], count: Int, row: @escaping (Int) -> [Field]) {
        self.columns = columns
        self.count = count
        self.row = row
    }

    var isEmpty: Bool { count == 0 }

    /// The rows.
    var rows: [[Field]] { (0..<count).map(row) }

    /// The first rows, as many as take no more than so many bytes of Markdown.
    func fitting(_ bytes: Int) -> Grid {
        // No field takes less than its frame and three characters.
        let most = min(count, max(0, bytes) / (6 * columns.count))
        let rows = (0..<most).map(row)
        let marked = rows.map { $0.map(\.markdown) }
        var (fits, tooMany) = (0, most + 1)
        while tooMany - fits > 1 {
            let middle = (fits + tooMany) / 2
            if table(marked.prefix(middle)).utf8.count <= bytes {
                fits = middle
            } else {
                tooMany = middle
            }
        }
        return Grid(columns, count: fits) { rows[$0] }
    }

    /// The table in GitHub's Markdown.
    var markdown: String { table(rows.map { $0.map(\.markdown) }[...]) }

    private func table(_ marked: ArraySlice<[String]>) -> String {
        var table = MarkdownTable(columns)
        for row in marked { table.append(marked: row) }
        return table.text
    }

    /// The table with its columns aligned by blanks.
    var plain: String {
        let lines = [columns.map(\.name)] + rows.map { $0.map(\.plain) }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { fields in
            let line = fields.indices.map { column in
                let blank = String(repeating: " ", count: widths[column] - fields[column].count)
                return columns[column].alignment == .right
                    ? blank + fields[column] : fields[column] + blank
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}
