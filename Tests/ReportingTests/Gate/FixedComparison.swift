import Regression

/// Comparisons of known figures, one for each verdict.
enum FixedComparison {
    static let all: [(name: String, comparison: Comparison)] = [
        ("pass", pass), ("regressed", regressed), ("inconclusive", inconclusive),
        ("invalid", invalid),
    ]

    static let gcm = "aes-gcm-256/256B/closed-4/none"
    static let rsa = "rsa-oaep-2048/32B/closed-1/none"

    /// Evidence whose interval is the ratio, 2 % wider in each direction.
    static func evidence(
        _ cell: String, _ metric: Metric, ratio: Double, p: Double = 1, pBetter: Double = 1,
        pairs: Int = 20
    ) -> Evidence {
        let baseline = metric == .throughput ? 21_600.0 : 46_200
        let candidate = metric.isBetterWhenMore ? baseline / ratio : baseline * ratio
        var found = Evidence(
            cell: cell, metric: metric, baseline: baseline, candidate: candidate, ratio: ratio,
            low: ratio / 1.02, high: ratio * 1.02, upper: ratio * 1.018, lower: ratio / 1.018,
            pWorse: p, pBetter: pBetter, floor: 1.012, pairs: pairs)
        found.pAdjusted = min(1, p * 4)
        return found
    }

    static var pass: Comparison {
        var comparison = Comparison(
            kind: .stored, baseline: "runs/main", candidate: "runs/change",
            rule: GateRule(tolerance: 0.05))
        comparison.evidence = [
            evidence(gcm, .throughput, ratio: 1.003), evidence(gcm, .serviceP50, ratio: 0.997),
            evidence(rsa, .throughput, ratio: 0.81, pBetter: 1e-6),
            evidence(rsa, .serviceP50, ratio: 0.968),
        ]
        comparison.control = [
            evidence("aes-gcm-256/256B/closed-4/none/null-module", .throughput, ratio: 1.001)
        ]
        comparison.neededPairs = 6
        comparison.verdict = .pass
        comparison.reasons = ["4 comparisons each lie within the tolerance of 5 %."]
        comparison.advice = "Nothing needs to be done."
        return comparison
    }

    static var regressed: Comparison {
        var comparison = Comparison(
            kind: .duel, baseline: "libold.so", candidate: "libnew.so",
            rule: GateRule(tolerance: 0.05))
        comparison.evidence = [
            evidence(gcm, .throughput, ratio: 1.121, p: 0.000_02),
            evidence(gcm, .serviceP50, ratio: 1.224, p: 0.000_001),
            evidence(rsa, .throughput, ratio: 0.9, pBetter: 0.000_2),
            evidence(rsa, .serviceP50, ratio: 1.034, p: 0.8),
        ]
        comparison.untested = [
            Comparison.Untested(
                cell: rsa, metric: .serviceP99,
                reason: "too few calls a round for a 99th percentile")
        ]
        comparison.allowsDifferences = true
        comparison.differences = [
            Comparison.Difference(
                condition: "cpu_model", baseline: "EPYC | 7763 <64>", candidate: nil)
        ]
        comparison.missing = ["aes-ctr-256/256B/closed-4/none"]
        comparison.notes = ["The first block was measured while the processor was throttled."]
        comparison.neededPairs = 10
        comparison.verdict = .regressed
        comparison.reasons = [
            "Compared although conditions differ, as was asked for: cpu_model.",
            "\(gcm), service p50: 22.4 % worse, beyond the tolerance of 5 %.",
            "\(gcm), throughput: 12.1 % worse, beyond the tolerance of 5 %.",
        ]
        comparison.advice = "Look for what made the candidate slower."
        return comparison
    }

    static var inconclusive: Comparison {
        var comparison = pass
        comparison.evidence[0] = evidence(gcm, .throughput, ratio: 1.04, p: 0.3, pairs: 5)
        comparison.evidence[1].floor = 1.09
        comparison.evidence[3].low = nil
        comparison.evidence[3].high = nil
        comparison.evidence[3].upper = nil
        comparison.evidence[3].floor = nil
        comparison.verdict = .inconclusive
        comparison.reasons = [
            "5 rounds of each cannot show a regression among 4 tests: 6 are needed."
        ]
        comparison.advice = "Measure both with --for-gate or --rounds 6."
        return comparison
    }

    static var invalid: Comparison {
        var comparison = Comparison(
            kind: .stored, baseline: "runs/main", candidate: "runs/change",
            rule: GateRule(tolerance: 0.05))
        comparison.invalid = [
            Comparison.InvalidCell(
                cell: gcm, side: "runs/change", reasons: ["the clock stood still (2 of 5 rounds)"])
        ]
        comparison.extra = [rsa]
        comparison.reasons = ["\(gcm) is INVALID in 'runs/change'."]
        comparison.advice = "Measure again what is INVALID."
        return comparison
    }

    /// Metrics that pass, and calls of the candidate that fail.
    static func failing(_ failed: UInt64, of calls: UInt64) -> Comparison {
        var comparison = pass
        comparison.failedCalls = [
            FailedCalls(
                cell: gcm, baseline: CallCounts(completed: calls),
                candidate: CallCounts(
                    completed: calls - failed, failed: ["CKR_DEVICE_ERROR": failed]))
        ]
        return comparison.judged()
    }

    /// What moved is the module that does nothing, and a cell of the anchor with it.
    static var movedControl: Comparison {
        var comparison = regressed
        comparison.control = [
            evidence("aes-gcm-256/256B/closed-4/none/null-module", .serviceP50, ratio: 1.3, p: 1e-6)
        ]
        comparison.verdict = .inconclusive
        comparison.reasons = ["The negative control moved."]
        return comparison
    }

    /// Names that mean something to each of the languages that a report is written in.
    static var hostile: Comparison {
        var comparison = regressed
        let name = "a|b`c\r\nd/<script>&\"'/::error title=x,y::%0A\u{1}\u{FFFF}\u{1B}[31m"
        comparison.baseline = name
        comparison.candidate = "[link](http://example.com) *bold* ]]>"
        for index in comparison.evidence.indices {
            comparison.evidence[index].cell = name + "\(index)"
        }
        comparison.invalid = [
            Comparison.InvalidCell(cell: name, side: name, reasons: [name])
        ]
        comparison.missing = [name]
        comparison.reasons = [name]
        comparison.advice = name
        return comparison
    }

    /// Very many cells, everything of them told at its longest.
    static func large(_ cells: Int, nameLength: Int = 60) -> Comparison {
        var comparison = regressed
        let keys = (0..<cells).map { index in
            "aes-gcm-256/\(index)B/" + String(repeating: "|", count: max(0, nameLength - 20))
        }
        comparison.evidence = keys.flatMap { key in
            Metric.allCases.map { evidence(key, $0, ratio: 1.2, p: 1e-12) }
        }
        comparison.control = keys.map { evidence($0, .serviceP50, ratio: 1) }
        comparison.invalid = keys.map {
            Comparison.InvalidCell(cell: $0, side: $0, reasons: [$0, $0])
        }
        comparison.untested = keys.map {
            Comparison.Untested(cell: $0, metric: .cpuTime, reason: $0)
        }
        comparison.differences = keys.map {
            Comparison.Difference(condition: $0, baseline: $0, candidate: $0)
        }
        (comparison.missing, comparison.extra, comparison.reasons) = (keys, keys, keys)
        comparison.advice = keys.prefix(20).joined()
        (comparison.baseline, comparison.candidate) = (comparison.advice, comparison.advice)
        return comparison
    }
}
