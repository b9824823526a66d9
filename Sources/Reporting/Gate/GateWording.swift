import Regression
import Units

/// How a comparison is put for people: costs in percent, metrics in words, names that stay short.
enum GateWording {
    /// A share, as in `5 %`.
    static func share(_ share: Double) -> String { "\(Significant.text(share * 100)) %" }

    /// What a cost ratio adds, as in `+12.3 %`.
    static func added(_ ratio: Double) -> String { "\(signed(ratio)) %" }

    /// `12.3 % more`, `4 % less` or `the same`.
    static func change(_ ratio: Double) -> String {
        let percent = percent(ratio)
        guard percent != 0 else { return "the same" }
        return "\(Significant.text(abs(percent))) % \(percent > 0 ? "more" : "less")"
    }

    /// `+9.8 to +14 %`; nil where so few values give no interval.
    static func interval(_ evidence: Evidence) -> String? {
        both(evidence.low, evidence.high).map { "\(signed($0.0)) to \(signed($0.1)) %" }
    }

    /// How far identical anchors seem to differ, as in `1.2 %`; a dash where that is not known.
    static func floor(_ evidence: Evidence) -> String {
        evidence.floor.map { share(percent($0) / 100) } ?? "—"
    }

    /// A chance with two digits, `< 0.0001` for one that is smaller.
    static func chance(_ p: Double?) -> String {
        guard let p else { return "—" }
        return p < 0.000_1 ? "< 0.0001" : Significant.text(p, digits: 2)
    }

    /// A number of things: `1 test`, `12 tests`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(Significant.grouped(UInt64(max(0, count)))) \(noun)\(count == 1 ? "" : "s")"
    }

    /// What was asked for and not compared, as in `not compared: service p99 of 2 cells`; nil where
    /// everything was.
    static func notCompared(_ comparison: Comparison) -> String? {
        var parts = comparison.rule.metrics.compactMap { metric -> String? in
            let cells = comparison.untested.filter { $0.metric == metric }.map(\.cell)
            guard let first = cells.first else { return nil }
            let place = cells.count == 1 ? brief(first, atMost: 60) : count(cells.count, "cell")
            return "\(metric.title) of \(place)"
        }
        if !comparison.missing.isEmpty {
            parts.append("\(count(comparison.missing.count, "cell")) that only the baseline has")
        }
        return parts.isEmpty ? nil : "not compared: \(Wording.list(parts))"
    }

    /// What became of a side's calls, as in `618 of 12,345 (5.01 %): CKR_DEVICE_ERROR`.
    static func failed(_ counts: CallCounts?) -> String {
        guard let counts else { return "not known" }
        let codes = counts.codes.isEmpty ? "" : ": " + Wording.list(counts.codes)
        return "\(Significant.grouped(counts.failures)) of "
            + "\(Significant.grouped(counts.calls)) (\(share(counts.share)))\(codes)"
    }

    /// As in `5.01 % of the candidate's calls fail with CKR_DEVICE_ERROR, 0 % of the baseline's`.
    static func failing(_ found: FailedCalls) -> String {
        func with(_ counts: CallCounts) -> String {
            counts.codes.isEmpty ? "" : " with " + Wording.list(counts.codes)
        }
        let before = found.baseline.map { "\(share($0.share)) of the baseline's\(with($0))" }
        return "\(share(found.candidate.share)) of the candidate's calls fail"
            + "\(with(found.candidate)), \(before ?? "nobody knows how many of the baseline's")"
    }

    /// That calls failed where the verdict does not say so; nil where none did, or it does.
    static func failedCalls(_ comparison: Comparison) -> String? {
        let found = comparison.failedCalls.filter { $0.candidate.failures > 0 }
        guard !found.isEmpty, comparison.failing.isEmpty else { return nil }
        let more = found.count { $0.finding == .more }
        let cells = count(more > 0 ? more : found.count, "cell")
        return "calls fail in \(cells), "
            + (more > 0 ? "more often than before and seldom" : "not shown to be more than before")
    }

    /// When, where and by which version both were measured; nil where that is not known.
    static func origins(_ comparison: Comparison) -> String? {
        let after = comparison.candidateOrigin
        // The rounds of a duel alternate.
        guard comparison.kind == .stored, let before = comparison.baselineOrigin else {
            return (after ?? comparison.baselineOrigin).map { "Measured \(origin($0))." }
        }
        return "Baseline measured \(origin(before))"
            + (after.map { ", candidate \(origin($0))" } ?? "") + "."
    }

    private static func origin(_ origin: RunOrigin) -> String {
        let end = origin.ended.map { " to \($0)" } ?? ""
        let cores = origin.processors.map { "\($0) × " } ?? ""
        let host = origin.processor.map { " on \(cores)\($0)" } ?? ""
        let version = origin.version.map { " by anchorbench \($0)" } ?? ""
        return brief("\(origin.started)\(end)\(host)\(version)", atMost: 200)
    }

    /// What a pair of values is.
    static func unit(_ kind: Comparison.Kind) -> String { kind == .duel ? "block" : "round" }

    /// A name on one line of at most so many characters: the middle goes, where names differ least.
    static func brief(_ name: String, atMost limit: Int = 120) -> String {
        // Each character takes a byte at the least, and bytes are counted faster.
        let line = oneLine(name)
        guard line.utf8.count > limit, line.count > limit else { return line }
        let tail = limit / 3
        return "\(line.prefix(limit - tail - 1))…\(line.suffix(tail))"
    }

    /// The text without breaks of lines and other control characters.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        let scalars = text.unicodeScalars.map { isControl($0) ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // C0 and C1, and the two that end lines and paragraphs.
        case ..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    /// What a ratio adds in percent, to a hundredth of one: nobody measures finer.
    private static func percent(_ ratio: Double) -> Double {
        ((ratio - 1) * 10_000).rounded() / 100
    }

    private static func signed(_ ratio: Double) -> String {
        let percent = percent(ratio)
        return (percent > 0 ? "+" : "") + Significant.text(percent)
    }
}

extension Metric {
    /// What it is called in tables and sentences.
    var title: String {
        switch self {
        case .throughput: "throughput"
        case .serviceP50: "service p50"
        case .serviceP99: "service p99"
        case .cpuTime: "CPU time per call"
        }
    }

    /// A value in its own unit, for people.
    func figure(_ value: Double) -> String {
        self == .throughput ? "\(Significant.text(value))/s" : Seconds(value / 1e9).inWords
    }
}
