/// Where a text says that the tables of a projection are found whole.
enum TableReference: Sendable {
    /// In files beside a report.
    case files
    /// Nowhere yet: `project` prints them when it is asked to.
    case formats

    /// A table.
    enum Table: String, Sendable {
        case exfiltration
        case windows
        case containment
    }

    /// What the table is called in a sentence: `exfiltration.csv`, or what prints its rows.
    func name(of table: Table) -> String {
        switch self {
        case .files: "`\(table.rawValue).csv`"
        case .formats:
            table == .exfiltration
                ? "the rows of `--format csv`" : "the rows of `--format \(table.rawValue)-csv`"
        }
    }
}
