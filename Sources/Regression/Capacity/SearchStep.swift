import Results
import Units

/// What a capacity search asks to be measured: an open load of one rate for some time.
package struct SearchStep: Codable, Equatable, Sendable {
    /// The step's number, from 1.
    package let number: Int
    /// Calls due a second on average.
    package let rate: Rate
    /// How long calls fall due.
    package let length: Nanoseconds
    /// The length of the slices in which late calls are counted.
    package let slice: Nanoseconds
    /// What it is for.
    package let purpose: Purpose
    /// The one-sided chance of error at which its counts are judged.
    package let level: Double

    /// A step from its parts.
    package init(
        number: Int, rate: Rate, length: Nanoseconds, slice: Nanoseconds, purpose: Purpose,
        level: Double
    ) {
        precondition(length > .zero && slice > .zero, "a step takes time")
        self.number = number
        self.rate = rate
        self.length = length
        self.slice = slice
        self.purpose = purpose
        self.level = level
    }

    /// What a step is for.
    package enum Purpose: String, Codable, CaseIterable, Sendable {
        /// To find a rate that breaks the promise.
        case ramp
        /// To halve what lies between a rate that keeps it and one that breaks it.
        case bisection
        /// To show it by a longer run, with an error that adds up over all of them.
        case confirmation
    }

    /// The slices that cover the length: the number to make `LateCounts` with.
    package var slices: Int { Int((length.count + slice.count - 1) / slice.count) }
}

/// What became of a step.
package enum StepOutcome: Equatable, Sendable {
    /// It was measured: calls due and late, in slices as the step asks.
    case measured(LateCounts)
    /// Its figures may not be used, such as where the generator did not keep up.
    case invalid(reason: String)
}

/// A step with its outcome, as the search understood it.
package struct FinishedStep: Codable, Equatable, Sendable {
    /// What was asked.
    package let step: SearchStep
    /// What the counts say, together with those of earlier steps of the same rate and purpose; nil
    /// where the step was not valid.
    package let judgement: StepJudgement?
    /// Why its figures may not be used; nil for a valid step.
    package let invalidReason: String?

    /// A step from its parts.
    package init(step: SearchStep, judgement: StepJudgement?, invalidReason: String? = nil) {
        self.step = step
        self.judgement = judgement
        self.invalidReason = invalidReason
    }
}
