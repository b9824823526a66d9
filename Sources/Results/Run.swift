import Foundation

/// Everything that a run measured: what `run.json` holds and all else is made from.
package struct Run: Codable, Equatable, Sendable {
    /// The version of this layout; a reader refuses a newer one.
    package let schemaVersion: Int
    /// The scenario as resolved; what is projected from a run may differ from what it was made for.
    package var scenario: Scenario
    /// The seed of the cells' order.
    package let seed: UInt64
    /// Where the figures come from.
    package var provenance: Provenance
    /// The cells in the order of the plan.
    package var cells: [CellResult]
    /// How many records one call opens, where that was tried.
    @UsuallyAbsent package var batching: [BatchingAudit] = []
    /// The document that the figures are from; nil for a run that was measured.
    package var documented: DocumentedSource?
    /// Why the run is not whole; nil once every cell has all its rounds.
    package var partial: String?
    /// What a reader must know besides, in sentences.
    package var notes: [String]

    /// The version that this tool writes.
    package static let currentSchema = 1

    /// A run that has just begun.
    package init(
        scenario: Scenario, seed: UInt64, provenance: Provenance, cells: [CellResult],
        partial: String?, notes: [String] = []
    ) {
        schemaVersion = Self.currentSchema
        self.scenario = scenario
        self.seed = seed
        self.provenance = provenance
        self.cells = cells
        self.partial = partial
        self.notes = notes
    }

    /// The JSON of `run.json`: sorted keys, so that equal runs are equal texts.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads `run.json`.
    ///
    /// - Throws: `RunError` with one sentence.
    package init(json: Data) throws(RunError) {
        struct Version: Decodable { let schemaVersion: Int }
        let decoder = JSONDecoder()
        guard let version = try? decoder.decode(Version.self, from: json) else {
            throw RunError("run.json is no JSON of a run, or is cut short")
        }
        guard version.schemaVersion <= Self.currentSchema else {
            throw RunError(
                "run.json has schema version \(version.schemaVersion), but this anchorbench reads "
                    + "at most \(Self.currentSchema): use a newer anchorbench")
        }
        do {
            self = try decoder.decode(Run.self, from: json)
        } catch {
            throw RunError("run.json is damaged: \(error)")
        }
    }
}

/// Why a stored run cannot be read.
package struct RunError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
