import Anchors
import Results
import Throttling
import Units

/// Reads a scenario file: every key is optional, though not all of them at once, and the rest comes
/// from the built-in scenario.
package enum ScenarioReader {
    /// The scenario of a YAML text, over the built-in one.
    ///
    /// - Parameters:
    ///   - text: the file's contents.
    ///   - source: the file's name, for complaints.
    /// - Throws: `ScenarioError`, naming the line and the nearest known key.
    package static func read(
        _ text: String, source: String
    ) throws(ScenarioError) -> ResolvedScenario {
        var draft = try ScenarioDraft.builtIn()
        try draft.apply(text, source: source)
        try draft.settleTrace()
        return try draft.resolve(source: source)
    }

    /// The scenario with the flags of a command line laid over it.
    ///
    /// - Parameters:
    ///   - text: a file's contents; nil for the built-in scenario.
    ///   - folder: where the files are that it names, as the trace of a demand.
    ///   - overrides: pairs of a scenario key and the flag's text; files that those name are
    ///     looked for in the working folder.
    package static func read(
        _ text: String?, source: String, folder: String = ".", overrides: [ScenarioOverride]
    ) throws(ScenarioError) -> ResolvedScenario {
        var draft = try ScenarioDraft.builtIn()
        draft.folder = folder
        if let text { try draft.apply(text, source: source) }
        draft.folder = "."
        for override in overrides { try draft.apply(override) }
        try draft.settleTrace()
        return try draft.resolve(source: source)
    }
}

extension ScenarioReader {
    /// A stored scenario with other throttles and another exposure, for a projection.
    ///
    /// - Throws: `ScenarioError`.
    package static func project(
        _ scenario: Scenario, overrides: [ScenarioOverride]
    ) throws(ScenarioError) -> Scenario {
        var draft = ScenarioDraft()
        (draft.throttles, draft.exposure) = (scenario.throttles, scenario.exposure)
        for override in overrides { try draft.apply(override) }
        try draft.settleTrace()
        var projected = scenario
        (projected.throttles, projected.exposure) = (draft.throttles, draft.exposure)
        return projected
    }
}

extension ScenarioReader {
    /// The one throttle that a flag names, whatever the records are that it will meet.
    ///
    /// - Throws: `ScenarioError` where it is none, or several.
    package static func policy(_ text: String, flag: String) throws(ScenarioError) -> Policy {
        var draft = ScenarioDraft()
        try draft.apply(ScenarioOverride(flag: flag, yaml: "throttles: [\(text)]"))
        // A scenario compares its throttles with none, which stands beside them.
        let policies = draft.throttles.filter { $0 != .none }
        guard policies.count <= 1 else {
            throw ScenarioError("\(flag): \(policies.count) throttles are named, and one is wanted")
        }
        return policies.first ?? .none
    }

    /// The scenario that a run was begun with, to go on with it.
    ///
    /// - Throws: `ScenarioError` where its anchor is named by what no file holds, such as the label
    ///   of a key.
    package static func resume(_ scenario: Scenario) throws(ScenarioError) -> ResolvedScenario {
        guard !scenario.anchor.uri.contains(PKCS11URI.hidden) else {
            throw ScenarioError(
                "the run's files do not say which key or token was used: repeat the --anchor that "
                    + "it was begun with, and its scenario file if there was one")
        }
        do throws(URIError) {
            let anchor = try AnchorReference(parsing: scenario.anchor.uri)
            return ResolvedScenario(scenario: scenario, anchor: anchor, notes: [])
        } catch {
            throw ScenarioError("the run's anchor cannot be read: \(error.description)")
        }
    }
}

/// A flag that stands for a key of the scenario.
package struct ScenarioOverride: Sendable {
    /// The flag as typed, such as `--closed`.
    package let flag: String
    /// The scenario text that it stands for, such as `load: { closed: [1, 2] }`.
    package let yaml: String

    /// A flag with its meaning.
    package init(flag: String, yaml: String) {
        self.flag = flag
        self.yaml = yaml
    }
}

extension ScenarioOverride {
    /// `--initialize`, which any text may follow.
    package static func initialize(_ text: String) -> ScenarioOverride {
        ScenarioOverride(
            flag: "--initialize",
            yaml: "anchor: { initialize: '\(text.replacing("'", with: "''"))' }")
    }
}

/// A scenario while its parts come in.
struct ScenarioDraft {
    /// Where the files are looked for that it names.
    var folder = "."
    var name = ""
    var uri = "softhsm"
    /// Where the anchor was named, for complaints about it.
    var uriSource = ""
    var operation = AnchoredOperation.decrypt
    var mechanisms: [RecordMechanism] = []
    /// Lengths that were asked for; the others are usual ones.
    var keyBits: [RecordMechanism: Int] = [:]
    var key: KeyKind?
    var isReadWrite = false
    var initialize: String?
    var environment: [String: String] = [:]
    /// Where they were written, for complaints about them.
    var environmentPlace: YAMLValue?
    /// Codes of the anchor's own denials.
    var deniedBy: [ReturnCode] = []
    var recordBytes: [ByteCount] = []
    var load = LoadSettings(closed: [], processes: [])
    var throttles: [Policy] = []
    /// Where each of them was written, for complaints about it.
    var throttlePlaces: [Policy: YAMLValue] = [:]
    var throttlesAt = ThrottlesAt.largest
    var onDenied = "backoff"
    var rounds = 5
    var duration = Nanoseconds.milliseconds(500)
    /// Nil until the service times have settled.
    var warmUp: Nanoseconds?
    var limits = Limits()
    var auditsCache = false
    var auditsBatching = false
    var exposure = ExposureSettings(
        datasets: [], windows: [], attackers: [], identities: [], callers: 16,
        recordsPerOperation: nil)
    /// The trace that is to be read once all is said, with the folder where it is looked for.
    var trace: (place: YAMLValue, folder: String)?
    /// Where the alarm or its demand was said last, for complaints about the two together.
    var alarmPlace: YAMLValue?

