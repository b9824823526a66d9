import Anchors
import Results
import Throttling
import Units

/// What the parent asks of a worker process, one JSON object a line on its standard input.
enum WorkOrder: Codable, Sendable {
    /// Load the module and log in; a line with the PIN in hexadecimal digits follows.
    case open(OpenOrder)
    /// Make the embedded token; a line with the PIN follows.
    case provision(ProvisionOrder)
    /// Look at a module for `doctor`; a line with the PIN follows.
    case inspect(InspectOrder)
    /// Run one round of a cell: answer `ready`, then wait for `release` or `callOff`.
    case measure(MeasureOrder)
    /// Start calling at this instant of the monotonic clock.
    case release(at: Nanoseconds)
    /// Do not start.
    case callOff
    /// End.
    case quit
}

/// Which module and token to open, and which keys.
struct OpenOrder: Codable, Sendable {
    var modulePath: String
    var token: TokenMatch
    var isReadWrite: Bool
    /// What the keys are for.
    var operation: AnchoredOperation
    /// The key of each mechanism.
    var keys: [KeyOrder]

    struct KeyOrder: Codable, Sendable {
        var mechanism: RecordMechanism
        var source: KeySource
        var bits: Int
    }
}

/// The embedded token to make.
struct ProvisionOrder: Codable, Sendable {
    var modulePath: String
    var operation: AnchoredOperation
    var keys: [OpenOrder.KeyOrder]
}

/// The module to look at.
struct InspectOrder: Codable, Sendable {
    var modulePath: String
    var token: TokenMatch
    var key: KeyMatch
}

/// One worker's share of a round.
struct MeasureOrder: Codable, Sendable {
    /// The un-anchored baseline instead of the anchor.
    var isBaseline: Bool
    var operation: AnchoredOperation
    var mechanism: RecordMechanism
    var keyBits: Int
    var recordBytes: Int
    /// Callers of this process.
    var callers: Int
    var warmUp: Nanoseconds
    var duration: Nanoseconds
    var throttle: Policy
    /// The throttle's shared state; nil without a throttle.
    var throttleState: String?
    var onDenied: String
    var errorLimit: Int
}

/// What a worker answers, one JSON object a line on its standard output.
enum WorkerReport: Codable, Sendable {
    /// The module is open.
    case opened(OpenedReport)
    /// The embedded token exists.
    case provisioned
    /// What `doctor` asked for.
    case inspected(AnchorInspection)
    /// Every caller of the round is ready.
    case ready
    /// The round is over.
    case measured(MeasuredReport)
    /// The order could not be carried out; the worker goes on.
    case failed(FailureReport)
}

/// Who the anchor says it is.
struct OpenedReport: Codable, Sendable {
    var identity: AnchorIdentity
    /// SHA-256 of the library file.
    var moduleDigest: String?
    /// Real key length of each mechanism in bits.
    var keyBits: [String: Int]
    /// How often something was tried again until the anchor was open.
    var retries: Int
}

/// What one worker measured.
struct MeasuredReport: Codable, Sendable {
    var operations: UInt64
    var admitted: UInt64
    var denied: UInt64
    var errors: [String: UInt64]
    /// From the release to the end of the last call of any caller.
    var elapsed: Nanoseconds
    var cpuTime: Nanoseconds
    /// Histograms in the HdrHistogram V2 encoding.
    var service: [UInt8]
    var throttleWait: [UInt8]?
    var denial: [UInt8]?
}

/// Why an order failed.
struct FailureReport: Codable, Sendable {
    var message: String
}
