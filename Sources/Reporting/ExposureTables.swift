import Exposure
import Results
import Units

/// `exfiltration.csv` and `windows.csv`: the findings as tables.
extension ExposureModel {
    /// One row a projection and data set: how long the theft takes.
    package var exfiltrationTable: CSVTable {
        var table = CSVTable(columns: [
            "cell", "mechanism", "record_bytes", "throttle", "attacker", "identities",
            "records_per_operation", "dataset_records", "rate_per_second", "seconds",
            "seconds_low", "seconds_high", "seconds_under_demand", "anchor_factor", "bounded_by",
            "bypassable",
        ])
        for projection in projections {
            for dataset in datasets {
                let theft = projection.theft(of: dataset)
                table.append(
                    Self.identity(of: projection) + [
                        .count(projection.recordsPerOperation), .count(dataset.count),
                        .number(theft.recordsPerSecond), .number(theft.seconds.value),
                        .optional(theft.low?.value), .optional(theft.high?.value),
                        .optional(projection.timeUnderDemand(for: dataset)?.value),
                        .optional(theft.anchorFactor), .text(theft.boundedBy.rawValue),
                        .text(projection.throttle.enforced.isBypassable ? "yes" : "no"),
                    ])
            }
        }
        return table
    }

    /// One row a projection, data set and window: what is gone by then.
    package var windowsTable: CSVTable {
        var table = CSVTable(columns: [
            "cell", "mechanism", "record_bytes", "throttle", "attacker", "identities",
            "dataset_records", "window_seconds", "records_lost", "records_lost_low",
            "records_lost_high", "fraction_lost",
        ])
        for projection in projections {
            for dataset in datasets {
                for window in windows {
                    let loss = projection.loss(within: window, of: dataset)
                    table.append(
                        Self.identity(of: projection) + [
                            .count(dataset.count), .number(window.seconds.value),
                            .number(loss.records), .optional(loss.low), .optional(loss.high),
                            .number(loss.fraction),
                        ])
                }
            }
        }
        return table
    }

    private static func identity(of projection: Projection) -> [CSVTable.Field] {
        [
            .text(projection.cellKey), .text(projection.mechanism),
            .integer(Int64(projection.recordBytes)), .text(projection.throttle.keyForm),
            .text(projection.attacker), .integer(Int64(projection.identities)),
        ]
    }
}
