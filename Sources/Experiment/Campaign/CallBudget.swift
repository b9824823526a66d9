import Foundation
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
    /// - Throws: `ExperimentError.output` where the file cannot be made.
    init?(_ calls: RecordCount?, in folder: RunFolder, known: UInt64) throws(ExperimentError) {
        guard let calls else { return nil }
        path = folder.url.appending(path: Self.name).path
        do {
            if let stored = try? SharedState(path: path) {
                state = stored
            } else {
                // What a kill left half made has counted no call.
                try? FileManager.default.removeItem(atPath: path)
                try SharedState.create(at: path, initialWord: min(known, calls.count))
                state = try SharedState(path: path)
            }
        } catch {
            throw ExperimentError.output("the calls of the run cannot be counted: \(error)")
        }
        self.calls = calls
    }

    /// What the workers of a round need to take part; their warm-ups get half of what is left.
    var order: MeasureOrder.BudgetOrder {
        let left = calls.count - min(state.word, calls.count)
        return MeasureOrder.BudgetOrder(
            calls: calls, beforeRelease: RecordCount(max(1, calls.count - (left + 1) / 2)),
            state: path)
    }

    /// Whether no call is left.
    var isSpent: Bool { state.word >= calls.count }

    /// Why the run ends early.
    var sentence: String { "its limit of \(calls) calls was reached" }
}
