import ArgumentParser
import Experiment
import Foundation
import Regression

/// Where the baseline comes from when no folder of a run is named, and whether the candidate is
/// taken down.
struct BaselineOptions: ParsableArguments {
    /// Where a baseline comes from.
    enum Source: String, CaseIterable, ExpressibleByArgument {
        /// From the store, by the candidate's conditions and cells.
        case auto
    }

    @Option(
        name: .customLong("baseline"),
        help: ArgumentHelp(
            "auto: compare with what the store has for the candidate's conditions and cells.",
            valueName: "auto"))
    var source: Source?

    @Option(
        help: ArgumentHelp(
            "The store of --baseline auto: history.csv and the baselines; by default results.",
            valueName: "folder"),
        completion: .directory)
    var store: String?

    @Flag(
        help: """
            Add the candidate to the history; where it passed, or is the first, later runs are \
            compared with it.
            """)
    var record = false

    @Option(help: "What was measured, such as a commit, for the history.")
    var label: String?

    func validate() throws {
        guard source == nil else { return }
        if record { throw ValidationError("--record goes with --baseline auto: say that too") }
        if let store {
            throw ValidationError(
                "--store \(store) goes with --baseline auto: say that too, or leave --store out")
        }
        if label != nil { throw ValidationError("--label goes with --record: say that too") }
    }

    /// Compares a run with its baseline, and takes it down where that was asked for.
    ///
    /// - Parameters:
    ///   - compare: compares two runs, the baseline first.
    ///   - rule: the rule, for a run that has no baseline yet.
    /// - Returns: the verdict, and why the run could not be taken down where it could not.
    /// - Throws: `ExperimentError.missingInput` where there is no baseline and none is to be made;
    ///   errors of the store.
    func compared(
        _ candidate: GateRun, rule: GateRule, by compare: (GateRun, GateRun) -> Comparison
    ) throws -> (comparison: Comparison, failure: (any Error)?) {
        let store = BaselineStore(at: self.store ?? "results")
        let place = try store.place(of: candidate)
        var comparison: Comparison
        if let baseline = place.baseline {
            comparison = compare(baseline, candidate)
        } else if record {
            comparison = Comparison(first: candidate, rule: rule)
            if !place.differences.isEmpty { comparison.reasons.append(Self.sentence(place) + ".") }
        } else {
            throw ExperimentError.missingInput(
                "'\(store.path(History.fileName))' has no baseline for the conditions and cells of "
                    + "'\(candidate.name)'"
                    + (place.differences.isEmpty ? "" : "; " + Self.sentence(place).lowercasedFirst)
                    + ": add --record to make this run the first, or name a baseline's folder")
        }
        guard record else { return (comparison, nil) }
        do {
            comparison.reasons.append(
                try store.record(
                    candidate, at: place, comparison, time: Date(), label: label))
            return (comparison, nil)
        } catch {
            return (comparison, error)
        }
    }

    private static func sentence(_ place: BaselineStore.Place) -> String {
        "The newest baseline of the store differs in \(place.differences.joined(separator: ", "))"
    }
}

extension String {
    /// The sentence as it goes on after a semicolon.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
