import Results

/// The rounds of a run's cells as `rounds.csv` holds them.
struct StoredRounds {
    /// By the cell's place: its rounds as they stand in the file, with their verdicts.
    private(set) var rounds: [[(round: GateRound, verdict: Verdict)]]

    private static let columns: [(metric: Metric, name: String)] = [
        (.throughput, "throughput_per_second"), (.serviceP50, "service_p50_ns"),
        (.serviceP99, "service_p99_ns"), (.cpuTime, "cpu_ns_per_operation"),
    ]

    /// A cell's key may be that of two classes.
    private struct Identity: Hashable {
        let key: String
        let callerClass: String
    }

    /// Reads a table.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - cells: the cells that the run says it has.
    /// - Throws: `RunError` with the line: no table, a cell that the run does not have, a field
    ///   that is no number.
    init(parsing bytes: [UInt8], of cells: [Cell]) throws(RunError) {
        // A number that is cut short is a number too.
        guard bytes.last == UInt8(ascii: "\n") else {
            throw RunError("rounds.csv does not end with the end of a line: it is cut short")
        }
        let table: CSVRows
        do {
            table = try CSVRows(parsing: bytes)
        } catch {
            throw RunError("rounds.csv, \(error): it is damaged or cut short")
        }
        let needed = ["cell", "class", "round", "verdict", "reasons"] + Self.columns.map(\.name)
        for name in needed where !table.columns.contains(name) {
            throw RunError("rounds.csv has no column '\(name)': it is damaged, or is no such table")
        }
        let identities = cells.enumerated().map { place, cell in
            (Identity(key: cell.key, callerClass: cell.callerClass.rawValue), place)
        }
        let places = Dictionary(identities) { first, _ in first }
        rounds = Array(repeating: [], count: cells.count)
        for row in table.rows {
            let identity = Identity(key: row["cell"] ?? "", callerClass: row["class"] ?? "")
            guard let place = places[identity] else {
                throw RunError(
                    "rounds.csv, line \(row.line): run.json has no cell '\(identity.key)': the two "
                        + "files are not of one run")
            }
            rounds[place].append(try Self.round(row))
        }
    }

    private static func round(
        _ row: CSVRows.Row
    ) throws(RunError) -> (round: GateRound, verdict: Verdict) {
        guard let number = row["round"].flatMap({ Int($0) }), number > 0 else {
            throw damage(row, "round")
        }
        var round = GateRound(number: number, values: [:])
        for (metric, name) in columns {
            guard let text = row[name] else { continue }
            guard let value = Double(text), value.isFinite, value >= 0 else {
                throw damage(row, name)
            }
            round.values[metric] = value
        }
        let verdict = row["verdict"] ?? ""
        guard ["VALID", "INVALID"].contains(verdict) else { throw damage(row, "verdict") }
        guard verdict == "INVALID" else { return (round, Verdict()) }
        let reasons = row["reasons"]?.split(separator: "; ").map(String.init)
        return (round, Verdict(reasons: reasons ?? ["no reason is given"]))
    }

    private static func damage(_ row: CSVRows.Row, _ column: String) -> RunError {
        RunError(
            "rounds.csv, line \(row.line): '\(row[column] ?? "")' is no \(column): it is damaged")
    }
}
