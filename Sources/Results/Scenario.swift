import Throttling
import Units

/// What a run measures and projects, every default filled in: the scenario as resolved.
package struct Scenario: Codable, Equatable, Sendable {
    /// The name that the run's folder bears.
    package var name: String
    /// What is measured.
    package var anchor: AnchorSettings
    /// Sizes of a record; RSA cells carry one 32-byte data key instead.
    package var recordBytes: [ByteCount]
    /// The loads.
    package var load: LoadSettings
    /// The throttles, `none` among them.
    package var throttles: [Policy]
    /// Which loads the throttles are crossed with.
    package var throttlesAt: ThrottlesAt
    /// What a denied caller does, `backoff` or `spin`.
    package var onDenied: String
    /// How often each cell runs.
    package var rounds: Int
    /// How long one round of a cell lasts.
    package var duration: Nanoseconds
    /// How long each caller warms up before a round; nil until its service times have settled.
    package var warmUp: Nanoseconds?
    /// What protects the device.
    package var limits: Limits
    /// Whether one record, opened again and again, is measured beside many distinct ones.
    package var auditsCache: Bool
    /// Whether records are joined into one call, as a thief would, to see how many it opens.
    @UsuallyAbsent package var auditsBatching: Bool = false
    /// What is projected from the measurement.
    package var exposure: ExposureSettings

    /// A scenario with all its parts.
    package init(
        name: String, anchor: AnchorSettings, recordBytes: [ByteCount], load: LoadSettings,
        throttles: [Policy], throttlesAt: ThrottlesAt, onDenied: String, rounds: Int,
        duration: Nanoseconds, warmUp: Nanoseconds?, limits: Limits,
        auditsCache: Bool = false, auditsBatching: Bool = false, exposure: ExposureSettings
    ) {
        self.name = name
        self.anchor = anchor
        self.recordBytes = recordBytes
        self.load = load
        self.throttles = throttles
        self.throttlesAt = throttlesAt
        self.onDenied = onDenied
        self.rounds = rounds
        self.duration = duration
        self.warmUp = warmUp
        self.limits = limits
        self.auditsCache = auditsCache
        self.auditsBatching = auditsBatching
        self.exposure = exposure
    }
}

/// What is measured: the anchor and how its records are sealed.
package struct AnchorSettings: Codable, Equatable, Sendable {
    /// `softhsm`, or the URI without the key's label.
    package var uri: String
    /// What one call does, by name.
    package var operation: String
    /// Mechanisms by name, such as `aes-gcm`.
    package var mechanisms: [String]
    /// Length of the key in bits for each mechanism.
    package var keyBits: [String: Int]
    /// Whether the keys are stored on the token or made for the session.
    package var key: KeyKind
    /// Whether sessions are opened read-write.
    package var isReadWrite: Bool
    /// What the module wants with `C_Initialize`, as NSS its configuration; nil for nothing.
    package var initialize: String?
    /// What the processes that load the module have in their environment besides, such as where
    /// the module finds its configuration.
    @UsuallyAbsent package var environment: [String: String] = [:]
    /// Codes with which the anchor itself refuses what is beyond a throttle of its own, by `CKR_`
    /// name: such calls are denied, not failed.
    @UsuallyAbsent package var deniedBy: [String] = []

    /// The settings of an anchor.
    package init(
        uri: String, operation: String = Cell.usualOperation, mechanisms: [String],
        keyBits: [String: Int], key: KeyKind, isReadWrite: Bool, initialize: String? = nil,
        environment: [String: String] = [:], deniedBy: [String] = []
    ) {
        self.uri = uri
        self.operation = operation
        self.mechanisms = mechanisms
        self.keyBits = keyBits
        self.key = key
        self.isReadWrite = isReadWrite
        self.initialize = initialize
        self.environment = environment
        self.deniedBy = deniedBy
    }
}

/// Whether a key is a stored object or one of the session.
package enum KeyKind: String, Codable, Sendable {
    /// An object of the token, as a real anchor has it.
    case token
    /// A session object.
    case session
}

/// Bounds that protect a device from the measurement; the calls of warm-ups count too.
package struct Limits: Codable, Equatable, Sendable {
    /// The most calls a second of all callers together; nil for no bound.
    package var maxRate: Rate?
    /// The most calls of the whole run; nil for no bound.
    package var maxOperations: RecordCount?
    /// A round ends early after so many failed calls.
    package var abortAfterErrors: Int

    /// Bounds; by default only on failed calls.
    package init(
        maxRate: Rate? = nil, maxOperations: RecordCount? = nil, abortAfterErrors: Int = 100
    ) {
        self.maxRate = maxRate
        self.maxOperations = maxOperations
        self.abortAfterErrors = abortAfterErrors
    }
}

/// The loads of a scenario.
package struct LoadSettings: Codable, Equatable, Sendable {
    /// Numbers of callers of closed loads.
    package var closed: [Int]
    /// Open loads.
    package var open: [OpenLoad]
    /// Loads of two classes beside each other, measured in the fewest processes alone.
    @UsuallyAbsent package var mixed: [MixedLoad] = []
    /// Numbers of worker processes that the callers are spread over.
    package var processes: [Int]

    /// The loads as every pair with a number of processes, where each has a caller.
    package init(
        closed: [Int], open: [OpenLoad] = [], mixed: [MixedLoad] = [], processes: [Int]
    ) {
        self.closed = closed
        self.open = open
        self.mixed = mixed
        self.processes = processes
    }
}

/// An open load: calls fall due whatever becomes of them, and whoever is free makes the next.
package struct OpenLoad: Codable, Hashable, Sendable {
    /// When calls are due.
    package var rate: OpenRate
    /// Callers that make them, all processes together: the most calls that can be under way.
    package var callers: Int

    /// How many callers there are where nobody says.
    package static let usualCallers = 16

    /// An open load.
    package init(_ rate: OpenRate, callers: Int = OpenLoad.usualCallers) {
        self.rate = rate
        self.callers = callers
    }
}

/// Which loads the throttles are crossed with.
package enum ThrottlesAt: String, Codable, CaseIterable, Sendable {
    /// Only the largest closed load in one process.
    case largest
    /// Every load.
    case all
}
