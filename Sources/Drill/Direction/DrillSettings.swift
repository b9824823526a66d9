import Units

/// What a user says of a drill beyond the scenario.
package struct DrillSettings: Sendable {
    /// N: rows of the database.
    package var rows: RecordCount = RecordCount(20_000)
    /// `sqlite`, or the URL of a PostgreSQL database.
    package var database = "sqlite"
    /// How the thief goes about it: `sprint`, `creep`, `fill` or `pulse`.
    package var strategy = "sprint"
    /// Records that he joins in one call.
    package var recordsPerCall: UInt64 = 1
    /// Calls that he holds open at once.
    package var callers = 4
    /// Front ends with legitimate calls.
    package var frontEnds = 2
    /// How many times as fast as in the scenario alarms and people are; nil for 60, or as fast as
    /// the gate counts.
    package var speed: Double?
    /// Thefts behind each defence.
    package var repetitions = 5
    /// Thefts with nobody in the way before all others, which tell the thief's rate.
    package var rehearsals = 5
    /// How long a theft is let go on that nobody ends.
    package var watch = Nanoseconds.seconds(6)
    /// Who is told of an alarm beside the terminal; nil for nobody.
    package var notification: DrillNotification?
    /// Whether the database is left there.
    package var keepsDatabase = false
    /// What everything is drawn from.
    package var seed: UInt64

    /// Settings, all at their defaults.
    package init(seed: UInt64) { self.seed = seed }

    /// A first look within a minute: fewer rows and thefts, shorter ones.
    package mutating func makeQuick() {
        rows = RecordCount(5_000)
        repetitions = 3
        rehearsals = 3
        watch = .seconds(2)
    }
}

/// Who is told of an alarm, and how.
package enum DrillNotification: Equatable, Sendable {
    /// A command of the shell; the alarm stands in its environment and on its standard input.
    case command(String)
    /// An address that the alarm is posted to as JSON.
    case webhook(String)
}
