import Anchors
import Experiment
import Results
import Throttling
import Units

/// What a process of the stage is to play: the first line on its standard input. Where it opens the
/// anchor, a line with the PIN follows.
enum StageOrder: Codable, Sendable {
    case seal(SealOrder)
    case serve(FrontEndOrder)
    case steal(ThiefOrder)
    case dump(DumpOrder)
    case respond(ResponderOrder)

    /// Whether it opens the anchor.
    var opensAnchor: Bool {
        switch self {
        case .seal, .serve, .steal: true
        case .dump(let order): order.dataKey != nil
        case .respond: false
        }
    }
}

/// How the anchor's records are opened.
struct OpeningOrder: Codable, Sendable {
    var anchor: AnchorHandover
    var mechanism: RecordMechanism
    var truth: TruthBook
    /// Rows of the database, numbered from 1.
    var rows: Int64
    var store: StoreAddress
    /// Codes of the gate: of a call beyond the throttle, and of a revoked identity.
    var throttledCode: UInt
    var revokedCode: UInt
}

/// Fills the database.
struct SealOrder: Codable, Sendable {
    var opening: OpeningOrder
    var canaries: CanaryRows
}

/// Serves legitimate calls as they fall due.
struct FrontEndOrder: Codable, Sendable {
    var opening: OpeningOrder
    /// Rows that nobody asks for.
    var canaries: CanaryRows
    /// Calls under way at once.
    var threads: Int
    var arrivals: ArrivalOrder
    /// Length of the stretches in which calls are counted.
    var grain: Nanoseconds
}

/// When the calls of one front end fall due.
struct ArrivalOrder: Codable, Sendable {
    /// Calls a second of this front end.
    var rate: Double
    /// Calls a second of all of them, whose counts swing together.
    var total: Double
    /// φ of the calls of all of them in one period.
    var dispersion: Double
    /// The length of that period, of the calendar's clock.
    var period: Nanoseconds
    /// What all front ends draw the periods' means from.
    var commonSeed: UInt64
    /// What this one draws the rest from.
    var seed: UInt64
}

/// Steals.
struct ThiefOrder: Codable, Sendable {
    var opening: OpeningOrder
    /// Calls that he holds open at once.
    var callers: Int
    /// Records that one call opens.
    var recordsPerCall: Int
    var pace: ThiefPace
    /// How long he waits after a refusal.
    var backoff: Nanoseconds
    /// What he draws the order of the rows from.
    var seed: UInt64
    var grain: Nanoseconds
}

/// How fast a thief goes.
enum ThiefPace: Codable, Sendable, Equatable {
    /// As fast as he is let.
    case flatOut
    /// So many calls a second, evenly.
    case steady(perSecond: Double)
    /// Sees the gate's counts, and fills each period up to a count of all calls; where `flatOut` of
    /// every `of` periods may breach, he goes flat out in those.
    case filling(FillingPace)
}

/// What a thief needs to know who fills periods.
struct FillingPace: Codable, Sendable, Equatable {
    /// The most calls of a period that do not breach.
    var limit: UInt64
    /// Calls a second that others make, and φ of their count in a period.
    var demand: Double
    var dispersion: Double
    var period: Nanoseconds
    /// Of every `of` periods so many are used flat out.
    var flatOut: Int
    var of: Int
    /// The gate's state, whose counts he sees.
    var gate: String
}

/// Takes what needs no anchor, or one call of it.
struct DumpOrder: Codable, Sendable {
    var opening: OpeningOrder
    /// The key that the rows share, sealed under the anchor's; nil for rows in the clear.
    var dataKey: WrappedKey?
}

/// A data key, sealed under the anchor's key.
struct WrappedKey: Codable, Sendable, Equatable {
    var iv: [UInt8]
    var ciphertext: [UInt8]
}

/// Answers alarms.
struct ResponderOrder: Codable, Sendable {
    /// The gate's state.
    var gate: String
}

/// What a process of the stage is told later.
enum StageCue: Codable, Sendable {
    /// Begin at this instant of the monotonic clock.
    case start(at: Nanoseconds)
    /// An alarm was raised.
    case alarm(AlarmCue)
    /// End, and tell what was done.
    case stop
}

/// What a responder is told of an alarm.
struct AlarmCue: Codable, Sendable {
    /// The identity that a detector named; nil where counts of all alone raised the alarm.
    var identity: String?
    /// When the first of the periods began that count, since the Unix epoch.
    var since: Nanoseconds
    /// How long it takes whoever answers.
    var response: Nanoseconds
}

/// What a process of the stage answers, one JSON object a line.
enum StageReport: Codable, Sendable {
    /// It waits for its cue.
    case ready
    /// The database is filled.
    case sealed(SealedReport)
    /// A thief is at his end before he was told.
    case over
    case served(FrontEndReport)
    case stolen(ThiefReport)
    case dumped(DumpReport)
    case responded(ResponseReport)
    /// It could not go on: why, in a sentence.
    case failed(String)
}

/// The database as it was filled.
struct SealedReport: Codable, Sendable {
    var introduction: AnchorIntroduction
    /// What holds the rows.
    var database: String
    var seconds: Double
    /// The key that the rows of one table share.
    var dataKey: WrappedKey
    /// The fingerprints of the canaries, which they have only once they are sealed.
    var canaries: [UInt64]
}

/// What became of the legitimate calls of one front end.
struct FrontEndReport: Codable, Sendable {
    var bins: [FrontEndBin]
    /// What went wrong first; nil where nothing did.
    var firstError: String?
}

/// The calls that fell due in one stretch of the monotonic clock.
struct FrontEndBin: Codable, Sendable, Equatable {
    /// The stretch: its beginning over its length.
    var index: Int64
    var opened: UInt64 = 0
    var denied: UInt64 = 0
    var errors: UInt64 = 0
    /// From when they fell due to their ends: the sum and the longest, in nanoseconds.
    var responses: Int64 = 0
    var longest: Int64 = 0
}

/// What a thief did.
struct ThiefReport: Codable, Sendable {
    /// How it ended for him.
    enum End: Codable, Sendable, Equatable {
        case revoked, everything, stopped
        case broken(String)
    }

    var end: End
    /// Instants of the monotonic clock; nil where there was none.
    var firstCall: Nanoseconds?
    var lastRecord: Nanoseconds?
    /// Records that were equal to the truth, and that were not.
    var opened: UInt64
    var wrong: UInt64
    var denied: UInt64
    /// Records opened in each stretch of the monotonic clock: index and count.
    var bins: [ThiefBin]
}

/// The records that a thief opened in one stretch of the monotonic clock.
struct ThiefBin: Codable, Sendable, Equatable {
    var index: Int64
    var opened: UInt64
}

/// What was taken past the anchor.
struct DumpReport: Codable, Sendable {
    var records: UInt64
    var wrong: UInt64
    var calls: UInt64
    var seconds: Double
}

/// What a responder did about an alarm.
struct ResponseReport: Codable, Sendable {
    /// Whom it revoked; nil where it found nobody.
    var identity: String?
    /// When that was done, of the monotonic clock.
    var instant: Nanoseconds
}
