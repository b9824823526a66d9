import Exposure
import Results
import Units

extension DetectionModel {
    /// `containment.csv`: one row a throttle, attacker and data set.
    package var containmentTable: CSVTable {
        var table = CSVTable(
            columns: [
                "cell", "mechanism", "record_bytes", "throttle", "attacker", "identities",
                "dataset_records", "period_seconds", "threshold", "datapoints_to_alarm",
                "evaluation_periods", "contained_share", "alarm_mean_seconds", "alarm_p95_seconds",
                "window_mean_seconds", "window_p50_seconds", "window_p95_seconds",
                "window_worst_phase_seconds", "records_lost_mean", "records_lost_low",
                "records_lost_high", "records_lost_p50", "records_lost_p95",
                "records_lost_worst_phase", "fraction_lost", "value_lost", "all_leave_share",
                "all_leave_seconds", "records_per_second",
            ], digits: CSVTable.computedDigits)
        for detection in detections {
            for ending in detection.containments {
                for loss in ending.losses {
                    table.append(row(detection, ending, loss))
                }
            }
        }
        return table
    }

    private func row(
        _ detection: Detection, _ ending: Containment, _ loss: ContainedLoss
    ) -> [CSVTable.Field] {
        let projection = detection.projection
        let subject: [CSVTable.Field] = [
            .text(projection.cellKey), .text(projection.mechanism),
            .integer(Int64(projection.recordBytes)), .text(projection.throttle.keyForm),
            .text(ending.strategy.rawValue), .integer(Int64(projection.identities)),
            .count(loss.dataset.count),
        ]
        let alarm: [CSVTable.Field] = [
            .optional(rule?.period.seconds.value),
            .optional(rule.map { Double($0.threshold.count) }),
            .optional(rule.map { Double($0.datapointsToAlarm) }),
            .optional(rule.map { Double($0.evaluationPeriods) }),
        ]
        let (window, records) = (ending.window, loss.records)
        return subject + alarm + [
            .number(ending.isContained), .optional(ending.alarm?.mean),
            .optional(ending.alarm?.p95), .number(window.mean), .number(window.p50),
            .number(window.p95), .number(window.worstPhase), .number(records.mean),
            .optional(loss.low), .optional(loss.high), .number(records.p50),
            .number(records.p95), .number(records.worstPhase), .number(loss.fraction),
            .optional(loss.valueShare), .number(loss.allLeave), .number(loss.timeToAll.value),
            .number(ending.recordsPerSecond),
        ]
    }
}

extension ThresholdChoice {
    static let columns = [
        "throttle", "period_seconds", "threshold", "datapoints_to_alarm", "evaluation_periods",
        "false_alarms_per_month", "false_alarms_modelled", "false_alarms_replayed",
        "records_lost_p95", "burdened_share", "monthly_cost", "recommended",
    ]

    /// The frontier and the recommended choice as a table: one row a choice.
    package var table: CSVTable {
        var table = CSVTable(columns: Self.columns, digits: CSVTable.computedDigits)
        for point in listed {
            table.append([
                .text(point.throttle.keyForm), .number(point.rule.period.seconds.value),
                .count(point.rule.threshold.count),
                .integer(Int64(point.rule.datapointsToAlarm)),
                .integer(Int64(point.rule.evaluationPeriods)),
                .number(point.falseAlarmsPerMonth), .number(point.modelledPerMonth),
                .optional(point.replayedPerMonth), .number(point.recordsLost),
                .number(point.burdenedShare), .number(point.monthlyCost),
                .text(point == recommended ? "yes" : "no"),
            ])
        }
        return table
    }
}
