import Regression
import Units

/// What a report of a comparison says, in its order, before it is Markdown or plain text.
struct ComparisonOutline {
    /// One part.
    enum Block {
        /// The first line, or the name of a part.
        case heading(String, level: Int)
        case paragraph(String)
        case list([String])
        case table(Grid)
        /// A part that a reader unfolds.
        case folded(String, [Block])

        var markdown: String {
            switch self {
            case .heading(let text, let level):
                String(repeating: "#", count: level) + " " + MarkdownText.escaped(text)
            case .paragraph(let text): MarkdownText.escaped(text)
            case .list(let items):
                items.map { "- \(MarkdownText.escaped($0))" }.joined(separator: "\n")
            case .table(let grid): String(grid.markdown.dropLast())
            case .folded(let title, let blocks):
                "<details><summary>\(MarkdownText.escaped(title))</summary>\n\n"
                    + blocks.map(\.markdown).joined(separator: "\n\n") + "\n\n</details>"
            }
        }

        var plain: String {
            switch self {
            case .heading(let text, _), .paragraph(let text): GateWording.oneLine(text)
            case .list(let items):
                items.map { "- \(GateWording.oneLine($0))" }.joined(separator: "\n")
            case .table(let grid): String(grid.plain.dropLast())
            case .folded(let title, let blocks):
                ([GateWording.oneLine(title)] + blocks.map(\.plain)).joined(separator: "\n\n")
            }
        }
    }

    /// The parts.
    let blocks: [Block]

    /// Bytes of Markdown that all parts take at the most. GitHub takes 65,536 characters in a
    /// comment, and whoever posts it may add a line.
    static let most = 58_000

    /// The outline of a comparison.
    init(_ comparison: Comparison) {
        let tables = ComparisonTables(comparison)
        var first: [Block] = [.heading(Self.verdict(comparison), level: 2)]
        if let origins = GateWording.origins(comparison) { first.append(.paragraph(origins)) }
        let head =
            first
            + Self.part("What moved", tables.moved, atMost: 12_000, isFolded: false)
            + Self.list("Why", comparison.reasons, atMost: 8_000)
            + Self.part("Failed calls", tables.failedCalls, atMost: 4_000, isFolded: false)
            + (comparison.advice.isEmpty
                ? []
                : [.paragraph("Next: " + GateWording.brief(comparison.advice, atMost: 1_000))])
        let tail =
            Self.part("Conditions that differ", tables.differences, atMost: 4_000)
            + Self.part("INVALID cells", tables.invalid, atMost: 5_000)
            + Self.part(
                "Negative control", tables.control, atMost: 4_500,
                note: Self.controlNote(comparison))
            + Self.part("Not compared", tables.untested, atMost: 5_000)
            + Self.part("Cells that only one of them has", tables.onlyOne, atMost: 4_000)
            + [.folded("How to read this", [.paragraph(Self.guide(comparison))])]
        let taken = (head + tail).map { $0.markdown.utf8.count + 2 }.reduce(0, +)
        blocks =
            head + Self.part("All cells and metrics", tables.all, atMost: Self.most - taken - 500)
            + tail
    }

    /// The outline as Markdown.
    var markdown: String { blocks.map(\.markdown).joined(separator: "\n\n") + "\n" }

    /// The outline for a terminal.
    var plain: String { blocks.map(\.plain).joined(separator: "\n\n") + "\n" }

    /// A table under its name, with as many rows as there is room for.
    private static func part(
        _ title: String, _ grid: Grid, atMost bytes: Int, isFolded: Bool = true,
        note: String? = nil
    ) -> [Block] {
        guard !grid.isEmpty else { return [] }
        let kept = grid.fitting(bytes)
        var blocks: [Block] = kept.isEmpty ? [] : [.table(kept)]
        if kept.count < grid.count { blocks.append(.paragraph(leftOut(grid.count - kept.count))) }
        if let note { blocks.append(.paragraph(note)) }
        return isFolded
            ? [.folded("\(title) (\(Significant.grouped(UInt64(grid.count))))", blocks)]
            : [.heading(title, level: 3)] + blocks
    }

