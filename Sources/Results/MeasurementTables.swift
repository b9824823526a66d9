/// `cells.csv` and `rounds.csv`: what was measured, as tables.
extension Run {
    /// One row a cell: what was run, verdict, pooled figures with intervals.
    package var cellsTable: CSVTable {
        var table = CSVTable(columns: [
            "cell", "class", "anchor", "operation", "mechanism", "key_bits", "key_kind",
            "record_bytes", "load", "processes", "threads", "offered_per_second", "throttle",
            "verdict", "reasons", "rounds", "operations", "denied", "errors", "backlog",
            "throughput_per_second", "throughput_low", "throughput_high", "service_p50_ns",
            "service_p90_ns", "service_p99_ns", "service_p999_ns", "service_max_ns",
            "response_p50_ns", "response_p99_ns", "response_p999_ns", "throttle_wait_p50_ns",
            "throttle_wait_p99_ns", "admitted_to_envelope", "lateness_p99_ns",
            "cpu_ns_per_operation",
        ])
        for result in cells { table.append(Self.row(result)) }
        return table
    }

    /// One row a cell and round: what comparisons use.
    package var roundsTable: CSVTable {
        var table = CSVTable(columns: [
            "cell", "class", "round", "order", "verdict", "reasons", "seconds", "operations",
            "denied", "errors", "throughput_per_second", "service_p50_ns", "service_p90_ns",
            "service_p99_ns", "response_p50_ns", "response_p99_ns", "lateness_p99_ns",
            "admitted_to_envelope", "cpu_ns_per_operation",
        ])
        for result in cells {
            for round in result.rounds { table.append(Self.row(round, of: result.cell)) }
        }
        return table
    }

    /// The class of a closed load's calls: whoever calls flat out is the attacker.
    private static let callerClass = CSVTable.Field.text("attacker")

    private static func row(_ result: CellResult) -> [CSVTable.Field] {
        let cell = result.cell
        let throughput = result.throughput
        let identity: [CSVTable.Field] = [
            .text(cell.key), callerClass, .text(cell.anchor), .text(cell.operation),
            .text(cell.mechanism), .integer(Int64(cell.keyBits)),
            .text(cell.keyKind?.rawValue ?? "memory"), .integer(Int64(cell.recordBytes)),
            .text(cell.loadName), .integer(Int64(cell.processes)), .integer(Int64(cell.callers)),
            .empty, .text(cell.throttle.keyForm),
        ]
        let counts: [CSVTable.Field] = [
            .text(result.verdict.word), .text(result.verdict.reasonText),
            .integer(Int64(result.rounds.count)), .count(result.operations),
            .count(result.denied), .count(result.errorCount), .empty,
        ]
        let figures: [CSVTable.Field] = [
            .optional(throughput?.estimate), .optional(throughput?.low),
            .optional(throughput?.high), .optional(result.service.p50),
            .optional(result.service.p90), .optional(result.service.p99),
            .optional(result.service.p999), .optional(result.service.longest),
            .empty, .empty, .empty, .optional(result.throttleWait?.p50),
            .optional(result.throttleWait?.p99), .optional(result.admittedToEnvelope), .empty,
            .optional(result.cpuNanosecondsPerOperation),
        ]
        return identity + counts + figures
    }

    private static func row(_ round: Round, of cell: Cell) -> [CSVTable.Field] {
        [
            .text(cell.key), callerClass, .integer(Int64(round.number)),
            .integer(Int64(round.order)), .text(round.verdict.word),
            .text(round.verdict.reasonText), .number(round.seconds), .count(round.operations),
            .count(round.denied), .count(round.errorCount), .number(round.throughput),
            .optional(round.service.p50), .optional(round.service.p90),
            .optional(round.service.p99), .empty, .empty, .empty,
            .optional(round.admittedToEnvelope), .optional(round.cpuNanosecondsPerOperation),
        ]
    }
}
