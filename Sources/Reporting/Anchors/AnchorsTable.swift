import Latency
import Results
import Units

/// `anchors.csv`: what the page tells, as a table.
extension AnchorComparison {
    /// One row an anchor and subject, those that are not ranked among them.
    var table: CSVTable {
        var table = CSVTable(columns: [
            "anchor", "subject", "operation", "mechanism", "key_bits", "key_kind", "record_bytes",
            "verdict", "reasons", "best_load", "throughput_per_second", "throughput_low",
            "throughput_high", "anchor_factor", "anchor_factor_low", "anchor_factor_high",
            "dataset_records", "seconds", "thread_gain", "process_gain", "least_to_most_served",
            "service_p50_ns", "service_p99_ns", "service_p999_ns", "module", "module_version",
        ])
        for ranking in rankings {
            for figures in ranking.all { table.append(row(figures, of: ranking)) }
        }
        return table
    }

    private func row(_ figures: AnchorFigures, of ranking: AnchorRanking) -> [CSVTable.Field] {
        let cell = figures.loads.first?.cell ?? ranking.cell
        let identity: [CSVTable.Field] = [
            .text(figures.anchor.name), .text(ranking.subject), .text(cell.operation),
            .text(cell.mechanism), .integer(Int64(cell.keyBits)), .text(figures.keyKind.rawValue),
            .integer(Int64(cell.recordBytes)),
        ]
        let verdict: [CSVTable.Field] = [
            Self.text(figures.verdict?.word),
            Self.text(figures.verdict?.reasonText ?? figures.lack),
        ]
        let module: [CSVTable.Field] = [
            Self.text(figures.anchor.fact("module_path")),
            Self.text(figures.anchor.fact("module_version")),
        ]
        return identity + verdict + strength(figures) + shape(figures) + module
    }

    private func strength(_ figures: AnchorFigures) -> [CSVTable.Field] {
        let (rate, factor) = (figures.best?.throughput, figures.factor)
        return [
            Self.text(figures.best?.cell.loadName), .optional(rate?.estimate),
            .optional(rate?.low), .optional(rate?.high), .optional(factor?.estimate),
            .optional(factor?.low), .optional(factor?.high), .count(dataset.count),
            .optional(figures.theft?.seconds.value),
        ]
    }

    private func shape(_ figures: AnchorFigures) -> [CSVTable.Field] {
        let single = figures.single
        return [
            .optional(figures.threadGain?.ratio.estimate),
            .optional(figures.processGain?.ratio.estimate),
            .optional(figures.fairness?.median), .optional(single?.p50), .optional(single?.p99),
            .optional(single?.p999),
        ]
    }

    private static func text(_ text: String?) -> CSVTable.Field {
        text.map { .text($0) } ?? .empty
    }
}
