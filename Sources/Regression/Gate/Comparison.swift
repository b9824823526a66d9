/// Two anchors compared: the evidence, what stands against it, and the verdict.
package struct Comparison: Codable, Equatable, Sendable {
    /// How the figures were taken.
    package var kind: Kind
    /// What the two are called in sentences.
    package var baseline: String
    package var candidate: String
    /// The rule.
    package var rule: GateRule
    /// What was found, cell by cell and metric by metric.
    package var evidence: [Evidence]
    /// The same of the module that does nothing, measured beside both; empty where it was not.
    package var control: [Evidence]
    /// Cells in which calls failed, of either.
    package var failedCalls: [FailedCalls]
    /// Cells and metrics that both have and that could not be compared.
    package var untested: [Untested]
    /// Cells that only the baseline has.
    package var missing: [String]
    /// Cells that only the candidate has.
    package var extra: [String]
    /// How many cells both have, where that was counted; the control is none.
    package var commonCells = 0
    /// Cells whose figures may not be used.
    package var invalid: [InvalidCell]
    /// Conditions in which the two differ.
    package var differences: [Difference]
    /// Whether runs of unlike conditions were compared because the user said so.
    package var allowsDifferences: Bool
    /// When and where the baseline's figures were measured; nil where that is not known.
    package var baselineOrigin: RunOrigin?
    /// The candidate's.
    package var candidateOrigin: RunOrigin?
    /// What a reader must know besides, in sentences.
    package var notes: [String]
    /// Pairs of rounds or blocks without which nothing can be called REGRESSED.
    package var neededPairs: Int
    /// The verdict.
    package var verdict: GateVerdict
    /// Why: sentences, the most telling first.
    package var reasons: [String]
    /// What to do next, one sentence.
    package var advice: String

    /// How figures are taken.
    package enum Kind: String, Codable, Sendable {
        /// Two stored runs, whose rounds are independent samples.
        case stored
        /// Interleaved blocks, each of which is a pair.
        case duel
    }

    /// A cell and a metric without evidence.
    package struct Untested: Codable, Equatable, Sendable {
        package var cell: String
        package var metric: Metric
        /// Why, as in "too few calls a round for a 99th percentile".
        package var reason: String
        /// Whether the baseline has it whole and the candidate does not: it may be what became
        /// slower, so that nothing passes.
        package var isLost: Bool

        package init(cell: String, metric: Metric, reason: String, isLost: Bool = false) {
            self.cell = cell
            self.metric = metric
            self.reason = reason
            self.isLost = isLost
        }
    }

    /// A cell whose figures may not be used.
    package struct InvalidCell: Codable, Equatable, Sendable {
        package var cell: String
        /// The name of the run or anchor in which it is.
        package var side: String
        package var reasons: [String]

        package init(cell: String, side: String, reasons: [String]) {
            self.cell = cell
            self.side = side
            self.reasons = reasons
        }
    }

    /// A condition in which the two differ.
    package struct Difference: Codable, Equatable, Sendable {
        /// Its name, such as `cpu_model`.
        package var condition: String
        /// What each had; nil where that is not known.
        package var baseline: String?
        package var candidate: String?

        package init(condition: String, baseline: String?, candidate: String?) {
            self.condition = condition
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    /// Whether it is known that no cell is in both, so that no conditions make them comparable.
    package var isApart: Bool {
        let isNothingShared =
            commonCells == 0 && evidence.isEmpty && untested.isEmpty && invalid.isEmpty
        return isNothingShared && !(missing.isEmpty && extra.isEmpty)
    }

    /// Whether its candidate is the first of its environment, with nothing to be held against.
    package var isFirst: Bool {
        kind == .stored && baseline == Self.noBaseline && evidence.isEmpty
    }

    /// What stands for the baseline where there is none.
    static let noBaseline = "no baseline"

    /// A comparison of which nothing is known yet: INVALID, as nothing was compared.
    package init(kind: Kind, baseline: String, candidate: String, rule: GateRule) {
        self.kind = kind
        self.baseline = baseline
        self.candidate = candidate
        self.rule = rule
        evidence = []
        control = []
        failedCalls = []
        untested = []
        missing = []
        extra = []
        invalid = []
        differences = []
        allowsDifferences = false
        notes = []
        neededPairs = 0
        verdict = .invalid
        reasons = []
        advice = ""
    }
}
