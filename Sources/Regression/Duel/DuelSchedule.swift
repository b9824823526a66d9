/// How long a duel goes on: told what came of each block, it answers whether there is to be
/// another.
package struct DuelSchedule: Equatable, Sendable {
    /// When there is a look.
    package let looks: DuelLooks
    /// Blocks that can be used.
    package private(set) var kept = 0
    /// Blocks that a lost round spoiled.
    package private(set) var lost = 0
    private var lostInARow = 0

    /// After so many blocks lost in a row the anchors are given up.
    package static let lossLimit = 5

    /// A duel of which no block was run.
    package init(_ looks: DuelLooks) { self.looks = looks }

    /// Whether there is to be another block.
    package enum Answer: Equatable, Sendable {
        case goOn
        case stop(Reason)
    }

    /// Why a duel ends.
    package enum Reason: Equatable, Sendable {
        /// A look decided it.
        case decided
        /// There are no more blocks to be had.
        case cap
        /// Too many blocks were lost.
        case losses
    }

    /// The number of the next block.
    package var next: Int { kept + lost + 1 }

    /// Tells of a block that can be used.
    ///
    /// - Parameter verdict: of all blocks so far; asked for only where there is a look.
    package mutating func keep(_ verdict: () -> GateVerdict) -> Answer {
        kept += 1
        lostInARow = 0
        guard looks.blocks.contains(kept) else { return .goOn }
        // More blocks would decide nothing that is decided, and mend nothing that is INVALID.
        guard verdict() == .inconclusive else { return .stop(.decided) }
        return kept < looks.most ? .goOn : .stop(.cap)
    }

    /// Tells of a block that was lost.
    package mutating func lose() -> Answer {
        lost += 1
        lostInARow += 1
        let isHopeless = lostInARow >= Self.lossLimit || lost >= looks.most
        return isHopeless ? .stop(.losses) : .goOn
    }
}
