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
