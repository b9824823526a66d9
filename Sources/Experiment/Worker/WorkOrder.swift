import Anchors
import Foundation
import Latency
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
    /// Join records as a thief would, and see how many one call opens.
    case auditBatching(BatchingOrder)
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
    /// What the module wants with `C_Initialize`; nil for nothing.
    var initialize: String?
    var token: TokenMatch
    var isReadWrite: Bool
    /// By how many bytes to move what the module allocates.
    var heapShift: Int
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
    /// What the module wants with `C_Initialize`; nil for nothing.
    var initialize: String?
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
    /// Records that each caller opens in turn.
    var records: Int
    /// Callers of this process.
    var callers: Int
    /// Attackers beside them, in closed loop; nil in a load of one class.
    var attackers: Int?
    /// Nil until the service times of each caller have settled.
    var warmUp: Nanoseconds?
    var duration: Nanoseconds
    /// When calls are due; nil for a closed load.
    var arrivals: ArrivalOrder?
    /// What the calls of an open load are held against; nil where nobody asks.
    var lateWatch: LateWatch?
    /// Nil without a throttle.
    var throttle: ThrottleOrder?
    var onDenied: String
    /// Codes of calls that the anchor itself denies, by `CKR_` name.
    var deniedBy: [String] = []
    /// This worker's share of the failed calls that end a round.
    var errorLimit: Int
    /// The bound on calls a second of all workers; nil for none.
    var pace: PaceOrder?
    /// The bound on the calls of the whole run; nil for none.
    var budget: BudgetOrder?

    /// Whether the callers of a class wait for an instant before a call.
    func hasWaits(_ isAttacker: Bool) -> Bool {
        (arrivals != nil && !isAttacker) || throttle != nil || pace != nil
    }

    /// A throttle that all workers of a round share.
    struct ThrottleOrder: Codable, Sendable {
        var policy: Policy
        /// Its shared state.
        var state: String
        /// What one call is charged.
        var units: UInt64
        /// Identities that the calls of a schedule come from; attackers have the one after them.
        var clients: Int
        /// Whether this worker times what a decision takes, once the round is over.
        var timesDecisions: Bool
    }

    /// One worker's part of an open load's schedule.
    struct ArrivalOrder: Codable, Sendable {
        var rate: OpenRate
        var seed: UInt64
        var part: Int
        var parts: Int
    }

    /// A promise on the response of a call, and the slices in which those that break it are
    /// counted.
    struct LateWatch: Codable, Equatable, Sendable {
        var limit: Nanoseconds
        var slice: Nanoseconds
    }

    /// A rate that all workers keep together, by a state that they share.
    struct PaceOrder: Codable, Sendable {
        var rate: Rate
        var state: String
    }

    /// Calls that all workers of a run share, by a state that counts them.
    struct BudgetOrder: Codable, Sendable {
        var calls: RecordCount
        /// How many may be gone when the warm-up ends.
        var beforeRelease: RecordCount
        var state: String
    }
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
    /// The round is over: what each class of callers did, the attackers of a mixed load last.
    case measured([MeasuredReport])
    /// How many records one call opens.
    case audited(BatchingAudit)
    /// The order could not be carried out; the worker goes on.
    case failed(FailureReport)
}

/// Who the anchor says it is.
struct OpenedReport: Codable, Sendable {
    var identity: AnchorIdentity
    /// The library that the worker loaded.
    var modulePath: String
    /// SHA-256 of the library file.
    var moduleDigest: String?
    /// Real key length of each mechanism in bits.
    var keyBits: [String: Int]
    /// Why a mechanism has no key, for those that have none.
    var refusals: [String: String] = [:]
    /// How often something was tried again until the anchor was open.
    var retries: Int
}

/// What one class of a worker's callers measured.
struct MeasuredReport: Codable, Sendable {
    /// Calls that gave the right plaintext, caller by caller.
    var served: [UInt64]
    var admitted: UInt64
    var denied: UInt64
    var errors: [String: UInt64]
    /// What became of the calls of an open load; nil for a closed one.
    var open: OpenCounts?
    /// The calls of an open load by whether they kept a promise; nil where nothing was promised.
    var late: LateCounts?
    /// From the release to the end of the last call of any caller.
    var elapsed: Nanoseconds
    var cpuTime: Nanoseconds
    var minorFaults: Int64
    var majorFaults: Int64
    var voluntarySwitches: Int64
    var involuntarySwitches: Int64
    /// Calls of the warm-up.
    var warmUpCalls: UInt64
    /// Those of them that failed, by name.
    var warmUpErrors: [String: UInt64]
    /// Whether too many failed calls ended the round before its time.
    var reachedErrorLimit: Bool
    /// Whether the budget of calls was spent before the time was over.
    var isSpent: Bool
    /// Callers whose service times had not settled when their warm-up ended.
    var unsettledCallers: Int
    /// Callers whose warm-up was to end by itself and made too few calls to tell.
    var unjudgedCallers: Int
    /// Nanoseconds a decision of the throttle takes; nil where nobody timed it.
    var decisionNanoseconds: Double?
    /// Histograms in the HdrHistogram V2 encoding.
    var histograms: [LatencyKind: Data]

    /// Calls that gave the right plaintext.
    var operations: UInt64 { served.reduce(0, +) }
}

/// Why an order failed.
struct FailureReport: Codable, Sendable {
    var message: String
    /// Whether the token refused a login, so that another try may lock it.
    var refusesLogin: Bool
    /// Whether what was asked for is refused, where another request may succeed.
    var refusesRequest: Bool
}
