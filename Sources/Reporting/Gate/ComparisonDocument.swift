import Foundation
import Regression

/// `comparison.json`: everything of a comparison under names that stay, with the units in them.
struct ComparisonDocument: Encodable {
    private var schemaVersion = 1
    private let kind: Comparison.Kind
    private let baseline: String
    private let candidate: String
    private let rule: Rule
    private let verdict: GateVerdict
    private let exitCode: Int32
    private let reasons: [String]
    private let advice: String
    private let notes: [String]
    private let evidence: [Found]
    private let control: [Found]
    private let controlMoved: Bool
    private let failedCalls: [Failed]?
    private let untested: [Comparison.Untested]
    private let missing: [String]
    private let extra: [String]
    private let invalid: [Comparison.InvalidCell]
    private let differences: [Comparison.Difference]
    private let allowsDifferences: Bool
    private let neededPairs: Int

    private struct Rule: Encodable {
        let toleranceShare: Double
        let levelProbability: Double
        let metrics: [Metric]
    }

    init(_ comparison: Comparison, allowsInconclusive: Bool) {
        kind = comparison.kind
        baseline = comparison.baseline
        candidate = comparison.candidate
        rule = Rule(
            toleranceShare: comparison.rule.tolerance, levelProbability: GateRule.level,
            metrics: comparison.rule.metrics)
        verdict = comparison.verdict
        exitCode = comparison.verdict.exitCode(allowsInconclusive: allowsInconclusive)
        reasons = comparison.reasons
        advice = comparison.advice
        notes = comparison.notes
        evidence = zip(comparison.evidence, comparison.outcomes).map { found, outcome in
            Found(found, finding: outcome.rawValue)
        }
        control = zip(comparison.control, comparison.controlOutcomes).map { found, outcome in
            Found(found, finding: outcome.finding.rawValue)
        }
        controlMoved = comparison.controlMoved
        let failed = comparison.failedCalls
        failedCalls = failed.isEmpty ? nil : failed.map(Failed.init)
        untested = comparison.untested
        missing = comparison.missing
        extra = comparison.extra
        invalid = comparison.invalid
        differences = comparison.differences
        allowsDifferences = comparison.allowsDifferences
        neededPairs = comparison.neededPairs
    }

    /// The document, ended by a line break.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a comparison is plain data")
        }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension ComparisonDocument {
    /// The calls of one cell that failed; what is not known has no key.
    private struct Failed: Encodable {
        let cell: String
        let baselineCalls: UInt64?
        let baselineFailedCallsByCode: [String: UInt64]?
        let baselineFailedShare: Double?
        let candidateCalls: UInt64
        let candidateFailedCallsByCode: [String: UInt64]
        let candidateFailedShare: Double
        let pWorseAdjusted: Double
        let pBetterAdjusted: Double
        let finding: String

        init(_ found: FailedCalls) {
            cell = found.cell
            baselineCalls = found.baseline?.calls
            baselineFailedCallsByCode = found.baseline?.failed
            baselineFailedShare = found.baseline?.share
            candidateCalls = found.candidate.calls
            candidateFailedCallsByCode = found.candidate.failed
            candidateFailedShare = found.candidate.share
            pWorseAdjusted = found.pWorse
            pBetterAdjusted = found.pBetter
            finding = found.finding.rawValue
        }
    }

    /// One piece of evidence; what is not known has no key.
    private struct Found: Encodable {
        let cell: String
        let metric: Metric
        /// The unit of `baselineValue` and `candidateValue`.
        let unit: String
        let baselineValue: Double
        let candidateValue: Double
        let costRatio: Double
        let costRatioIntervalLow99: Double?
        let costRatioIntervalHigh99: Double?
        let costRatioLowerBound99: Double?
        let costRatioUpperBound99: Double?
        let pWorse: Double
        let pBetter: Double
        let pWorseAdjusted: Double?
        let floorCostRatio: Double?
        let pairs: Int
        let finding: String

        init(_ evidence: Evidence, finding: String) {
            cell = evidence.cell
            metric = evidence.metric
            unit =
                switch evidence.metric {
                case .throughput: "operationsPerSecond"
                case .serviceP50, .serviceP99: "nanoseconds"
                case .cpuTime: "nanosecondsPerOperation"
                }
            baselineValue = evidence.baseline
            candidateValue = evidence.candidate
            costRatio = evidence.ratio
            costRatioIntervalLow99 = evidence.low
            costRatioIntervalHigh99 = evidence.high
            costRatioLowerBound99 = evidence.lower
            costRatioUpperBound99 = evidence.upper
            pWorse = evidence.pWorse
            pBetter = evidence.pBetter
            pWorseAdjusted = evidence.pAdjusted
            floorCostRatio = evidence.floor
            pairs = evidence.pairs
            self.finding = finding
        }
    }
}
