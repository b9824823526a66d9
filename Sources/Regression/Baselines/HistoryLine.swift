import Foundation
import Results

/// One run in the history: a line of `history.csv`.
package struct HistoryLine: Hashable, Sendable {
    /// When it was recorded, as in `2026-03-01T12:00:00Z`.
    package var time: String
    /// The key of its environment, under which its baseline is stored.
    package var environment: String
    /// The run's name.
    package var name: String
    /// What was measured, such as a commit; nil where nobody said.
    package var label: String?
    /// The digest of the module's file; nil where it is not known.
    package var moduleSHA256: String?
    /// Against the baseline of that time.
    package var verdict: GateVerdict
    /// How many cells it has, the module that does nothing left out.
    package var cells: Int
    /// Operations a second, the geometric mean over the cells; nil without any.
    package var throughput: Double?
    /// Median service time in nanoseconds, the geometric mean over the cells; nil without any.
    package var serviceP50: Double?
    /// Whether it became the baseline.
    package var isBaseline: Bool

    /// A line on a run.
    package init(
        _ run: GateRun, time: String, environment: String, label: String?, verdict: GateVerdict,
        isBaseline: Bool
    ) {
        self.time = time
        self.environment = environment
        name = run.name
        self.label = label
        moduleSHA256 = run.conditions[MeasuringEnvironment.moduleCondition] ?? nil
        self.verdict = verdict
        cells = run.cells.count { !$0.isControl }
        throughput = Self.headline(.throughput, of: run)
        serviceP50 = Self.headline(.serviceP50, of: run)
        self.isBaseline = isBaseline
    }

    /// Where the data of an environment's baseline are, below the store's folder.
    package static func file(of environment: String) -> String {
        "baselines/\(environment).json"
    }

    /// The geometric mean over the cells of the median over the rounds: no cell outweighs another
    /// for being fast.
    private static func headline(_ metric: Metric, of run: GateRun) -> Double? {
        let logs = run.cells.filter { !$0.isControl }.compactMap { cell -> Double? in
            let logs = cell.values(of: metric).filter { $0 > 0 && $0.isFinite }
                .map(naturalLogarithm).sorted()
            guard !logs.isEmpty else { return nil }
            return (logs[(logs.count - 1) / 2] + logs[logs.count / 2]) / 2
        }
        guard !logs.isEmpty else { return nil }
        return Foundation.exp(logs.reduce(0, +) / Double(logs.count))
    }
}

extension HistoryLine {
    static let columns = [
        "time", "environment", "name", "label", "module_sha256", "verdict", "cells",
        "throughput_per_second", "service_p50_ns", "baseline_file",
    ]

    var fields: [CSVTable.Field] {
        [
            .text(time), .text(environment), .text(name), .text(label ?? ""),
            .text(moduleSHA256 ?? ""), .text(verdict.rawValue), .integer(Int64(cells)),
            .optional(throughput), .optional(serviceP50),
            .text(isBaseline ? Self.file(of: environment) : ""),
        ]
    }

    /// Reads a row.
    ///
    /// - Throws: `RunError` with what is wrong in it.
    init(_ row: CSVRows.Row) throws(RunError) {
        time = try Self.checked(row, "time") { $0.wholeMatch(of: Self.timeForm) != nil }
        environment = try Self.checked(row, "environment") {
            $0.wholeMatch(of: Self.keyForm) != nil
        }
        name = row["name"] ?? ""
        label = row["label"]
        moduleSHA256 = row["module_sha256"]
        let word = try Self.checked(row, "verdict") { GateVerdict(rawValue: $0) != nil }
        verdict = GateVerdict(rawValue: word) ?? .invalid
        cells = Int(try Self.checked(row, "cells") { (Int($0) ?? -1) >= 0 }) ?? 0
        throughput = try Self.figure(row, "throughput_per_second")
        serviceP50 = try Self.figure(row, "service_p50_ns")
        // What is read is a file of this store alone, whatever somebody wrote into the table.
        let file = row["baseline_file"]
        guard file == nil || file == Self.file(of: environment) else {
            throw RunError("baseline_file is '\(file ?? "")', not \(Self.file(of: environment))")
        }
        isBaseline = file != nil
    }

    private static var timeForm: Regex<Substring> {
        #/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/#
    }
    private static var keyForm: Regex<(Substring, Substring?)> { #/[0-9a-f]{16}(-\d{1,3})?/# }

    private static func checked(
        _ row: CSVRows.Row, _ column: String, _ isSound: (String) -> Bool
    ) throws(RunError) -> String {
        guard let text = row[column], isSound(text) else {
            throw RunError("'\(row[column] ?? "")' is no \(column)")
        }
        return text
    }

    private static func figure(
        _ row: CSVRows.Row, _ column: String
    ) throws(RunError) -> Double? {
        guard let text = row[column] else { return nil }
        guard let value = Double(text), value.isFinite, value >= 0 else {
            throw RunError("'\(text)' is no \(column)")
        }
        return value
    }
}
