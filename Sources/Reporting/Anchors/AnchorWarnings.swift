import Regression
import Results
import Units

/// What must be said before anything else: in what the runs are not comparable, and what they lack.
struct AnchorWarnings {
    private let comparison: AnchorComparison
    private let conditions: [(anchor: MeasuredAnchor, known: RunConditions)]
    private var anchors: [MeasuredAnchor] { comparison.anchors }

    /// What an anchor's run has of something; nil where that is not known.
    private typealias Held = (anchor: MeasuredAnchor, value: String?)

    init(_ comparison: AnchorComparison) {
        self.comparison = comparison
        conditions = comparison.anchors.map { ($0, RunConditions($0.run)) }
    }

    /// The warnings, a sentence or two each, the gravest first.
    var sentences: [String] {
        let ofAll = [machines, versions, manners].compactMap(\.self)
        return [partial, capped, ofAll, subjects, loads, baselines, invalid, joined]
            .flatMap(\.self)
    }

    /// What differs too, and is no obstacle; nil where nothing does.
    var remark: String? {
        let unlike = Self.minor.compactMap { name in
            difference(of: name) { $0.circumstances[name] ?? nil }
        }
        guard !unlike.isEmpty else { return nil }
        return "What differs too, and is no obstacle: \(unlike.joined(separator: "; "))."
    }

    private var partial: [String] {
        anchors.compactMap { anchor in
            anchor.run.partial.map { "**\(anchor.code) is a partial run**: \($0)." }
        }
    }

    private var capped: [String] {
        anchors.compactMap { anchor in
            anchor.run.scenario.limits.maxRate.map {
                "**\(anchor.code) was measured at no more than \($0)** (`max-rate`): its device "
                    + "may be faster, and so hold less, than it seems."
            }
        }
    }

    // The conditions by what they are of; what tells one anchor from another is no difference here.

    private static let ofAnchor: Set<String> = [
        "module_sha256", "session", "initialize", "key_kind",
    ]
    private static let ofManner = [
        "duration", "warm-up", "max-operations", "abort-after-errors",
    ]
    /// A rate that is capped is told by itself, and what denied callers do concerns no load here.
    private static let toldElsewhere: Set<String> = ["max-rate", "on-denied"]
    private static let ofTool = "build_configuration"
    private static let minor = ["kernel", "libc", "microcode"]

    private var machines: String? {
        let told = Self.ofAnchor.union(Self.ofManner).union(Self.toldElsewhere)
            .union([Self.ofTool])
        let names = Set(conditions.flatMap { $0.known.conditions.keys }).subtracting(told).sorted()
        let unlike = names.compactMap { name in
            difference(of: name) { $0.conditions[name] ?? nil }
        }
        guard !unlike.isEmpty else { return nil }
        return "**The runs are from unlike machines**: \(unlike.joined(separator: "; ")). Rates, "
            + "times and latencies hold that difference, and so does an anchor factor, whose other "
            + "side is OpenSSL on the run's own machine."
    }

    private var versions: String? {
        let unlike = [
            difference(of: "version") { $0.circumstances["anchorbench"] ?? nil },
            difference(of: "commit") { ($0.circumstances["commit"] ?? nil).map { Self.short($0) } },
            difference(of: "build") { $0.conditions[Self.ofTool] ?? nil },
        ].compactMap(\.self)
        guard !unlike.isEmpty else { return nil }
        return "**The runs are by unlike builds of anchorbench**: "
            + "\(unlike.joined(separator: "; "))."
    }

    private var manners: String? {
        var unlike = Self.ofManner.compactMap { name in
            difference(of: name) { $0.conditions[name] ?? nil }
        }
        let counts: [(String, (Run) -> Int)] = [
            ("rounds", { $0.scenario.rounds }),
            ("callers of a thief", { $0.scenario.exposure.callers }),
        ]
        unlike += counts.compactMap { name, count in
            let held = anchors.map { anchor -> Held in (anchor, "\(count(anchor.run))") }
            return Self.difference(of: name, held)
        }
        guard !unlike.isEmpty else { return nil }
        return "**The runs were measured in unlike ways**: \(unlike.joined(separator: "; "))."
    }

