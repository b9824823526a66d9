import Regression
import Results

/// `capacity.csv` and `concurrency.csv`: what was measured of a capacity, as tables.
extension CapacityRun {
    /// One row a step of the search, in the order in which they were measured.
    package var stepsTable: CSVTable {
        var table = CSVTable(columns: [
            "step", "purpose", "offered_per_second", "seconds", "verdict", "reasons",
            "achieved_per_second", "scheduled", "backlog", "operations", "denied", "errors",
            "judged_calls", "judged_late", "late_share", "late_share_low", "late_share_high",
            "level", "batches", "response_p50_ns", "response_p99_ns", "response_p999_ns",
            "service_p50_ns", "service_p99_ns", "lateness_p99_ns", "wake_up_p99_ns",
            "wake_up_longest_ns",
        ])
        for finished in result?.steps ?? [] {
            let step = finished.step
            let verdict = finished.judgement?.verdict.rawValue ?? "INVALID"
            let head: [CSVTable.Field] = [
                .integer(Int64(step.number)), .text(step.purpose.rawValue),
                .number(step.rate.perSecond), .number(step.length.seconds.value), .text(verdict),
                .text(finished.invalidReason ?? ""),
            ]
            let round = round(ofStep: step.number)
            table.append(
                head + Self.counts(round) + Self.judgement(finished.judgement)
                    + Self.latencies(round))
        }
        return table
    }

    private static func counts(_ round: Round?) -> [CSVTable.Field] {
        guard let round else { return Array(repeating: .empty, count: 6) }
        return [
            .number(round.throughput), round.open.map { .count($0.scheduled) } ?? .empty,
            round.open.map { .count($0.backlog) } ?? .empty, .count(round.operations),
            .count(round.denied), .count(round.errorCount),
        ]
    }

    private static func judgement(_ judgement: StepJudgement?) -> [CSVTable.Field] {
        guard let judgement else { return Array(repeating: .empty, count: 7) }
        return [
            .count(judgement.due), .count(judgement.late), .number(judgement.lateShare),
            .number(judgement.low), .number(judgement.high), .number(judgement.level),
            .integer(Int64(judgement.batches)),
        ]
    }

    private static func latencies(_ round: Round?) -> [CSVTable.Field] {
        let (response, service) = (round?.latency[.response], round?.service)
        return [
            .optional(response?.p50), .optional(response?.p99), .optional(response?.p999),
            .optional(service?.p50), .optional(service?.p99),
            .optional(round?.latency[.lateness]?.p99), .optional(round?.latency[.wakeUp]?.p99),
            .optional(round?.latency[.wakeUp]?.longest),
        ]
    }

    /// One row a closed load, in the order of callers and processes.
    package var concurrencyTable: CSVTable {
        var table = CSVTable(columns: [
            "callers", "processes", "rounds", "valid_rounds", "throughput_per_second",
            "throughput_low", "throughput_high", "is_best", "reasons",
        ])
        let best = concurrency.best
        let ordered = concurrency.sorted { ($0.callers, $0.processes) < ($1.callers, $1.processes) }
        for point in ordered {
            let rate = point.throughput
            let reasons = Verdict.pooled(point.rounds.map(\.verdict)).reasonText
            table.append([
                .integer(Int64(point.callers)), .integer(Int64(point.processes)),
                .integer(Int64(point.rounds.count)),
                .integer(Int64(point.rounds.count(where: \.verdict.isValid))),
                .optional(rate?.estimate), .optional(rate?.low), .optional(rate?.high),
                best.contains(point) ? "yes" : "no", .text(reasons),
            ])
        }
        return table
    }
}
