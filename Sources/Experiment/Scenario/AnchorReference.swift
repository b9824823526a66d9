import Anchors
import Results

/// Which anchor a scenario means, with what must not be stored: the label of the user's key.
package enum AnchorReference: Equatable, Sendable {
    /// The throwaway SoftHSM2 token.
    case embedded
    /// A module and a token of the user's.
    case uri(PKCS11URI)

    /// Reads `softhsm` or a PKCS#11 URI.
    ///
    /// - Throws: `URIError`.
    package init(parsing text: String) throws(URIError) {
        guard text != "softhsm" else {
            self = .embedded
            return
        }
        self = .uri(try PKCS11URI(parsing: text))
    }

    /// The form that may be stored and printed.
    package var redacted: String {
        switch self {
        case .embedded: "softhsm"
        case .uri(let uri): uri.redacted
        }
    }

    /// The short name for a cell's anchor column.
    package var shortName: String {
        switch self {
        case .embedded: "softhsm"
        case .uri(let uri): "pkcs11:" + (uri.token.map { "token=\($0)" } ?? "")
        }
    }

    /// The variable by which the embedded token is found.
    private static let embeddedTokenVariable = "SOFTHSM2_CONF"

    /// Refuses an environment that would lead away from the anchor.
    ///
    /// - Throws: `ScenarioError`.
    func check(_ environment: [String: String]) throws(ScenarioError) {
        guard self == .embedded, environment[Self.embeddedTokenVariable] != nil else { return }
        throw ScenarioError(
            "'softhsm' has a configuration of its own, so \(Self.embeddedTokenVariable) would have "
                + "no effect; name a token of yours by its URI, or leave the variable out")
    }
}

/// A scenario as resolved, with the anchor that it means.
package struct ResolvedScenario: Equatable, Sendable {
    /// All but the secrets.
    package var scenario: Scenario
    /// The anchor.
    package var anchor: AnchorReference
    /// What was decided for the user, in sentences for the report.
    package var notes: [String]
}

extension ResolvedScenario {
    /// Whether the anchor is the throwaway token, which nobody else uses.
    package var isEmbedded: Bool { anchor == .embedded }
}

extension ResolvedScenario {
    /// The same with more in the environment of the processes that load the module.
    ///
    /// - Parameters:
    ///   - settings: each `NAME=VALUE`; later ones replace earlier ones.
    ///   - flag: what they were given with, for complaints.
    /// - Throws: `ScenarioError`.
    package func adding(
        environment settings: [String], flag: String
    ) throws(ScenarioError) -> ResolvedScenario {
        var resolved = self
        for setting in settings {
            let parts = setting.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard parts.count == 2, name.isVariableName else {
                throw ScenarioError(
                    "\(flag): '\(setting)' must be NAME=VALUE, the name of letters, digits and "
                        + "'_', the first no digit")
            }
            resolved.scenario.anchor.environment[name] = String(parts[1])
        }
        do throws(ScenarioError) {
            try anchor.check(resolved.scenario.anchor.environment)
        } catch {
            throw ScenarioError("\(flag): \(error.description)")
        }
        return resolved
    }
}
