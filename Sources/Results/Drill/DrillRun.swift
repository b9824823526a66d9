import Throttling
import Units

/// A staged theft on real parts: what was staged, what was predicted before, and what happened.
package struct DrillRun: Codable, Equatable, Sendable {
    /// Of this form; a newer one is refused.
    package static let currentSchema = 1

    /// The form that it was written in.
    package var schema = DrillRun.currentSchema
    /// The scenario's name.
    package var name: String
    /// What every phase, delay and order was drawn from.
    package var seed: UInt64
    /// What was staged.
    package var stage: DrillStage
    /// The thief's rate with nobody in his way, measured just before: rows read and opened a
    /// second, one figure a round.
    package var rehearsal: [Double]
    /// What leaves without an anchor.
    package var dumps: [DrillDump]
    /// The thefts, by defence.
    package var acts: [DrillAct]
    /// Where the figures come from.
    package var provenance: Provenance
    /// Why it ended before its last theft, in a sentence; nil where it did not.
    package var ending: String?

    /// A drill.
    package init(
        name: String, seed: UInt64, stage: DrillStage, rehearsal: [Double] = [],
        dumps: [DrillDump] = [], acts: [DrillAct] = [], provenance: Provenance,
        ending: String? = nil
    ) {
        self.name = name
        self.seed = seed
        self.stage = stage
        self.rehearsal = rehearsal
        self.dumps = dumps
        self.acts = acts
        self.provenance = provenance
        self.ending = ending
    }
}

/// What a drill stages, with the times as they are played.
package struct DrillStage: Codable, Equatable, Sendable {
    /// The anchor without the key's label: `softhsm`, or a URI.
    package var anchor: String
    /// How the rows are sealed, such as `aes-gcm`.
    package var mechanism: String
    /// Length of the key in bits.
    package var keyBits: Int
    /// Length of what is sealed of a row, in bytes.
    package var recordBytes: Int
    /// N: rows of the database.
    package var rows: UInt64
    /// What holds them, such as `SQLite 3.40.1`.
    package var database: String
    /// How long it took to seal and store all of them, in seconds.
    package var sealingSeconds: Double
    /// How the thief goes about it, such as `sprint`.
    package var strategy: String
    /// Calls that he holds open at once.
    package var callers: Int
    /// Records that one call of his opens.
    package var recordsPerCall: UInt64
    /// Front ends whose legitimate calls go on beside him, a process and an identity each.
    package var frontEnds: Int
    /// What they ask for together, in calls a second.
    package var demand: Double
    /// φ: variance over mean of their calls in one period as it is played.
    package var dispersion: Double
    /// How many times as fast as in the scenario alarms and people are.
    package var speed: Double
    /// How long a theft is let go on that nobody ends.
    package var watch: Nanoseconds
    /// The alarm as it is played; nil without one.
    package var alarm: AlarmSettings?
    /// What lies between the end of the period that completes it and the revocation, as played.
    package var delays: DelaySettings
    /// Length of the alarm's period in the scenario; nil without an alarm.
    package var scenarioPeriod: Nanoseconds?
    /// Records that nobody has a reason to open; 0 for none.
    package var canaries: UInt64
    /// The most calls that one identity may have in all; nil for no bound.
    package var budget: RecordCount?
    /// What the reader should know of how it was staged, in sentences.
    package var notes: [String]

    /// A stage with all its parts.
    package init(
        anchor: String, mechanism: String, keyBits: Int, recordBytes: Int, rows: UInt64,
        database: String, sealingSeconds: Double, strategy: String, callers: Int,
        recordsPerCall: UInt64, frontEnds: Int, demand: Double, dispersion: Double,
        speed: Double, watch: Nanoseconds, alarm: AlarmSettings?, delays: DelaySettings,
        scenarioPeriod: Nanoseconds?, canaries: UInt64 = 0, budget: RecordCount? = nil,
        notes: [String] = []
    ) {
        self.anchor = anchor
        self.mechanism = mechanism
        self.keyBits = keyBits
        self.recordBytes = recordBytes
        self.rows = rows
        self.database = database
        self.sealingSeconds = sealingSeconds
        self.strategy = strategy
        self.callers = callers
        self.recordsPerCall = recordsPerCall
        self.frontEnds = frontEnds
        self.demand = demand
        self.dispersion = dispersion
        self.speed = speed
        self.watch = watch
        self.alarm = alarm
        self.delays = delays
        self.scenarioPeriod = scenarioPeriod
        self.canaries = canaries
        self.budget = budget
        self.notes = notes
    }
}

/// A theft without an anchor: what a thief takes who needs nobody's leave.
package struct DrillDump: Codable, Equatable, Sendable {
    /// What stood in his way.
    package enum Kind: String, Codable, Sendable {
        /// Rows in the clear.
        case clear
        /// Rows sealed under one data key, which the anchor unwraps once.
        case sharedKey = "shared-key"
    }

    /// What stood in his way.
    package var kind: Kind
    /// Rows that he read and opened, each compared with the truth.
    package var records: UInt64
    /// Calls of the anchor that it took.
    package var calls: UInt64
    /// How long it took, in seconds, one figure a repetition.
    package var seconds: [Double]

    /// A theft without an anchor.
    package init(kind: Kind, records: UInt64, calls: UInt64, seconds: [Double]) {
        self.kind = kind
        self.records = records
        self.calls = calls
        self.seconds = seconds
    }
}
