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
            "cpu_ns_per_operation", "decision_ns",
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

    private static func row(_ result: CellResult) -> [CSVTable.Field] {
        let cell = result.cell
        let identity: [CSVTable.Field] = [
            .text(cell.key), .text(cell.callerClass.rawValue), .text(cell.anchor),
            .text(cell.operation),
            .text(cell.mechanism), .integer(Int64(cell.keyBits)),
            .text(cell.keyKind?.rawValue ?? "memory"), .integer(Int64(cell.recordBytes)),
            .text(cell.loadName), .integer(Int64(cell.processes)), .integer(Int64(cell.callers)),
            .optional(cell.open?.rate.perSecond), .text(cell.throttle.keyForm),
        ]
        let counts: [CSVTable.Field] = [
            .text(result.verdict.word), .text(result.verdict.reasonText),
            .integer(Int64(result.rounds.count)), .count(result.operations),
            .count(result.denied), .count(result.errorCount),
            result.open.map { .count($0.backlog) } ?? .empty,
        ]
        return identity + counts + figures(result)
    }

    private static func figures(_ result: CellResult) -> [CSVTable.Field] {
        let (service, response) = (result.service, result.latency[.response])
        let wait = result.latency[.throttleWait]
        return [
            .optional(result.throughput?.estimate), .optional(result.throughput?.low),
            .optional(result.throughput?.high), .optional(service.p50), .optional(service.p90),
            .optional(service.p99), .optional(service.p999), .optional(service.longest),
            .optional(response?.p50), .optional(response?.p99), .optional(response?.p999),
            .optional(wait?.p50), .optional(wait?.p99), .optional(result.admittedToEnvelope),
            .optional(result.latency[.lateness]?.p99),
            .optional(result.cpuNanosecondsPerOperation), .optional(result.decisionNanoseconds),
        ]
    }

    private static func row(_ round: Round, of cell: Cell) -> [CSVTable.Field] {
        let (service, response) = (round.service, round.latency[.response])
        return [
            .text(cell.key), .text(cell.callerClass.rawValue), .integer(Int64(round.number)),
            .integer(Int64(round.order)), .text(round.verdict.word),
            .text(round.verdict.reasonText), .number(round.seconds), .count(round.operations),
            .count(round.denied), .count(round.errorCount), .number(round.throughput),
            .optional(service.p50), .optional(service.p90), .optional(service.p99),
            .optional(response?.p50), .optional(response?.p99),
            .optional(round.latency[.lateness]?.p99), .optional(round.admittedToEnvelope),
            .optional(round.cpuNanosecondsPerOperation),
        ]
    }
}
