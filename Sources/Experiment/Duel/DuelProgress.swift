import Regression
import Units

/// What a duel tells whoever watches it.
package enum DuelProgress: Sendable {
    /// The anchors are being made ready.
    case preparing
    /// Measuring begins.
    case started(DuelLooks, blockTime: Seconds)
    /// A block begins; of those that can be used there are so many.
    case block(number: Int, kept: Int)
    /// It can be used: what all of them show so far.
    case finished(kept: Int, [Evidence])
    /// It cannot, and why.
    case lost(number: Int, reason: String)
    /// Something a watcher should know at once.
    case note(String)
    /// There was a look, and the duel goes on.
    case undecided(kept: Int)
}
