import Results
import Synchronization
import Units

/// What a run tells whoever watches it.
package enum RunProgress: Sendable {
    /// The anchor is being made ready.
    case preparing
    /// Measuring begins: rounds to run in all, each of every cell counted, and the two classes of a
    /// mixed load as one.
    case started(total: Int, estimate: Seconds)
    /// A round of a cell begins; `position` counts from 1.
    case round(Cell, number: Int, position: Int)
    /// It is over; told of each class of a mixed load, with the same position.
    case finished(Cell, Round, position: Int)
    /// Nothing was measured in it, because the device refuses what the cell asks for.
    case refused(Cell, Round, position: Int)
    /// Something a watcher should know at once.
    case note(String)
}

/// Asks a run to stop after Ctrl-C.
package final class Interruption: Sendable {
    private let state = Mutex<(isSet: Bool, action: (@Sendable () -> Void)?)>((false, nil))

    package init() {}

    /// Whether the run was asked to stop.
    package var isSet: Bool { state.withLock { $0.isSet } }

    /// Asks the run to stop.
    package func set() {
        let action = state.withLock { state in
            state.isSet = true
            return state.action
        }
        action?()
    }

    /// What to do at once when asked; nil for nothing.
    func onSet(_ action: (@Sendable () -> Void)?) { state.withLock { $0.action = action } }
}
