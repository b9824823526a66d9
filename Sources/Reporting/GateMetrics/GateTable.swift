import GateState
import Results
import Units

/// The counts of a gate as CSV: a row for each identity and period in which it called.
package struct GateTable: Sendable {
    private let snapshot: GateSnapshot

    /// The table of all periods that the gate keeps, the running one included.
    package init(_ snapshot: GateSnapshot) { self.snapshot = snapshot }

    /// The table.
    package var text: String {
        let history = GateHistory(snapshot)
        var table = CSVTable(columns: Self.columns)
        for number in history.known {
            for (identity, period) in zip(snapshot.identities, history.counts(in: number)) {
                guard let period else { continue }
                table.append(Self.row(identity, period, length: snapshot.configuration.period))
            }
        }
        return table.text
    }

    private static let columns = [
        "period_start", "period_seconds", "identity", "admitted", "throttled", "revoked", "units",
    ]

    /// The first line.
    static let header = CSVTable(columns: columns).text

    private static func row(
        _ identity: GateIdentity, _ period: GatePeriod, length: Nanoseconds
    ) -> [CSVTable.Field] {
        [
            .text(InstantText.text(period.start)), .text(InstantText.seconds(length)),
            .text(identity.name), .count(period.calls.admitted), .count(period.calls.throttled),
            .count(period.calls.revoked), .count(period.units),
        ]
    }

    /// The rows of one period.
    static func lines(
        of number: Int64, in history: GateHistory
    ) -> [(place: GateLog.Place, text: String)] {
        zip(history.snapshot.identities, history.counts(in: number)).compactMap { pair in
            guard let period = pair.1 else { return nil }
            var table = CSVTable(columns: columns)
            table.append(row(pair.0, period, length: history.snapshot.configuration.period))
            let start = history.start(of: number).count / 1_000_000
            return (
                GateLog.Place(start: start, name: Array(pair.0.name.utf8)),
                String(table.text.dropFirst(header.count))
            )
        }
    }

    /// What a row tells of; nil where it is none.
    static func place(of line: String) -> GateLog.Place? {
        guard let row = try? CSVRows(parsing: header + line).rows.first,
            let start = row["period_start"].flatMap(InstantText.instant),
            let name = row["identity"]
        else { return nil }
        return GateLog.Place(start: start.count / 1_000_000, name: Array(name.utf8))
    }
}
