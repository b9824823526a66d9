import Results

/// A stored run as a gate sees it: the figures of its rounds, and under which conditions they were
/// taken.
package struct GateRun: Codable, Equatable, Sendable {
    /// What it is called in sentences: the folder's path as it was given.
    package var name: String
    /// The facts that must be the same in two runs for their figures to be comparable, by name,
    /// such as `cpu_model`, `cpu_count`, `module_sha256`, `duration`; nil where one is not known.
    package var conditions: [String: String?]
    /// Facts that a reader should know of where they differ, and that make no figures incomparable,
    /// such as the version of the tool.
    package var circumstances: [String: String?]
    /// What a reader must know of the run besides, in sentences.
    package var notes: [String]
    /// The cells in the order of the tables.
    package var cells: [GateCell]
    /// Whether it ended before its time.
    package var isPartial = false
    /// When and where it was measured; nil where that is not known.
    package var origin: RunOrigin?

    /// A run from its parts.
    package init(
        name: String, conditions: [String: String?], circumstances: [String: String?] = [:],
        notes: [String] = [], cells: [GateCell]
    ) {
        self.name = name
        self.conditions = conditions
        self.circumstances = circumstances
        self.notes = notes
        self.cells = cells
    }

    /// Whether another holds the same figures under the same conditions: no two runs do.
    package func isCopy(of other: GateRun) -> Bool {
        var copy = other
        (copy.name, copy.notes) = (name, notes)
        return copy == self && cells.contains { !$0.rounds.isEmpty }
    }
}

/// A cell of a stored run.
package struct GateCell: Codable, Equatable, Sendable {
    /// Its key, with the class where two classes share one.
    package var key: String
    /// Whether it is the module that does nothing, which shows what the host and the harness
    /// contribute, and is never gated itself.
    package var isControl: Bool
    /// Whether its figures may be used.
    package var verdict: Verdict
    /// Its valid rounds.
    package var rounds: [GateRound]
    /// What became of its calls; nil in baselines of versions that did not keep them.
    package var calls: CallCounts?

    /// A cell from its parts.
    package init(
        key: String, isControl: Bool, verdict: Verdict, rounds: [GateRound],
        calls: CallCounts? = nil
    ) {
        self.key = key
        self.isControl = isControl
        self.verdict = verdict
        self.rounds = rounds
        self.calls = calls
    }

    /// The values of a metric in the order of the rounds, of those rounds that have one.
    package func values(of metric: Metric) -> [Double] {
        rounds.compactMap { $0.values[metric] }
    }
}

/// One round of a cell.
package struct GateRound: Codable, Equatable, Sendable {
    /// The round's number, from 1.
    package var number: Int
    /// What was measured, in each metric's own unit.
    package var values: [Metric: Double]

    /// A round from its parts.
    package init(number: Int, values: [Metric: Double]) {
        self.number = number
        self.values = values
    }
}
