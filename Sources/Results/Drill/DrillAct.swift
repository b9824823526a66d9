import Throttling
import Units

/// The thefts under one defence, with what was predicted of them.
package struct DrillAct: Codable, Equatable, Sendable {
    /// What stands before the device.
    package var throttle: Policy
    /// Whether the alarm watches and the responder revokes.
    package var isWatched: Bool
    /// How long a theft is let go on that nobody ends; nil for as long as the stage says.
    package var watch: Nanoseconds?
    /// What was written down before.
    package var prediction: DrillPrediction
    /// What happened, one theft a repetition.
    package var thefts: [DrillTheft]

    /// The thefts under one defence.
    package init(
        throttle: Policy, isWatched: Bool, watch: Nanoseconds? = nil,
        prediction: DrillPrediction, thefts: [DrillTheft] = []
    ) {
        self.throttle = throttle
        self.watch = watch
        self.isWatched = isWatched
        self.prediction = prediction
        self.thefts = thefts
    }
}

/// What the models say of the thefts under one defence, in seconds of the drill and in records.
///
/// A figure is nil where the models say nothing of it, or where it does not come to pass.
package struct DrillPrediction: Codable, Equatable, Sendable {
    /// A mean over thefts, with the bounds that the measured rate leaves.
    package struct Figure: Codable, Hashable, Sendable {
        /// The mean.
        package var mean: Double
        /// Half of the thefts, and 95 of 100, lie at or below these; equal to the mean where all
        /// are alike.
        package var p50: Double
        package var p95: Double
        /// The mean at the lower and the upper bound of the rehearsed rate; nil without either.
        package var low: Double?
        package var high: Double?

        /// A figure.
        package init(
            mean: Double, p50: Double, p95: Double, low: Double? = nil, high: Double? = nil
        ) {
            (self.mean, self.p50, self.p95) = (mean, p50, p95)
            (self.low, self.high) = (low, high)
        }
    }

    /// Records a second that the thief gets in the long run.
    package var recordsPerSecond: Double
    /// Records that he opens with one call: as many as serve him best behind this throttle.
    package var recordsPerCall: UInt64 = 1
    /// Seconds from his first call until the alarm is raised, of the thefts that it ends.
    package var alarm: Figure?
    /// Seconds from his first call to his last.
    package var containment: Figure
    /// Records that he holds then.
    package var lost: Figure
    /// The share of the thefts that an alarm ends.
    package var contained: Double
    /// The share of the legitimate calls that are refused while he is at work.
    package var deniedShare: Double?
    /// How long a legitimate call waits in the throttle while he is at work, in seconds.
    package var legitimateWait: Double?
    /// Records after which half of such thieves have met a canary.
    package var canary: Figure?
    /// Records at which the budget of his identity is used up.
    package var budget: Figure?
    /// What the figures take for granted, in sentences.
    package var notes: [String]

    /// A prediction.
    package init(
        recordsPerSecond: Double, alarm: Figure? = nil, containment: Figure, lost: Figure,
        contained: Double, deniedShare: Double? = nil, legitimateWait: Double? = nil,
        canary: Figure? = nil, budget: Figure? = nil, notes: [String] = []
    ) {
        self.recordsPerSecond = recordsPerSecond
        self.alarm = alarm
        self.containment = containment
        self.lost = lost
        self.contained = contained
        self.deniedShare = deniedShare
        self.legitimateWait = legitimateWait
        self.canary = canary
        self.budget = budget
        self.notes = notes
    }
}