    /// Keys or records of other sizes make another subject, which is ranked by itself.
    private var subjects: [String] {
        var kinds: [String] = []
        for cell in comparison.rankings.map(\.cell) where !kinds.contains(Self.kind(of: cell)) {
            kinds.append(Self.kind(of: cell))
        }
        return kinds.compactMap { kind in
            let held = anchors.compactMap { anchor -> Held? in
                let subjects = comparison.rankings.filter { ranking in
                    Self.kind(of: ranking.cell) == kind
                        && !anchor.loads(of: ranking.subject).isEmpty
                }.map(\.subject)
                return subjects.isEmpty ? nil : (anchor, Wording.list(subjects))
            }
            return Self.difference(of: kind, held).map {
                "**Keys or records are of unlike sizes**: \($0). Only the same are ranked."
            }
        }
    }

    private static func kind(of cell: Cell) -> String { "\(cell.operation) by \(cell.mechanism)" }

    private var loads: [String] {
        comparison.rankings.compactMap { ranking in
            let tried = ranking.measured.map { figures -> Held in
                (figures.anchor, figures.loads.map(\.cell.loadName).joined(separator: " "))
            }
            return Self.difference(of: ranking.subject, tried).map {
                "**The loads are unlike**: \($0). More loads can only find a faster one, and make "
                    + "an anchor seem weaker."
            }
        }
    }
}

extension AnchorWarnings {
    /// A difference between baselines that more than a noisy machine makes.
    private static let baselineBound = 1.25

    /// OpenSSL with the key in memory, which has nothing to do with the anchors.
    private var baselines: [String] {
        comparison.rankings.compactMap { ranking in
            let rates = ranking.measured.compactMap { figures in
                figures.baselineRate.map { (figures.anchor, $0.estimate) }
            }
            guard let least = rates.map(\.1).min(), let most = rates.map(\.1).max(),
                most > Self.baselineBound * least
            else { return nil }
            let list = rates.map { "\(Wording.number($0.1))/s beside \($0.0.code)" }
            return "**The machine was not equally fast**: with the key in memory "
                + "\(ranking.subject) went at \(Wording.list(list)). A factor is read against "
                + "that of its own run; rates and times hold the difference."
        }
    }

    /// Loads that do not count although their anchor was measured under others.
    private var invalid: [String] {
        anchors.compactMap { anchor in
            let rankings = comparison.rankings.filter { ranking in
                ranking.measured.contains { $0.anchor.name == anchor.name }
            }
            let cells = rankings.flatMap { anchor.loads(of: $0.subject) }
            let spoiled = cells.filter { !$0.verdict.isValid }
            guard !spoiled.isEmpty else { return nil }
            let list = spoiled.map { result in
                "\(result.cell.subject)/\(result.cell.loadName) "
                    + "(\(MarkdownText.escaped(result.phrases.joined(separator: "; "))))"
            }
            return "**\(spoiled.count) of \(cells.count) loads of \(anchor.code) "
                + "\(spoiled.count == 1 ? "is" : "are") INVALID** and in no figure: "
                + "\(list.joined(separator: ", "))."
        }
    }

    /// Runs whose own report counts several records a call.
    private var joined: [String] {
        anchors.filter { anchor in
            (anchor.run.scenario.exposure.recordsPerOperation ?? 1) > 1
                || anchor.run.batching.contains { $0.recordsPerOperation > 1 }
        }.map {
            "**\($0.code) opens several records with one call** in its own report; here a call "
                + "opens one, on every anchor."
        }
    }

    /// A condition with who has which value; nil where all have the same.
    private func difference(
        of name: String, _ value: (RunConditions) -> String?
    ) -> String? {
        let held = conditions.map { run -> Held in (run.anchor, value(run.known)) }
        return Self.difference(of: name, held)
    }

    private static func difference(of name: String, _ values: [Held]) -> String? {
        var groups: [(value: String?, anchors: [MeasuredAnchor])] = []
        for (anchor, value) in values {
            if let index = groups.firstIndex(where: { $0.value == value }) {
                groups[index].anchors.append(anchor)
            } else {
                groups.append((value, [anchor]))
            }
        }
        guard groups.count > 1 else { return nil }
        let parts = groups.map { group in
            "\(group.value.map { MarkdownText.escaped($0) } ?? "not known") for "
                + AnchorWording.names(group.anchors)
        }
        return "\(name.replacing("_", with: " ")): \(parts.joined(separator: ", "))"
    }

    /// As much of a digest or a commit as tells it apart.
    static func short(_ digest: String) -> String { String(digest.prefix(12)) }
}
