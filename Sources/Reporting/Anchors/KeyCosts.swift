import Foundation
import Latency
import Regression
import Results

/// What a stored key costs against a key of the session: of each module that was run with both, on
/// machines that look alike.
struct KeyCosts {
    /// Each load that both kinds of keys were measured under.
    let rows: [KeyCost]
    /// Pairs of runs of one module on unlike machines, which show nothing of its keys.
    let unlike: [(stored: MeasuredAnchor, session: MeasuredAnchor)]

    /// The pairs among the anchors of each ranking.
    init(_ rankings: [AnchorRanking]) {
        var rows: [KeyCost] = []
        var unlike: [(stored: MeasuredAnchor, session: MeasuredAnchor)] = []
        for ranking in rankings {
            for (stored, session) in Self.pairs(ranking.measured) {
                guard stored.anchor.isOnMachine(of: session.anchor) else {
                    let isKnown = unlike.contains {
                        $0.stored.name == stored.anchor.name
                            && $0.session.name == session.anchor.name
                    }
                    if !isKnown { unlike.append((stored.anchor, session.anchor)) }
                    continue
                }
                rows += stored.usable.compactMap { result in
                    session.usable.first { $0.cell.loadName == result.cell.loadName }
                        .flatMap { KeyCost(ranking.subject, stored, session, result, $0) }
                }
            }
        }
        (self.rows, self.unlike) = (rows, unlike)
    }

    /// Each stored key with each session key of the same module and kind of token.
    private static func pairs(
        _ figures: [AnchorFigures]
    ) -> [(stored: AnchorFigures, session: AnchorFigures)] {
        figures.filter { $0.keyKind == .token }.flatMap { stored in
            figures.filter { $0.keyKind == .session && $0.anchor.isModule(of: stored.anchor) }
                .map { (stored: stored, session: $0) }
        }
    }

    /// The row that a sentence speaks of for each pair of runs and subject: that of one caller
    /// where there is one, else the first.
    var headline: [KeyCost] {
        var found: [KeyCost] = []
        for row in rows {
            guard let index = found.firstIndex(where: { $0.isOfPair(of: row) }) else {
                found.append(row)
                continue
            }
            if row.callers < found[index].callers { found[index] = row }
        }
        return found
    }
}

/// A stored key against a key of the session, on one subject under one load.
struct KeyCost {
    let subject: String
    let stored: MeasuredAnchor
    let session: MeasuredAnchor
    /// The load, and its callers.
    let load: String
    let callers: Int
    /// Calls a second with the stored key.
    let storedRate: Interval
    /// Calls a second with the session's key.
    let sessionRate: Interval
    /// How many times as fast the session's key is, with its interval.
    ///
    /// The rounds of two runs are independent samples: the estimate and the bounds are those of
    /// the rank-sum test on their logarithms, as a gate compares stored runs.
    let ratio: Interval

    /// A chance of one in twenty that the interval misses.
    private static let level = 0.05

    fileprivate init?(
        _ subject: String, _ stored: AnchorFigures, _ session: AnchorFigures,
        _ storedResult: CellResult, _ sessionResult: CellResult
    ) {
        let samples = [storedResult, sessionResult].map { result in
            result.usable.map(\.throughput).filter { $0 > 0 }.map { Foundation.log($0) }
        }
        guard let storedRate = storedResult.throughput,
            let sessionRate = sessionResult.throughput, samples.allSatisfy({ !$0.isEmpty })
        else { return nil }
        let test = RankSum(
            baseline: samples[0], candidate: samples[1],
            distribution: RankSumDistribution(samples[0].count, samples[1].count))
        let bounds = test.interval(level: Self.level)
        self.subject = subject
        (self.stored, self.session) = (stored.anchor, session.anchor)
        (load, callers) = (storedResult.cell.loadName, storedResult.cell.callers)
        (self.storedRate, self.sessionRate) = (storedRate, sessionRate)
        ratio = Interval(
            estimate: Foundation.exp(test.shift),
            low: bounds.map { Foundation.exp($0.lowerBound) },
            high: bounds.map { Foundation.exp($0.upperBound) })
    }

    fileprivate func isOfPair(of other: KeyCost) -> Bool {
        subject == other.subject && stored.name == other.stored.name
            && session.name == other.session.name
    }

    /// What the module is called: the token's model, else the module's file.
    var module: String { stored.fact("token_model") ?? stored.fact("module_path") ?? "unknown" }
}

extension MeasuredAnchor {
    /// Whether another run called the same module and kind of token: by the digest of the module's
    /// file, or by its path where no digest is known.
    fileprivate func isModule(of other: MeasuredAnchor) -> Bool {
        let file = fact("module_sha256") ?? fact("module_path")
        return file != nil && file == other.fact("module_sha256") ?? other.fact("module_path")
            && fact("token_model") == other.fact("token_model")
    }

    /// Whether another run was made with the same processors, and as many.
    fileprivate func isOnMachine(of other: MeasuredAnchor) -> Bool {
        ["cpu_model", "cpu_count"].allSatisfy {
            run.provenance.host[$0]?.value == other.run.provenance.host[$0]?.value
        }
    }
}