    static func builtIn() throws(ScenarioError) -> ScenarioDraft {
        var draft = ScenarioDraft()
        try draft.apply(BuiltInScenario.text, source: "the built-in scenario")
        return draft
    }

    mutating func apply(_ override: ScenarioOverride) throws(ScenarioError) {
        try apply(override.yaml, source: override.flag)
    }

    mutating func apply(_ text: String, source: String) throws(ScenarioError) {
        let stated = try YAMLValue.parse(text, source: source)?.entries(known: [
            "name", "anchor", "record-bytes", "load", "throttles", "throttles-at", "on-denied",
            "rounds", "duration", "warm-up", "limits", "audit-cache", "audit-batching",
            "exposure",
        ])
        // A file that was cut off must not measure another anchor than the one it named.
        guard let keys = stated, !keys.isEmpty else {
            throw ScenarioError(
                "\(source) states nothing, not even an anchor: was it cut off? 'anchorbench "
                    + "scenario' prints a scenario to start from")
        }
        if let value = keys["name"] { name = try value.fileName() }
        if let value = keys["anchor"] { try applyAnchor(value) }
        if let value = keys["record-bytes"] { recordBytes = try value.recordSizes() }
        if let value = keys["load"] { try applyLoad(value) }
        if let value = keys["throttles"] { apply(throttles: try value.policies()) }
        if let value = keys["throttles-at"] {
            let word = try value.word(ThrottlesAt.allCases.map(\.rawValue))
            throttlesAt = ThrottlesAt(rawValue: word) ?? .largest
        }
        if let value = keys["on-denied"] { onDenied = try value.word(["backoff", "spin"]) }
        if let value = keys["rounds"] { rounds = try value.integer(1...1_000) }
        if let value = keys["duration"] {
            duration = try value.duration(.milliseconds(10) ... .seconds(86_400))
        }
        if let value = keys["warm-up"] {
            let isAutomatic = try value.text() == "auto"
            warmUp = isAutomatic ? nil : try value.duration(.zero ... .seconds(3_600))
        }
        if let value = keys["limits"] { try applyLimits(value) }
        if let value = keys["audit-cache"] {
            auditsCache = try value.word(["true", "false"]) == "true"
        }
        if let value = keys["audit-batching"] {
            auditsBatching = try value.word(["true", "false"]) == "true"
        }
        if let value = keys["exposure"] { try applyExposure(value) }
    }

    private mutating func applyAnchor(_ value: YAMLValue) throws(ScenarioError) {
        let keys = try value.entries(known: [
            "uri", "operation", "mechanism", "key-bits", "oaep-hash", "key", "session",
            "initialize", "environment", "denied-by",
        ])
        if let value = keys["uri"] { (uri, uriSource) = (try value.text(), value.source) }
        if let value = keys["operation"] { try apply(operation: value) }
        if let value = keys["mechanism"] { mechanisms = try value.mechanisms(of: operation) }
        if let value = keys["key-bits"] { keyBits.merge(try value.keyBits()) { $1 } }
        _ = try keys["oaep-hash"]?.word(["sha1"], later: ["sha256", "sha384", "sha512"])
        if let value = keys["key"] {
            key = KeyKind(rawValue: try value.word(["token", "session"]))
        }
        if let value = keys["session"] {
            isReadWrite = try value.word(["read-only", "read-write"]) == "read-write"
        }
        if let value = keys["initialize"] { initialize = try value.moduleText() }
        if let value = keys["environment"] {
            (environment, environmentPlace) = (try value.environment(), value)
        }
        if let value = keys["denied-by"] { deniedBy = try value.returnCodes() }
    }

    /// Another operation takes other mechanisms: its usual ones, unless some are named.
    private mutating func apply(operation value: YAMLValue) throws(ScenarioError) {
        let word = try value.word(AnchoredOperation.allCases.map(\.rawValue))
        guard let named = AnchoredOperation(rawValue: word), named != operation else { return }
        operation = named
        mechanisms = named.usualMechanisms
    }

    /// Takes the throttles over; `none` is put first where it is missing, because every projection
    /// starts from the unthrottled rate.
    private mutating func apply(throttles written: [WrittenPolicy]) {
        let policies = written.map(\.policy)
        throttles = policies.contains(.none) ? policies : [.none] + policies
        throttlePlaces = Dictionary(
            written.map { ($0.policy, $0.place) }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func applyLoad(_ value: YAMLValue) throws(ScenarioError) {
        let keys = try value.entries(known: ["closed", "open", "mixed", "processes"])
        if let value = keys["closed"] { load.closed = try value.closedLoads() }
        if let value = keys["open"] { load.open = try value.openLoads() }
        if let value = keys["mixed"] { load.mixed = try value.mixedLoads() }
        if let value = keys["processes"] { load.processes = try value.integers(1...64) }
    }

    private mutating func applyLimits(_ value: YAMLValue) throws(ScenarioError) {
        let keys = try value.entries(known: ["max-rate", "max-operations", "abort-after-errors"])
        if let value = keys["max-rate"] {
            limits.maxRate = try value.isNone() ? nil : try value.quantity(Rate.self)
        }
        if let value = keys["max-operations"] {
            limits.maxOperations = try value.isNone() ? nil : try value.positiveCount()
        }
        if let value = keys["abort-after-errors"] {
            limits.abortAfterErrors = try value.integer(1...1_000_000_000)
        }
    }
}
