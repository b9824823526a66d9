import Regression

/// What a build on GitHub shows beside its log, as workflow commands on standard output.
///
/// Escaped as GitHub's own toolkit does it (actions/toolkit, `command.ts`).
struct GateAnnotations {
    /// The commands, one a line; at most ten of a kind, as GitHub shows no more of one step.
    let text: String

    private static let most = 10

    private struct Annotation {
        var kind: Kind
        var title: String
        var message: String
    }

    private enum Kind: String, CaseIterable { case error, warning, notice }

    /// - Parameter final: why, and what next, without the verdict.
    init(_ comparison: Comparison, final: String) {
        let all =
            Self.whole(comparison, final) + Self.failedCalls(comparison)
            + Self.findings(comparison)
            + comparison.invalid.map {
                Annotation(
                    kind: .warning, title: "INVALID: \($0.cell)",
                    message: "In '\($0.side)': \($0.reasons.joined(separator: "; "))")
            }
        text = Kind.allCases.flatMap { kind in Self.capped(all.filter { $0.kind == kind }, kind) }
            .map { Self.command($0) + "\n" }.joined()
    }

    /// The verdict, unless what regressed says it.
    private static func whole(_ comparison: Comparison, _ final: String) -> [Annotation] {
        let kind: Kind? =
            switch comparison.verdict {
            case .pass: .notice
            case .regressed: nil
            case .inconclusive, .invalid: .warning
            }
        guard let kind else { return [] }
        return [
            Annotation(
                kind: kind, title: "anchorbench: \(comparison.verdict.rawValue)", message: final)
        ]
    }

    private static func failedCalls(_ comparison: Comparison) -> [Annotation] {
        comparison.failedCalls.compactMap { found in
            let place = "\(found.cell), failed calls"
            let message = "\(place): \(GateWording.failing(found))"
            return switch found.finding {
            case .worse: Annotation(kind: .error, title: "REGRESSED: \(place)", message: message)
            case .fewer: Annotation(kind: .notice, title: "Improved: \(place)", message: message)
            case .more, .unknown:
                Annotation(kind: .warning, title: "Failed calls: \(found.cell)", message: message)
            case .alike: nil
            }
        }
    }

    private static func findings(_ comparison: Comparison) -> [Annotation] {
        let moved = comparison.controlMoved
        return zip(comparison.evidence, comparison.outcomes).compactMap { found, outcome in
            let place = "\(found.cell), \(found.metric.title)"
            let message = "\(place): \(sentence(found, comparison))"
            switch outcome {
            case .worse where !moved:
                return Annotation(kind: .error, title: "REGRESSED: \(place)", message: message)
            case .better where !moved:
                return Annotation(kind: .notice, title: "Improved: \(place)", message: message)
            case .undecided, .worse:
                return Annotation(
                    kind: .warning, title: "INCONCLUSIVE: \(place)", message: message)
            case .better, .within: return nil
            }
        }
    }

    private static func sentence(_ found: Evidence, _ comparison: Comparison) -> String {
        let interval = GateWording.interval(found).map { " (\($0), 99 % confidence)" } ?? ""
        // Not the medians of the two, whose ratio need not be the cost.
        return "costs \(GateWording.change(found.ratio))\(interval); tolerance "
            + GateWording.share(comparison.rule.tolerance)
    }

    /// The first ten, or nine and how many more there are.
    private static func capped(_ all: [Annotation], _ kind: Kind) -> [Annotation] {
        guard all.count > most else { return all }
        let rest = all.count - (most - 1)
        return all.prefix(most - 1) + [
            Annotation(
                kind: kind, title: "anchorbench: \(rest) more",
                message: "\(rest) more of this kind are in comparison.json and junit.xml")
        ]
    }

    private static func command(_ annotation: Annotation) -> String {
        "::\(annotation.kind.rawValue) title=\(property(annotation.title))::"
            + data(annotation.message)
    }

    private static func data(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }

    // Scalar by scalar: CR LF is one character, and so is a colon with a combining mark.
    private static func escaped(_ text: String, _ codes: [Unicode.Scalar: String]) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if let code = codes[scalar] {
                result += code
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
