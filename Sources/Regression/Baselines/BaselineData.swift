import Foundation
import Results

extension GateRun {
    /// The run in the few kilobytes that a later comparison needs: one line, sorted keys.
    package var baselineData: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a run is plain data")
        }
        return data + Data("\n".utf8)
    }

    /// Reads what `baselineData` wrote.
    ///
    /// - Throws: `RunError` with one sentence.
    package init(baselineData data: Data, named name: String) throws(RunError) {
        do {
            self = try JSONDecoder().decode(GateRun.self, from: data)
        } catch {
            throw RunError(
                "'\(name)' is no baseline, or is damaged: restore it from git, or remove it and "
                    + "record a new one")
        }
    }

    /// Whether later runs may be held against it, when it is the first of its environment: every
    /// cell may be used.
    package var canBeBaseline: Bool {
        let cells = cells.filter { !$0.isControl }
        return !cells.isEmpty && failing.isEmpty
            && cells.allSatisfy { $0.verdict.isValid && !$0.rounds.isEmpty }
    }

    /// Its cells of whose calls so many failed that nothing may be held against them.
    fileprivate var failing: [GateCell] {
        cells.filter { !$0.isControl && $0.calls?.isRemarkable ?? false }
    }
}

extension Comparison {
    /// The verdict on the first run of an environment: there is nothing yet to hold it against.
    package init(first run: GateRun, rule: GateRule) {
        self.init(
            kind: .stored, baseline: Self.noBaseline, candidate: run.name, rule: rule)
        invalid = run.cells.filter { !$0.isControl && !$0.verdict.isValid }.map {
            InvalidCell(cell: $0.key, side: run.name, reasons: $0.verdict.reasons)
        }
        candidateOrigin = run.origin
        notes = run.notes
        guard run.canBeBaseline else {
            reasons = run.failing.map { cell in
                "'\(run.name)' cannot become a baseline: "
                    + "\(FailedCallsWording.failed(cell.calls)) of \(cell.key), and of a run that "
                    + "others are held against no more than "
                    + "\(Percent.share(Judgement.failedRemark)) of the calls of a cell may fail."
            }
            guard reasons.isEmpty else {
                advice = "Find out why calls fail, and measure again."
                return
            }
            reasons = [
                "'\(run.name)' cannot become a baseline: not all of its figures may be used."
            ]
            advice = "Measure again; cells.csv in the run's folder says what is INVALID, and why."
            return
        }
        extra = run.cells.filter { !$0.isControl }.map(\.key)
        verdict = .inconclusive
        reasons = ["There is no baseline for this environment yet; '\(run.name)' is the first."]
        advice = "Measure again after the next change: it is compared with this run."
    }

    /// Whether its candidate is what later runs are held against.
    ///
    /// Only what passed: were a run that may have become slower taken, the next would be held
    /// against the slower one, and nothing would ever be found.
    ///
    /// Nor one whose calls fail more often, be it too seldom to be REGRESSED.
    package var makesBaseline: Bool {
        verdict == .pass && failedCalls.allSatisfy(\.makesBaseline)
    }
}