/// One theft as it happened; times are seconds since the thief's first call.
package struct DrillTheft: Codable, Equatable, Sendable {
    /// How it ended.
    package enum Ending: String, Codable, Sendable {
        /// The thief's identity was revoked.
        case revoked
        /// He had every row.
        case everything
        /// The time for which it was to be watched was over.
        case watchOver = "watch-over"
        /// Something broke: the drill says what.
        case broken
    }

    /// The part of a period that was left at his first call, above 0 up to 1.
    package var phase: Double
    /// How it ended.
    package var ending: Ending
    /// The identity that he called with.
    package var identity: String
    /// When the alarm was raised; nil where it was not.
    package var alarm: Double?
    /// When the responder had revoked an identity; nil where it did not.
    package var revocation: Double?
    /// The identity that it revoked.
    package var revoked: String?
    /// When his last record was opened.
    package var lastRecord: Double
    /// Records that he opened, each equal to the truth.
    package var lost: UInt64
    /// Records that he got and that were not what was sealed.
    package var wrong: UInt64
    /// Calls of his that the throttle refused.
    package var denied: UInt64
    /// When the gate saw him open a canary, and how many records he held then.
    package var canary: Detection?
    /// When he had used up a budget, and how many records he held then.
    package var budget: Detection?
    /// What became of the legitimate calls before, while he was at work, and after.
    package var before: DrillService
    package var during: DrillService
    package var after: DrillService
    /// The periods of the gate, in order.
    package var periods: [DrillPeriod]
    /// Where nobody answered the alarm: what happened to the responder; nil where it answered.
    package var unanswered: String?

    /// When a detector saw him, and how many records he held then.
    package struct Detection: Codable, Hashable, Sendable {
        package var seconds: Double
        package var records: UInt64

        package init(seconds: Double, records: UInt64) {
            (self.seconds, self.records) = (seconds, records)
        }
    }

    /// A theft.
    package init(
        phase: Double, ending: Ending, identity: String, alarm: Double? = nil,
        revocation: Double? = nil, revoked: String? = nil, lastRecord: Double, lost: UInt64,
        wrong: UInt64 = 0, denied: UInt64 = 0, canary: Detection? = nil,
        budget: Detection? = nil, before: DrillService, during: DrillService,
        after: DrillService, periods: [DrillPeriod], unanswered: String? = nil
    ) {
        self.phase = phase
        self.ending = ending
        self.identity = identity
        self.alarm = alarm
        self.revocation = revocation
        self.revoked = revoked
        self.lastRecord = lastRecord
        self.lost = lost
        self.wrong = wrong
        self.denied = denied
        self.canary = canary
        self.budget = budget
        self.before = before
        self.during = during
        self.after = after
        self.periods = periods
        self.unanswered = unanswered
    }
}

/// What became of the legitimate calls of a stretch of time.
package struct DrillService: Codable, Hashable, Sendable {
    /// Length in seconds.
    package var seconds: Double
    /// Rows that were opened and right.
    package var opened: UInt64
    /// Calls that were refused by the throttle.
    package var denied: UInt64
    /// Calls that failed otherwise, or gave something else than the row.
    package var errors: UInt64
    /// The mean time from when a call fell due to its end, in seconds; nil without any.
    package var meanResponse: Double?
    /// The longest of them.
    package var longestResponse: Double?

    /// A stretch.
    package init(
        seconds: Double, opened: UInt64 = 0, denied: UInt64 = 0, errors: UInt64 = 0,
        meanResponse: Double? = nil, longestResponse: Double? = nil
    ) {
        self.seconds = seconds
        self.opened = opened
        self.denied = denied
        self.errors = errors
        self.meanResponse = meanResponse
        self.longestResponse = longestResponse
    }
}

/// One period of the alarm as the gate counted it.
package struct DrillPeriod: Codable, Hashable, Sendable {
    /// When it began, in seconds since the thief's first call.
    package var start: Double
    /// Admitted calls of the front ends.
    package var legitimate: UInt64
    /// Admitted calls of the thief.
    package var thief: UInt64
    /// Records that the thief held at its end.
    package var lost: UInt64

    /// A period.
    package init(start: Double, legitimate: UInt64, thief: UInt64, lost: UInt64) {
        (self.start, self.legitimate, self.thief, self.lost) = (start, legitimate, thief, lost)
    }
}
