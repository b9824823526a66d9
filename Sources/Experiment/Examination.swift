import Anchors
import Results
import Units

/// What `doctor` finds, as text: the module and token, the mechanisms, and what the keys allow.
package struct Examination: Sendable {
    private let inspection: AnchorInspection
    private let name: String

    /// Examines an anchor in a child process.
    ///
    /// - Parameters:
    ///   - anchor: `softhsm` or a PKCS#11 URI.
    ///   - initialize: what the module wants with `C_Initialize`; nil for nothing.
    ///   - executable: the program that runs as a worker when called with `worker`.
    /// - Throws: `ScenarioError` for a bad URI, `ExperimentError` where the anchor is not there.
    package static func run(
        _ anchor: String, initialize: String? = nil, executable: String
    ) async throws -> Examination {
        var overrides = [
            ScenarioOverride(
                flag: "--anchor", yaml: "anchor: { uri: '\(anchor.replacing("'", with: "''"))' }")
        ]
        if let initialize { overrides.append(.initialize(initialize)) }
        let resolved = try ScenarioReader.read(
            nil, source: "the built-in scenario", overrides: overrides)
        let access = try await AnchorAccess.prepare(
            resolved.anchor, resolved.scenario.anchor, executable: executable)
        defer { access.remove() }
        return Examination(
            inspection: try await access.inspect(resolved.anchor), name: resolved.anchor.redacted)
    }

    /// The findings, section by section.
    package var text: String {
        [summaryText, moduleText, slotText, sessionText, mechanismText, keyText, problemText]
            .filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// Ends a command whose findings must not be taken for all: a token is there, and its keys were
    /// not looked at.
    ///
    /// - Throws: `ExperimentError.device` with the reason.
    package func requireKeys() throws(ExperimentError) {
        guard isBlind else { return }
        let reason = inspection.problems.joined(separator: "; ")
        throw ExperimentError.device("the keys were not looked at: \(reason)")
    }

    private var isBlind: Bool { inspection.chosenToken != nil && !inspection.hasLookedAtKeys }

    /// The answer before the details: do the keys anchor anything?
    private var summaryText: String {
        guard !isBlind else { return "No key was looked at, so nothing is said of what they hold" }
        guard inspection.chosenToken != nil, !inspection.keys.isEmpty else { return "" }
        let grades = inspection.keys.map { KeyFinding.findings(on: $0).first?.grade ?? .good }
        let broken = grades.count { $0 == .broken }
        let weak = grades.count { $0 == .weak }
        if broken > 0 {
            return
                "\(broken) of \(grades.count) keys are BROKEN as anchors: a thief can leave with "
                + "the key, and no throttle matters"
        }
        guard weak > 0 else { return "The \(grades.count) keys seen hold what they anchor" }
        return
            "No key can be carried off, but \(weak) of \(grades.count) have a weakness: see below"
    }

    private var moduleText: String {
        let module = inspection.module
        return """
            Anchor      \(name)
            Module      \(inspection.modulePath)
                        \(module.description) \(module.libraryVersion), \(module.manufacturer), \
            Cryptoki \(module.cryptokiVersion)
            """
    }

    private var slotText: String {
        guard !inspection.slots.isEmpty else { return "Slots       none holds a token" }
        let lines = inspection.slots.map { slot in
            let token = slot.token
            guard token.isInitialized else { return "  slot \(slot.id): not initialised" }
            let isChosen = slot.id == inspection.chosenSlot ? "* " : "  "
            return "\(isChosen)slot \(slot.id): token '\(token.label)', \(token.manufacturer) "
                + "\(token.model), firmware \(token.firmwareVersion), "
                + Self.sessions(token)
                + Self.warnings(token).map { ", \($0)" }.joined()
        }
        return "Slots with a token (* is the one named)\n" + lines.joined(separator: "\n")
    }

    private static func sessions(_ token: TokenInfo) -> String {
        let open = token.sessionCount.map { "\($0) sessions open" } ?? "open sessions not told"
        guard let most = token.maxSessionCount else { return open + ", their limit not told" }
        // Some modules write another number that none of them could ever open.
        let isBounded = most != 0 && most < UInt(UInt32.max)
        return open + (isBounded ? ", \(most) at most" : ", no limit")
    }

    private static func warnings(_ token: TokenInfo) -> [String] {
        var warnings: [String] = []
        if token.isPinLocked { warnings.append("THE USER PIN IS LOCKED") }
        if token.isPinCountLow { warnings.append("WRONG PINS WERE GIVEN BEFORE") }
        return warnings
    }

    private var sessionText: String {
        guard let code = inspection.readOnlyRefusal else { return "" }
        return """
            Sessions    a read-only one was refused: C_OpenSession answered \(code)
                        a read-write one was opened to look, and nothing is written
                        scenarios need 'anchor.session: read-write'
            """
    }

    private var mechanismText: String {
        guard inspection.chosenToken != nil else { return "" }
        let lines = AnchoredOperation.allCases.flatMap { operation in
            operation.mechanisms.map { mechanism in
                let isThere = inspection.usable.contains(mechanism)
                return "  \(operation.rawValue), \(mechanism.rawValue): "
                    + (isThere ? "can be measured" : "the token does not list \(mechanism.type)")
            }
        }
        return "Mechanisms (\(inspection.mechanisms.count) in all)\n"
            + lines.joined(separator: "\n")
    }

    private var keyText: String {
        guard inspection.chosenToken != nil else { return "" }
        guard !isBlind else { return "Keys        not looked at: see below" }
        guard !inspection.keys.isEmpty else {
            return "Keys        no AES key, RSA private key or generic secret key is seen"
        }
        let parts = inspection.keys.enumerated().map { index, key in
            let size = key.bits.map { "-\($0)" } ?? ""
            let place = key.isToken ? "stored on the token" : "a session object"
            let findings = KeyFinding.findings(on: key).map { "    \($0.text)" }
            return (["  key \(index + 1): \(key.kind)\(size), \(place)"] + findings)
                .joined(separator: "\n")
        }
        return "Keys (labels are not printed)\n" + parts.joined(separator: "\n")
    }

    private var problemText: String {
        guard !inspection.problems.isEmpty else { return "" }
        return "Not looked at\n" + inspection.problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
