/// Whether a figure may be used, with the reasons why not.
package struct Verdict: Codable, Hashable, Sendable {
    /// Why the figures are not to be used; empty for a valid cell. One short phrase each.
    package var reasons: [String]

    /// A verdict; without a reason it is VALID.
    package init(reasons: [String] = []) { self.reasons = reasons }

    /// Whether nothing speaks against the figures.
    package var isValid: Bool { reasons.isEmpty }

    /// `VALID` or `INVALID`.
    package var word: String { isValid ? "VALID" : "INVALID" }

    /// The reasons in one field, separated by semicolons.
    package var reasonText: String { reasons.joined(separator: "; ") }
}