    private static func list(_ title: String, _ items: [String], atMost bytes: Int) -> [Block] {
        guard !items.isEmpty else { return [] }
        var kept: [String] = []
        var taken = 0
        for item in items.lazy.map({ GateWording.brief($0, atMost: 1_000) }) {
            taken += MarkdownText.escaped(item).utf8.count + 3
            guard taken <= bytes else { break }
            kept.append(item)
        }
        let rest = items.count - kept.count
        return [.heading(title, level: 3), .list(kept)]
            + (rest > 0 ? [.paragraph(leftOut(rest))] : [])
    }

    private static func leftOut(_ count: Int) -> String {
        "\(GateWording.count(count, "row")) left out here; comparison.json has "
            + "\(count == 1 ? "it" : "them")."
    }
}

extension ComparisonOutline {
    /// The first line: the verdict, of what, by which rule, and what a reader must know of it.
    private static func verdict(_ comparison: Comparison) -> String {
        let (candidate, baseline) = (
            GateWording.brief(comparison.candidate), GateWording.brief(comparison.baseline)
        )
        let cells = Set(comparison.evidence.map(\.cell)).count
        guard !comparison.isFirst else {
            let first = comparison.extra.count
            return "\(comparison.verdict.rawValue): '\(candidate)' has no baseline to be compared "
                + "with"
                + (first > 0 ? ": it is the first, with \(GateWording.count(first, "cell"))" : "")
        }
        let how =
            comparison.kind == .duel ? "measured in turns" : "two stored runs"
        let isPassed = comparison.verdict == .pass
        let gaps = [
            isPassed ? GateWording.notCompared(comparison) : nil,
            GateWording.failedCalls(comparison),
            comparison.failing.isEmpty
                ? nil : "calls fail in \(GateWording.count(comparison.failing.count, "cell"))",
        ]
        let left = gaps.compactMap { $0.map { "; \($0)" } }.joined()
        let line =
            "\(comparison.verdict.rawValue): '\(candidate)' against '\(baseline)', \(how): "
            + "\(GateWording.count(comparison.evidence.count, "test")) in "
            + "\(GateWording.count(cells, "cell")), tolerance "
            + GateWording.share(comparison.rule.tolerance) + left
        guard comparison.allowsDifferences, !comparison.differences.isEmpty else { return line }
        let names = comparison.differences.map(\.condition)
        let list =
            names.count > 6
            ? names.prefix(5) + ["\(names.count - 5) more"] : names[...]
        return line + "; under DIFFERENT CONDITIONS, as was allowed: "
            + Wording.list(list.map { GateWording.brief($0, atMost: 40) })
    }

    /// By which rule the control is said to have moved.
    private static func controlNote(_ comparison: Comparison) -> String {
        let tests = GateWording.count(2 * comparison.control.count, "test")
        return "It moved where a cost beyond half of the tolerance, in either direction, has a p "
            + "below 0.01, adjusted for \(tests), two a row; it stood still where its whole "
            + "interval lies within half of the tolerance; else neither was shown."
    }

    /// How to read it, in a few sentences.
    private static func guide(_ comparison: Comparison) -> String {
        let tolerance = GateWording.share(comparison.rule.tolerance)
        let pairs = comparison.kind == .duel ? "blocks" : "pairs of rounds"
        let corrected =
            comparison.kind == .duel
            ? "it holds for all looks together"
            : "it includes what the negative control did in the same rounds"
        let sentences = [
            "A cost is the candidate's over the baseline's, throughput inverted, so that + is "
                + "worse for every metric. The figures of the two are medians of all their rounds; "
                + "the cost is the median of the ratios of their \(pairs), and need not be the "
                + "ratio of the two medians.",
            "Its interval holds with 99 % confidence for one test, so of a hundred tests one may "
                + "miss by chance. REGRESSED takes a cost above \(tolerance) that chance explains "
                + "less than once in a hundred comparisons, all tests together (p adjusted, Holm); "
                + "PASS takes \"at most\" below \(tolerance) in every row, and every A/A floor no "
                + "higher than that; INCONCLUSIVE is neither.",
            "What decides a PASS is \"at most\" and not the interval: a one-sided bound with 99 % "
                + "confidence; \(corrected).",
            "Calls that fail are REGRESSED where they are more than 1 % of the candidate's and "
                + "more often than the baseline's, beyond chance (p adjusted for all cells).",
            "The A/A floor is by how much the same anchor seems to differ from itself on this "
                + "host: above the tolerance, the host is too noisy for a PASS, and where the "
                + "negative control moved, a module that does nothing, no difference can be put "
                + "down to the anchor.",
        ]
        return sentences.joined(separator: " ")
    }
}
