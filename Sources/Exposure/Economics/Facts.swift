import Results
import Units

/// What is documented of breaches, prices and guessing, each figure with its source.
package struct Facts: Sendable {
    /// The facts in the order of their file.
    package let all: [DocumentedFact]

    /// The facts that come with this program.
    package static let documented: Facts = {
        do {
            return try Facts(CSVRows(parsing: PackageResources.facts_csv))
        } catch {
            preconditionFailure("facts.csv, \(error)")
        }
    }()

    /// Facts from a table.
    ///
    /// - Throws: `CSVError` for a row that is not complete, or a name that stands twice.
    package init(_ table: CSVRows) throws(CSVError) {
        var (facts, names): ([DocumentedFact], Set<String>) = ([], [])
        for row in table.rows {
            let fact = try DocumentedFact(row)
            guard names.insert(fact.name).inserted else {
                throw CSVError(line: row.line, reason: "the name '\(fact.name)' stands twice")
            }
            facts.append(fact)
        }
        all = facts
    }

    /// The fact of a name; nil where there is none.
    package func named(_ name: String) -> DocumentedFact? { all.first { $0.name == name } }

    /// The facts whose names begin so, the newest first and those without a year last:
    /// `dwell`, `containment`.
    package func beginning(_ prefix: String) -> [DocumentedFact] {
        all.filter { $0.name.hasPrefix(prefix + "-") }
            .sorted { ($0.year ?? .min) > ($1.year ?? .min) }
    }

    /// The newest median time from intrusion to detection.
    package var dwell: DocumentedFact? { beginning("dwell").first }
    /// The newest mean time until a breach is identified and contained.
    package var containment: DocumentedFact? { beginning("containment").first }
}
