/// Whether a figure may be used, with the reasons why not, and what to know of it if it may.
package struct Verdict: Codable, Hashable, Sendable {
    /// Why the figures are not to be used; empty for a valid cell. One short phrase each.
    package var reasons: [String]
    /// What a reader should know of figures that may be used. One short phrase each.
    package var remarks: [String]

    /// A verdict; without a reason it is VALID.
    package init(reasons: [String] = [], remarks: [String] = []) {
        self.reasons = reasons
        self.remarks = remarks
    }

    /// Whether nothing speaks against the figures.
    package var isValid: Bool { reasons.isEmpty }

    /// `VALID` or `INVALID`.
    package var word: String { isValid ? "VALID" : "INVALID" }

    /// Reasons and remarks in one field, separated by semicolons.
    package var reasonText: String { (reasons + remarks).joined(separator: "; ") }

    /// The verdict of several rounds: what any of them said, once, with how many said it.
    package static func pooled(_ verdicts: [Verdict]) -> Verdict {
        Verdict(
            reasons: counted(verdicts.flatMap(\.reasons), of: verdicts.count),
            remarks: counted(verdicts.flatMap(\.remarks), of: verdicts.count))
    }

    private static func counted(_ phrases: [String], of rounds: Int) -> [String] {
        var counts: [(text: String, count: Int)] = []
        for phrase in phrases {
            if let index = counts.firstIndex(where: { $0.text == phrase }) {
                counts[index].count += 1
            } else {
                counts.append((phrase, 1))
            }
        }
        return counts.map { "\($0.text) (\($0.count) of \(rounds) rounds)" }
    }
}
