import Foundation
import Latency
import Results
import Units

/// Whether a load keeps a promise, from how many of its calls were late and when.
package struct StepJudgement: Codable, Equatable, Sendable {
    /// What is said.
    package var verdict: StepVerdict
    /// Calls judged.
    package var due: UInt64
    /// Those of them that were late.
    package var late: UInt64
    /// The one-sided chance of error of each bound.
    package var level: Double
    /// What the share of late calls stays above and below, each but for that chance.
    package var low: Double
    package var high: Double
    /// The batches of which they were taken, fewer than ten where the time gave no more.
    package var batches: Int
    /// The length of one.
    package var batchLength: Nanoseconds
    /// How long late calls keep company: the integrated autocorrelation time; nil where it cannot
    /// be told, as where none was late.
    package var correlation: Nanoseconds?
    /// How long the same load would have to be measured for a decision, by what was seen; nil where
    /// it is decided, or where nothing can be foreseen.
    package var neededLength: Nanoseconds?

    /// The share of late calls among those judged.
    package var lateShare: Double { due > 0 ? Double(late) / Double(due) : 0 }

    /// Calls of a load judged against a promise.
    ///
    /// FAIL where the lower bound lies above the share allowed, PASS where the upper bound lies
    /// below it. Two bounds must agree: Student's t on the ratio of sums over the batches, and
    /// Clopper and Pearson's on the calls divided by the dispersion of the batches, which also
    /// holds where few calls were late.
    ///
    /// - Parameters:
    ///   - level: the one-sided chance of error.
    ///   - quiet: how long without a late call is enough for a PASS, whatever queue it is.
    package init(
        of counts: LateCounts, promise: Promise, level: Double, quiet: Nanoseconds = .seconds(20)
    ) {
        precondition(level > 0 && level < 0.5, "a chance of error is small")
        let judge = StepJudge(promise: promise, level: level, quiet: quiet)
        self = judge.judgement(of: LateSeries(counts))
    }

    /// A judgement from its parts.
    package init(
        _ verdict: StepVerdict, due: UInt64, late: UInt64, level: Double, low: Double,
        high: Double, batches: Int, batchLength: Nanoseconds, correlation: Nanoseconds? = nil,
        neededLength: Nanoseconds? = nil
    ) {
        self.verdict = verdict
        self.due = due
        self.late = late
        self.level = level
        self.low = low
        self.high = high
        self.batches = batches
        self.batchLength = batchLength
        self.correlation = correlation
        self.neededLength = neededLength
    }

    init(_ verdict: StepVerdict, of series: LateSeries, level: Double) {
        self.verdict = verdict
        due = UInt64(series.calls)
        late = UInt64(series.lateCalls)
        self.level = level
        (low, high) = (0, 1)
        batches = 1
        batchLength = series.length
    }
}

/// What is said of a step.
package enum StepVerdict: String, Codable, CaseIterable, Sendable {
    /// The load keeps the promise.
    case pass = "PASS"
    /// It breaks it.
    case fail = "FAIL"
    /// The time measured does not show which.
    case unknown = "UNKNOWN"
}
