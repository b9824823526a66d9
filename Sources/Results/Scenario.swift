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
    /// How long each caller warms up before a round.
    package var warmUp: Nanoseconds
    /// A round ends early after so many failed calls.
    package var abortAfterErrors: Int
    /// What is projected from the measurement.
    package var exposure: ExposureSettings

    /// A scenario with all its parts.
    package init(
        name: String, anchor: AnchorSettings, recordBytes: [ByteCount], load: LoadSettings,
        throttles: [Policy], throttlesAt: ThrottlesAt, onDenied: String, rounds: Int,
        duration: Nanoseconds, warmUp: Nanoseconds, abortAfterErrors: Int,
        exposure: ExposureSettings
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
        self.abortAfterErrors = abortAfterErrors
        self.exposure = exposure
    }
}

/// What is measured: the anchor and how its records are sealed.
package struct AnchorSettings: Codable, Equatable, Sendable {
    /// `softhsm`, or the URI without the key's label.
    package var uri: String
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

    /// The settings of an anchor.
    package init(
        uri: String, mechanisms: [String], keyBits: [String: Int], key: KeyKind, isReadWrite: Bool,
        initialize: String? = nil
    ) {
        self.uri = uri
        self.mechanisms = mechanisms
        self.keyBits = keyBits
        self.key = key
        self.isReadWrite = isReadWrite
        self.initialize = initialize
    }
}

/// Whether a key is a stored object or one of the session.
package enum KeyKind: String, Codable, Sendable {
    /// An object of the token, as a real anchor has it.
    case token
    /// A session object.
    case session
}

/// The closed loads of a scenario.
package struct LoadSettings: Codable, Equatable, Sendable {
    /// Numbers of callers.
    package var closed: [Int]
    /// Numbers of worker processes that the callers are spread over.
    package var processes: [Int]

    /// The loads as every pair of the two with a caller for each process.
    package init(closed: [Int], processes: [Int]) {
        self.closed = closed
        self.processes = processes
    }
}

/// Which loads the throttles are crossed with.
package enum ThrottlesAt: String, Codable, CaseIterable, Sendable {
    /// Only the largest closed load in one process.
    case largest
    /// Every load.
    case all
}

/// What is projected from a measurement.
package struct ExposureSettings: Codable, Equatable, Sendable {
    /// Sizes of data sets.
    package var datasets: [RecordCount]
    /// Times from the first stolen record to the thief's last call.
    package var windows: [Nanoseconds]
    /// Attackers by name.
    package var attackers: [String]
    /// Numbers of client identities that the attacker holds.
    package var identities: [Int]
    /// Concurrent calls that the attacker can hold open.
    package var callers: Int
    /// k: records that one anchored operation opens.
    package var recordsPerOperation: UInt64

    /// The settings of a projection.
    package init(
        datasets: [RecordCount], windows: [Nanoseconds], attackers: [String], identities: [Int],
        callers: Int, recordsPerOperation: UInt64
    ) {
        self.datasets = datasets
        self.windows = windows
        self.attackers = attackers
        self.identities = identities
        self.callers = callers
        self.recordsPerOperation = recordsPerOperation
    }
}
