import Foundation
import Results
import Units

/// Everything that was measured of a capacity: what `capacity.json` holds and its report is made
/// from.
package struct CapacityRun: Codable, Equatable, Sendable {
    /// The version of this layout.
    package let schemaVersion: Int
    /// The scenario as resolved and cut down to what was measured.
    package var scenario: Scenario
    /// The seed of arrivals and orders.
    package let seed: UInt64
    /// Where the figures come from.
    package var provenance: Provenance
    /// What falls due in the open rounds, but for its rate: key, record, callers, processes,
    /// throttle.
    package var cell: Cell
    /// The closed loads, without a throttle.
    package var concurrency: [ConcurrencyPoint]
    /// What the search found; nil where it was not begun.
    package var result: CapacityResult?
    /// The round of each step of the search.
    package var rounds: [CapacityRound]
    /// Why the answer is not whole; nil where it is.
    package var partial: String?
    /// What a reader must know besides, in sentences.
    package var notes: [String]

    /// The version that this tool writes.
    package static let currentSchema = 1

    /// A run that has just begun.
    package init(
        scenario: Scenario, seed: UInt64, provenance: Provenance, cell: Cell,
        concurrency: [ConcurrencyPoint] = [], result: CapacityResult? = nil,
        rounds: [CapacityRound] = [], partial: String?, notes: [String] = []
    ) {
        schemaVersion = Self.currentSchema
        self.scenario = scenario
        self.seed = seed
        self.provenance = provenance
        self.cell = cell
        self.concurrency = concurrency
        self.result = result
        self.rounds = rounds
        self.partial = partial
        self.notes = notes
    }

    /// The round of a step of the search; nil where it was lost.
    package func round(ofStep number: Int) -> Round? {
        rounds.first { $0.step == number }?.round
    }

    /// Whether it is a first look, as `--quick` takes: no closed load has a second round.
    package var isFirstLook: Bool { scenario.rounds < 2 }

    /// The JSON of `capacity.json`: sorted keys, so that equal runs are equal texts.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

/// The round in which a step of a capacity search was measured.
package struct CapacityRound: Codable, Equatable, Sendable {
    /// The step's number, from 1.
    package let step: Int
    /// Its figures.
    package let round: Round

    /// A round of a step.
    package init(step: Int, round: Round) { (self.step, self.round) = (step, round) }
}
