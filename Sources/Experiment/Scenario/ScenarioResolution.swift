import Anchors
import Results
import Throttling
import Units

extension ScenarioDraft {
    /// Fills in what follows from the rest, and checks what no single key can tell.
    func resolve(source: String) throws(ScenarioError) -> ResolvedScenario {
        let anchor = try reference()
        guard anchor != .embedded || initialize == nil else {
            throw ScenarioError(
                "\(source): 'anchor.initialize' is for a module of yours, and softhsm takes none; "
                    + "name the module's URI, or leave 'initialize' out")
        }
        try checkEnvironment(for: anchor)
        var notes: [String] = []
        let kind = try keyKind(for: anchor, source: uriSource, &notes)
        try checkSizes(source)
        let callers = load.closed + load.open.map(\.callers) + load.mixed.map(\.callers)
        guard load.processes.contains(where: { count in callers.contains { $0 >= count } })
        else {
            throw ScenarioError(
                "\(source): no load has as many callers as processes, so nothing would run; "
                    + "raise the callers of a load or lower 'load.processes'")
        }
        try checkMixedLoads(source)
        guard !auditsCache || !load.closed.isEmpty else {
            throw ScenarioError(
                "\(source): 'audit-cache' compares closed loads, and there is none; give "
                    + "'load.closed' a number of callers, or leave 'audit-cache' out")
        }
        let joins = operation == .decrypt && mechanisms.contains(where: \.opensAnyLength)
        guard !auditsBatching || joins else {
            throw ScenarioError(
                "\(source): 'audit-batching' joins records that are decrypted with aes-cbc-pad, "
                    + "aes-cbc, aes-gcm or aes-ctr, and there is none; name one of them, or leave "
                    + "'audit-batching' out")
        }
        let settings = AnchorSettings(
            uri: anchor.redacted, operation: operation.rawValue,
            mechanisms: mechanisms.map(\.rawValue),
            keyBits: Dictionary(
                uniqueKeysWithValues: mechanisms.map { ($0.rawValue, keyLength(of: $0)) }),
            key: kind, isReadWrite: isReadWrite, initialize: initialize, environment: environment,
            deniedBy: deniedBy.map(\.description))
        let scenario = Scenario(
            name: name, anchor: settings, recordBytes: recordBytes, load: load,
            throttles: throttles, throttlesAt: throttlesAt, onDenied: onDenied, rounds: rounds,
            duration: duration, warmUp: warmUp, limits: limits,
            auditsCache: auditsCache, auditsBatching: auditsBatching, exposure: exposure)
        try checkThrottles(of: scenario, source)
        return ResolvedScenario(scenario: scenario, anchor: anchor, notes: notes)
    }

    private func checkEnvironment(for anchor: AnchorReference) throws(ScenarioError) {
        do throws(ScenarioError) {
            try anchor.check(environment)
        } catch {
            throw environmentPlace?.complaint(error.description) ?? error
        }
    }

    private func reference() throws(ScenarioError) -> AnchorReference {
        do throws(URIError) {
            return try AnchorReference(parsing: uri)
        } catch {
            let near = error.unknown.flatMap { nearestWord(to: $0, among: error.known) }
            let hint = near.map { "; did you mean '\($0)'?" } ?? ""
            throw ScenarioError("\(uriSource): \(error.description)\(hint)")
        }
    }

    private func keyKind(
        for anchor: AnchorReference, source: String, _ notes: inout [String]
    ) throws(ScenarioError) -> KeyKind {
        guard case .uri(let address) = anchor else { return key ?? .token }
        guard address.keyMatch.isEmpty else {
            guard key != .session else {
                throw ScenarioError(
                    "\(source): the URI names a key, but 'key: session' asks for a "
                        + "new one; remove one of them")
            }
            return .token
        }
        guard key != .token else {
            throw ScenarioError(
                "\(source): 'key: token' on a token of your own needs the key's label: add "
                    + "';object=LABEL' to the URI")
        }
        notes.append(
            "No key is named, so that the measurement is of session keys; a stored key can be "
                + "slower. Name yours with object= in the URI.")
        return .session
    }

    /// Mixed loads run in the fewest processes, each of which needs a legitimate caller.
    private func checkMixedLoads(_ source: String) throws(ScenarioError) {
        let fewest = load.processes.min() ?? 1
        for mixed in load.mixed where mixed.callers < fewest {
            throw ScenarioError(
                "\(source): 'load.mixed' has \(mixed.callers) legitimate callers, fewer than the "
                    + "\(fewest) of 'load.processes', so it would not run; raise its 'callers' or "
                    + "lower 'load.processes'")
        }
    }

    private func keyLength(of mechanism: RecordMechanism) -> Int {
        keyBits[mechanism] ?? mechanism.algorithm.usualSize
    }

    /// Refuses throttles that could never admit a call of the scenario, or would keep too much.
    private func checkThrottles(
        of scenario: Scenario, _ source: String
    ) throws(ScenarioError) {
        for throttle in throttles {
            guard let why = refusal(of: throttle, scenario) else { continue }
            throw throttlePlaces[throttle]?.complaint(why) ?? ScenarioError("\(source): \(why)")
        }
    }

    private func refusal(of throttle: Policy, _ scenario: Scenario) -> String? {
        for mechanism in scenario.anchor.mechanisms {
            for size in scenario.sizes(of: mechanism) {
                let request = Cell.requestBytes(
                    mechanism: mechanism, recordBytes: size,
                    keyBits: scenario.anchor.keyBits[mechanism] ?? 0)
                let refusal = throttle.refusal(
                    ofRecord: ByteCount(size), mechanism: mechanism, requestBytes: request)
                if let refusal { return refusal }
            }
        }
        return throttle.refusal(ofIdentities: load.mixed.map(\.identities).max() ?? 1)
    }

    private func checkSizes(_ source: String) throws(ScenarioError) {
        for mechanism in mechanisms where mechanism.isRSA {
            let bits = keyLength(of: mechanism)
            guard let longest = mechanism.longestRecord(keyBits: bits),
                longest >= AnchoredOperation.dataKeyBytes
            else {
                throw ScenarioError(
                    "\(source): a key of \(bits) bits is too short for \(mechanism.rawValue)")
            }
        }
        for mechanism in mechanisms where !operation.opensDataKeys(with: mechanism) {
            let step = mechanism.recordStep
            guard let odd = recordBytes.first(where: { $0.count % step != 0 }) else { continue }
            throw ScenarioError(
                "\(source): \(mechanism.rawValue) has no padding and takes whole blocks of "
                    + "\(step) bytes, and 'record-bytes' is \(odd); take a multiple of \(step), or "
                    + "aes-cbc-pad")
        }
    }
}
