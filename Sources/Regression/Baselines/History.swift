import Results

/// The runs that were recorded, oldest first: `history.csv`, one line a run, made to be kept in git
/// beside the code.
///
/// Of the figures that comparisons need only those of the newest accepted run of an environment are
/// kept, in a file of its own: they are kilobytes, git keeps the older ones, and a comparison with
/// an older run than the newest would blame a change for those before it.
package struct History: Equatable, Sendable {
    /// The lines.
    package private(set) var lines: [HistoryLine]

    /// The file's name in the store.
    package static let fileName = "history.csv"

    /// A history in which nothing stands yet.
    package init() { lines = [] }

    /// Reads a history.
    ///
    /// - Parameter name: the file's path, for the message.
    /// - Throws: `RunError` with one sentence that names the line.
    package init(parsing bytes: [UInt8], named name: String) throws(RunError) {
        let remedy = "restore the file from git, or remove the line"
        let rows: CSVRows
        do {
            rows = try CSVRows(parsing: bytes)
        } catch {
            throw RunError("'\(name)' is damaged, \(error): \(remedy)")
        }
        if let lacking = HistoryLine.columns.first(where: { !rows.columns.contains($0) }) {
            throw RunError(
                "'\(name)' is damaged, line 1: there is no column '\(lacking)': restore the file "
                    + "from git")
        }
        lines = []
        for row in rows.rows {
            do {
                lines.append(try HistoryLine(row))
            } catch {
                throw RunError("'\(name)' is damaged, line \(row.line): \(error): \(remedy)")
            }
        }
    }

    /// Adds the newest run.
    package mutating func append(_ line: HistoryLine) { lines.append(line) }

    /// The newest run that became the baseline of an environment; nil where none did.
    package func baseline(of environment: String) -> HistoryLine? {
        lines.last { $0.environment == environment && $0.isBaseline }
    }

    /// The table as text.
    package var text: String {
        var table = CSVTable(columns: HistoryLine.columns)
        for line in lines { table.append(line.fields) }
        return table.text
    }
}
