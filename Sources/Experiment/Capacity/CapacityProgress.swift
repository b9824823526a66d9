import Regression
import Results
import Units

/// What a search for a capacity tells whoever watches it.
package enum CapacityProgress: Sendable {
    /// The anchor is being made ready.
    case preparing
    /// A round of a closed load is over; positions count from 1.
    case closed(ConcurrencyPoint, position: Int, of: Int)
    /// The search begins at a closed peak, in calls a second.
    case peak(Double, ConcurrencyPoint)
    /// A step begins.
    case step(SearchStep)
    /// It is over.
    case judged(FinishedStep, Round)
    /// Something a watcher should know at once.
    case note(String)
}
