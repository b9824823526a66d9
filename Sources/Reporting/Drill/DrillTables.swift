import Results
import Throttling

/// `drill.csv`, `predictions.csv` and `periods.csv`: a drill as tables, times as played.
extension DrillRun {
    /// One row a theft, with what was predicted of its defence.
    package var theftsTable: CSVTable {
        var table = CSVTable(columns: [
            "act", "throttle", "watched", "repetition", "phase", "ending", "identity", "alarm_s",
            "revocation_s", "revoked", "last_record_s", "records_lost", "wrong_records",
            "thief_denied", "canary_s", "canary_records", "budget_s", "budget_records",
            "legitimate_before_per_second", "legitimate_during_per_second",
            "legitimate_after_per_second", "legitimate_denied_during", "legitimate_errors",
            "legitimate_mean_response_before_s", "legitimate_mean_response_during_s",
            "legitimate_mean_response_after_s", "unanswered", "predicted_alarm_s",
            "predicted_containment_s", "predicted_records_lost",
        ])
        for (number, act) in acts.enumerated() {
            for (repetition, theft) in act.thefts.enumerated() {
                var row = act.fields(number)
                row.append(.integer(Int64(repetition + 1)))
                row += theft.ends + theft.detections + theft.readers
                row.append(.optional(theft.unanswered))
                table.append(row + act.predictions)
            }
        }
        return table
    }

    /// One row a defence and figure: predicted beside measured.
    package var predictionsTable: CSVTable {
        var table = CSVTable(columns: [
            "act", "throttle", "watched", "figure", "unit", "predicted_mean", "predicted_low",
            "predicted_high", "predicted_p50", "predicted_p95", "thefts", "happened",
            "measured_mean", "measured_low", "measured_high", "predicted_over_measured",
        ])
        for (number, act) in acts.enumerated() {
            for comparison in act.comparisons(on: stage) {
                table.append(act.fields(number) + comparison.fields)
            }
        }
        return table
    }

    /// One row a period of the gate.
    package var periodsTable: CSVTable {
        var table = CSVTable(columns: [
            "act", "repetition", "start_s", "legitimate", "thief", "records_lost",
        ])
        for (number, act) in acts.enumerated() {
            for (repetition, theft) in act.thefts.enumerated() {
                for period in theft.periods {
                    table.append([
                        .integer(Int64(number + 1)), .integer(Int64(repetition + 1)),
                        .number(period.start), .count(period.legitimate), .count(period.thief),
                        .count(period.lost),
                    ])
                }
            }
        }
        return table
    }
}

extension CSVTable.Field {
    /// Text, or empty.
    fileprivate static func optional(_ text: String?) -> CSVTable.Field {
        text.map { .text($0) } ?? .empty
    }
}

extension DrillAct {
    /// The defence, as the number of its act from 1, its throttle and whether an alarm watches.
    fileprivate func fields(_ index: Int) -> [CSVTable.Field] {
        [.integer(Int64(index + 1)), .text(throttle.keyForm), isWatched ? "yes" : "no"]
    }

    fileprivate var predictions: [CSVTable.Field] {
        [
            .optional(prediction.alarm?.mean), .number(prediction.containment.mean),
            .number(prediction.lost.mean),
        ]
    }
}

extension DrillTheft {
    fileprivate var ends: [CSVTable.Field] {
        [
            .number(phase), .text(ending.rawValue), .text(identity), .optional(alarm),
            .optional(revocation), .optional(revoked),
            .number(lastRecord), .count(lost), .count(wrong), .count(denied),
        ]
    }

    fileprivate var detections: [CSVTable.Field] {
        [canary, budget].flatMap { seen -> [CSVTable.Field] in
            [.optional(seen?.seconds), seen.map { .count($0.records) } ?? .empty]
        }
    }

    fileprivate var readers: [CSVTable.Field] {
        let stretches = [before, during, after]
        let rates = stretches.map { CSVTable.Field.optional(DrillReaders([$0]).perSecond) }
        let errors = DrillReaders(stretches).errors
        let calls: [CSVTable.Field] = [.count(during.denied), .count(errors)]
        return rates + calls + stretches.map { CSVTable.Field.optional($0.meanResponse) }
    }
}

extension DrillComparison {
    fileprivate var fields: [CSVTable.Field] {
        [
            .text(figure.rawValue), .text(figure.unit.rawValue), .optional(predicted?.mean),
            .optional(predicted?.low), .optional(predicted?.high), .optional(predicted?.p50),
            .optional(predicted?.p95), .integer(Int64(thefts)), .integer(Int64(happened)),
            .optional(measured?.mean), .optional(measured?.low), .optional(measured?.high),
            .optional(ratio),
        ]
    }
}
