import Foundation
import Results

extension GateRun {
    /// Reads a run from the two files of its folder that a gate needs.
    ///
    /// - Parameters:
    ///   - name: what it is called in sentences.
    ///   - json: `run.json`.
    ///   - rounds: `rounds.csv`.
    /// - Throws: `RunError` with one sentence: a file that is damaged, cut short or newer than this
    ///   tool, or two that are not of one run.
    package init(name: String, json: Data, rounds: [UInt8]) throws(RunError) {
        do {
            let head = try RunHead(json: json)
            let stored = try StoredRounds(parsing: rounds, of: head.cells.map(\.cell))
            try Self.check(stored, against: head)
            self.init(name: name, head, stored)
        } catch {
            throw RunError("'\(name)': \(error)")
        }
    }

    private init(name: String, _ head: RunHead, _ stored: StoredRounds) {
        var cells: [GateCell] = []
        for (held, rounds) in zip(head.cells, stored.rounds) where !held.cell.isBaseline {
            // What a partial run has not come to is nothing that it holds.
            guard !rounds.isEmpty || head.partial == nil else { continue }
            let verdict =
                rounds.isEmpty
                ? Verdict(reasons: ["not run"]) : Verdict.pooled(rounds.map(\.verdict))
            cells.append(
                GateCell(
                    key: held.cell.classedKey, isControl: held.cell.isFloor, verdict: verdict,
                    rounds: rounds.filter(\.verdict.isValid).map(\.round)
                        .sorted { $0.number < $1.number },
                    calls: CallCounts(summing: held.rounds.map(\.calls))))
        }
        let partial = head.partial.map {
            ["'\(name)' is a partial run: \($0); only what it holds is compared."]
        }
        self.init(
            name: name, conditions: head.conditions, circumstances: head.circumstances,
            notes: partial ?? [], cells: cells)
        isPartial = head.partial != nil
        origin = RunOrigin(head.provenance)
    }

    /// Holds the rounds of the table against those that the run says it has: a table that is cut at
    /// the end of a line looks whole.
    private static func check(
        _ stored: StoredRounds, against head: RunHead
    ) throws(RunError) {
        for (held, rounds) in zip(head.cells, stored.rounds) {
            let numbers = Set(rounds.map(\.round.number))
            guard numbers.count == rounds.count else {
                throw RunError(
                    "rounds.csv has a round of \(held.cell.classedKey) twice: it is damaged")
            }
            let expected = Set(held.rounds.map(\.number))
            // A run that was killed between two files has more in the table.
            guard numbers == expected || (head.partial != nil && expected.isSubset(of: numbers))
            else {
                throw RunError(
                    "rounds.csv has \(rounds.count) rounds of \(held.cell.classedKey), but "
                        + "run.json has \(held.rounds.count): it is damaged or cut short; copy the "
                        + "run's folder again, or measure anew")
            }
        }
    }
}
