import Regression

/// `junit.xml`: a comparison as a suite of tests, in the form that Maven's Surefire writes and
/// Jenkins, GitLab and their like read: one case a cell and metric.
struct ComparisonSuite {
    private let comparison: Comparison
    private let cases: [Case]

    /// One test case.
    private struct Case {
        var name: String
        var owner: String
        var result: Result
        /// What was measured.
        var output = ""
    }

    private enum Result {
        case passed
        case failed(String)
        case skipped(String)
        case broken(String)
    }

    init(_ comparison: Comparison) {
        self.comparison = comparison
        cases =
            Self.tested(comparison) + Self.failedCalls(comparison) + Self.untested(comparison)
            + Self.whole(comparison)
    }

    /// The document.
    var text: String {
        let counts = [
            ("tests", cases.count),
            ("failures", count { if case .failed = $0 { true } else { false } }),
            ("errors", count { if case .broken = $0 { true } else { false } }),
            ("skipped", count { if case .skipped = $0 { true } else { false } }),
        ].map { ($0.0, "\($0.1)") }
        let lines =
            ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
            + [XMLText.tag("testsuite", [("name", "anchorbench")] + counts + [("time", "0")])]
            + ["  <properties>"]
            + properties.map { "    " + XMLText.tag("property", $0, isEmpty: true) }
            + ["  </properties>"] + cases.flatMap(Self.lines) + ["</testsuite>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func count(_ isCounted: (Result) -> Bool) -> Int {
        cases.count { isCounted($0.result) }
    }

    private var properties: [[(String, String)]] {
        [
            ("verdict", comparison.verdict.rawValue), ("kind", comparison.kind.rawValue),
            ("baseline", comparison.baseline), ("candidate", comparison.candidate),
            ("toleranceShare", "\(comparison.rule.tolerance)"),
            ("allowsDifferences", "\(comparison.allowsDifferences)"),
            ("advice", comparison.advice),
        ].map { [("name", $0.0), ("value", $0.1)] }
    }

    private static func lines(_ entry: Case) -> [String] {
        let attributes = [("name", entry.name), ("classname", entry.owner), ("time", "0")]
        var inner: [String] = []
        switch entry.result {
        case .passed: break
        case .failed(let why):
            inner.append(
                XMLText.tag("failure", [("message", why), ("type", "REGRESSED")], isEmpty: true))
        case .skipped(let why):
            inner.append(XMLText.tag("skipped", [("message", why)], isEmpty: true))
        case .broken(let why):
            inner.append(
                XMLText.tag("error", [("message", why), ("type", "INVALID")], isEmpty: true))
        }
        if !entry.output.isEmpty {
            inner.append("<system-out>\(XMLText.escaped(entry.output))</system-out>")
        }
        guard !inner.isEmpty else {
            return ["  " + XMLText.tag("testcase", attributes, isEmpty: true)]
        }
        return ["  " + XMLText.tag("testcase", attributes)] + inner.map { "    " + $0 }
            + ["  </testcase>"]
    }
}

extension ComparisonSuite {
    private static func tested(_ comparison: Comparison) -> [Case] {
        let moved = comparison.controlMoved
        let unit = GateWording.unit(comparison.kind)
        return zip(comparison.evidence, comparison.outcomes).map { found, outcome in
            let interval = GateWording.interval(found) ?? "no interval of so few pairs"
            let cost =
                "costs \(GateWording.change(found.ratio)) (\(interval)), p "
                + "\(GateWording.chance(found.pAdjusted)), tolerance "
                + GateWording.share(comparison.rule.tolerance)
            let result: Result =
                switch outcome {
                case _ where moved: .skipped("INCONCLUSIVE: the negative control moved; \(cost)")
                case .worse: .failed("REGRESSED: \(cost)")
                case .undecided: .skipped("INCONCLUSIVE: \(cost)")
                case .better, .within: .passed
                }
            var entry = named(found.cell, found.metric, result)
            entry.output =
                "\(found.metric.figure(found.baseline)), then "
                + "\(found.metric.figure(found.candidate)): \(cost), A/A floor "
                + "\(GateWording.floor(found)), \(GateWording.count(found.pairs, unit))"
            return entry
        }
    }

    private static func failedCalls(_ comparison: Comparison) -> [Case] {
        comparison.failedCalls.map { found in
            let told = GateWording.failing(found)
            let result: Result =
                switch found.finding {
                case .worse: .failed("REGRESSED: \(told)")
                case .unknown where found.candidate.isRemarkable: .skipped("INCONCLUSIVE: \(told)")
                case .more, .fewer, .alike, .unknown: .passed
                }
            let (owner, load) = parts(found.cell)
            let name = load.isEmpty ? "failed calls" : "failed calls, \(load)"
            return Case(name: name, owner: owner, result: result, output: told)
        }
    }

    private static func untested(_ comparison: Comparison) -> [Case] {
        comparison.untested.map {
            named($0.cell, $0.metric, .skipped("Not compared: \($0.reason)"))
        }
            + comparison.invalid.map { invalid in
                let (owner, load) = parts(invalid.cell)
                return Case(
                    name: ["INVALID in \(invalid.side)", load].joined(separator: " "), owner: owner,
                    result: .broken("INVALID: \(invalid.reasons.joined(separator: "; "))"))
            }
    }

    /// The verdict as a case of its own where the others do not show it.
    private static func whole(_ comparison: Comparison) -> [Case] {
        let why = ([comparison.verdict.rawValue] + comparison.reasons.prefix(1))
            .joined(separator: ": ")
        let result: Result
        switch comparison.verdict {
        case .pass, .regressed: return []
        case .inconclusive: result = .skipped(why)
        case .invalid: result = .broken(why)
        }
        return [Case(name: "verdict", owner: "anchorbench", result: result)]
    }

    private static func named(_ cell: String, _ metric: Metric, _ result: Result) -> Case {
        let (owner, load) = parts(cell)
        let name = load.isEmpty ? metric.title : "\(metric.title), \(load)"
        return Case(name: name, owner: owner, result: result)
    }

    /// A key's subject, which is its first two parts, and its load and throttle.
    private static func parts(_ key: String) -> (subject: String, load: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return (key, "") }
        return (
            parts.prefix(2).joined(separator: "/"), parts.dropFirst(2).joined(separator: "/")
        )
    }
}
