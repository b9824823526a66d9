import Results
import Units

/// `report.md` of several anchors: warnings and findings first, then tables and charts, what to
/// know and provenance last.
struct AnchorText {
    private let comparison: AnchorComparison
    private let charts: [ReportChart]
    private let warnings: AnchorWarnings

    init(_ comparison: AnchorComparison, charts: [ReportChart]) {
        (self.comparison, self.charts) = (comparison, charts)
        warnings = AnchorWarnings(comparison)
    }

    /// What a reader must know before comparing, and what was found.
    var head: [String] {
        let sentences = warnings.sentences
        let list = sentences.map { "- \($0)" }.joined(separator: "\n")
        return (sentences.isEmpty ? [] : ["**Before you compare**\n\n" + list])
            + AnchorFindings(comparison).paragraphs
    }

    var text: String {
        let count = comparison.anchors.count
        let tables = AnchorTables(comparison)
        let sections =
            ["# How strongly \(count) anchors hold, side by side"] + head + [
                Self.advice, tables.ranking, tables.scaling, tables.fairness, tables.storedKeys,
                chartSection, knowledge, provenance,
            ]
        return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static let advice = """
        An anchor here is a stored run, named by its folder; nothing was measured for this page. \
        All of it is without a throttle: what a throttle and an alarm make of a theft is in each \
        run's own report, and where the throttle is slower than the device the device's speed does \
        not matter.
        """

    private var chartSection: String {
        guard !charts.isEmpty else { return "" }
        let pictures = charts.map { "![\($0.caption)](charts/\($0.name).svg)\n\n*\($0.caption)*" }
        return "## Charts\n\n" + pictures.joined(separator: "\n\n")
    }

    private var knowledge: String {
        var lines = [
            "The anchor factor is the best rate with the key in memory (OpenSSL, in the same run "
                + "on the same machine) over the best rate of the anchor, over threads and "
                + "processes: how many times as long a theft takes. Its interval is Student's t at "
                + "95 % on the logarithms of the ratios of the two, round by round; a single round "
                + "has none.",
            "Where intervals overlap the runs do not show which anchor is stronger. Runs were made "
                + "one after the other, and a machine drifts meanwhile: to decide between two, "
                + "`anchorbench duel` measures them in turns.",
            "A gain of threads is the best rate of several callers in one process over the rate of "
                + "one caller, a gain of processes the best rate over several processes over the "
                + "best in one. Faster and slower are said of a tenth or more, where the interval "
                + "leaves out that nothing changes.",
            "A key of the session is made for the run and gone with it: it shows what the module's "
                + "cipher does. What anchors data is a stored key.",
            "Loads behind a throttle, open and mixed loads are in no figure of this page.",
        ]
        if comparison.anchors.contains(where: { $0.run.scenario.anchor.uri == "softhsm" }) {
            lines.append(
                "SoftHSM2 is software on this machine: a stand-in for an HSM, not one. Its keys "
                    + "are in a file, and whoever reads that needs no anchor.")
        }
        lines += [warnings.remark].compactMap(\.self)
        return "## What to know\n\n" + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    private var provenance: String {
        var table = MarkdownTable([
            ("anchor", .left), ("module", .left), ("library", .left), ("token", .left),
            ("SHA-256", .left), ("key", .left), ("run", .left), ("anchorbench", .left),
        ])
        for anchor in comparison.anchors {
            let facts = anchor.run.provenance
            let library = ["module_manufacturer", "module_description", "module_version"]
                .compactMap(anchor.fact)
            let token = [
                anchor.fact("token_model"), anchor.fact("token_firmware").map { "firmware \($0)" },
            ].compactMap(\.self)
            let tool = [
                facts.tool["version"]?.value,
                facts.tool["commit"]?.value.map(AnchorWarnings.short),
            ].compactMap(\.self)
            let fields: [String] = [
                anchor.fact("module_path") ?? "—", Self.text(library, " "), Self.text(token, ", "),
                anchor.fact("module_sha256").map(AnchorWarnings.short) ?? "—",
                AnchorWording.key(anchor.run.scenario.anchor.key),
                facts.run["started"]?.value ?? "—", Self.text(tool, ", "),
            ]
            table.append(marked: [anchor.code] + fields.map(MarkdownText.escaped))
        }
        return "## Provenance\n\n" + table.text
            + "\nThe ranking is in `anchors.csv` beside this page, everything else in the "
            + "`run.json` and `cells.csv` of each run. Digests and commits are cut to their first "
            + "characters."
    }

    private static func text(_ known: [String], _ separator: String) -> String {
        known.isEmpty ? "—" : known.joined(separator: separator)
    }
}
