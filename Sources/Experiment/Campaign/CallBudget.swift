import Foundation
import Load
import Results
import Throttling
import Units

/// The calls that a run may make on its device, warm-ups included: all workers count them in one
/// file of the run's folder, so that neither a crash nor a kill forgets one.
struct CallBudget {
    private let calls: RecordCount
    private let path: String
    private let state: SharedState

    /// The file's name in the run's folder; it goes when the run is whole.
    static let name = ".calls"

    /// The budget of a run; nil where it has none.
    ///
    /// - Parameters:
    ///   - known: calls that the journal knows of; the count goes on from them where there is no
    ///     file.
    /// - Throws: `ExperimentError.output` where the file cannot be made, or counts the calls of
    ///   another limit: a count is never begun anew.
    init?(_ calls: RecordCount?, in folder: RunFolder, known: UInt64) throws(ExperimentError) {
        guard let calls else { return nil }
        path = folder.url.appending(path: Self.name).path
        do {
            state = try Self.state(at: path, .calls(calls), spent: min(known, calls.count))
        } catch {
            throw ExperimentError.output("the calls of the run cannot be counted: \(error)")
        }
        self.calls = calls
    }

    private static func state(
        at path: String, _ policy: Policy, spent: UInt64
    ) throws(SharedStateError) -> SharedState {
        if FileManager.default.fileExists(atPath: path) {
            do throws(SharedStateError) {
                return try SharedState(path: path, policy: policy)
            } catch {
                // What a kill left half made has counted no call.
                guard error.isUnfinished else { throw error }
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        try SharedState.create(at: path, for: policy, spent: spent)
        return try SharedState(path: path, policy: policy)
    }

    /// What the workers of a round need to take part; their warm-ups get half of what is left.
    var order: MeasureOrder.BudgetOrder {
        let left = calls.count - min(state.spent, calls.count)
        return MeasureOrder.BudgetOrder(
            calls: calls, beforeRelease: RecordCount(max(1, calls.count - (left + 1) / 2)),
            state: path)
    }

    /// Whether no call is left.
    var isSpent: Bool { state.spent >= calls.count }

    /// Why the run ends early.
    var sentence: String { "its limit of \(calls) calls was reached" }
}
