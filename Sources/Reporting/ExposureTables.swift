import Exposure
import Results
import Units

extension CSVTable {
    /// Digits of a number that is computed: those after them are the rounding of doubles.
    static let computedDigits = 14
}

/// `exfiltration.csv` and `windows.csv`: the findings as tables.
extension RunExposure {
    /// One row a projection, attacker and data set: how long the theft takes.
    package var exfiltrationTable: CSVTable {
        var table = CSVTable(
            columns: [
                "cell", "mechanism", "record_bytes", "throttle", "attacker", "identities",
                "records_per_operation", "dataset_records", "rate_per_second", "seconds",
                "seconds_low", "seconds_high", "seconds_under_demand", "anchor_factor",
                "bounded_by", "bypassable",
            ], digits: CSVTable.computedDigits)
        for projection in model.projections {
            for dataset in model.datasets {
                let theft = projection.theft(of: dataset)
                table.append(
                    row(
                        projection, .sprint, dataset,
                        [
                            .number(theft.recordsPerSecond), .number(theft.seconds.value),
                            .optional(theft.low?.value), .optional(theft.high?.value),
                            .optional(projection.timeUnderDemand(for: dataset)?.value),
                            .optional(theft.anchorFactor), .text(theft.boundedBy.rawValue),
                        ]))
            }
            for ending in hidden(behind: projection) {
                for loss in ending.losses {
                    let seconds = loss.timeToAll
                    let bound: Bound = seconds.isNever ? .never : .alarm
                    table.append(
                        row(
                            projection, ending.strategy, loss.dataset,
                            [
                                .number(ending.recordsPerSecond), .number(seconds.value), .empty,
                                .empty, .empty, .empty, .text(bound.rawValue),
                            ]))
                }
            }
        }
        return table
    }

    /// One row a projection, attacker, data set and window: what is gone by then.
    package var windowsTable: CSVTable {
        var table = CSVTable(
            columns: [
                "cell", "mechanism", "record_bytes", "throttle", "attacker", "identities",
                "dataset_records", "window_seconds", "records_lost", "records_lost_low",
                "records_lost_high", "fraction_lost",
            ], digits: CSVTable.computedDigits)
        for projection in model.projections {
            for dataset in model.datasets {
                for window in model.windows {
                    let loss = projection.loss(within: window, of: dataset)
                    table.append(
                        Self.identity(of: projection, .sprint) + [
                            .count(dataset.count), .number(window.seconds.value),
                            .number(loss.records), .optional(loss.low), .optional(loss.high),
                            .number(loss.fraction),
                        ])
                }
            }
            for ending in hidden(behind: projection) {
                for dataset in model.datasets {
                    for window in model.windows {
                        let lost = ending.unstopped(within: window.seconds, of: dataset)
                        table.append(
                            Self.identity(of: projection, ending.strategy) + [
                                .count(dataset.count), .number(window.seconds.value),
                                .number(lost), .empty, .empty,
                                .number(lost / Double(dataset.count)),
                            ])
                    }
                }
            }
        }
        return table
    }

    /// The endings of the thieves who hide; the best one is whoever of all takes most.
    private func hidden(behind projection: Projection) -> [Containment] {
        let detection = detection.detections.first { $0.projection == projection }
        return detection?.containments.filter { ![.sprint, .best].contains($0.strategy) } ?? []
    }

    private func row(
        _ projection: Projection, _ attacker: Strategy, _ dataset: RecordCount,
        _ figures: [CSVTable.Field]
    ) -> [CSVTable.Field] {
        Self.identity(of: projection, attacker) + [
            .count(projection.recordsPerOperation), .count(dataset.count),
        ] + figures + [.text(projection.throttle.enforced.isBypassable ? "yes" : "no")]
    }

    private static func identity(
        of projection: Projection, _ attacker: Strategy
    ) -> [CSVTable.Field] {
        [
            .text(projection.cellKey), .text(projection.mechanism),
            .integer(Int64(projection.recordBytes)), .text(projection.throttle.keyForm),
            .text(attacker.rawValue), .integer(Int64(projection.identities)),
        ]
    }

    /// The tables that there are where an alarm watches.
    var detectionFiles: [(name: String, text: String)] {
        guard !detection.detections.isEmpty else { return [] }
        let frontiers = choices.map { choice in
            (
                "frontier-\(choice.subject.replacing("/", with: "-")).csv",
                choice.choice.table.text
            )
        }
        return [("containment.csv", detection.containmentTable.text)] + frontiers
    }
}
