/// When a duel is looked at, and how much of the gate's level each look may spend.
///
/// Who looks once at 20 blocks must leave undecided what 40 would have shown; who looks after every
/// block until something is seen will see it, whether it is there or not. Here the numbers of
/// blocks are fixed beforehand and the level is shared out among the looks: half of it for the
/// first, where most duels end, the rest in equal parts. By Bonferroni's inequality the chance that
/// any look errs is at most the sum of their chances, whatever the looks have in common, so both
/// hold for the duel as a whole:
///
/// * a p at a look counts as itself over the look's share, and the least of those of the looks made
///   is again a p: below a level with a chance of at most that level;
/// * a bound taken at a look's share of the level fails there with that chance at most, so the
///   tightest of the looks made fails with the level at most.
///
/// A duel that ends between two looks, as Ctrl-C ends it, is looked at once more with the share of
/// the look that is then not made.
package struct DuelLooks: Equatable, Sendable {
    /// Blocks after which there is a look, in ascending order.
    package let blocks: [Int]

    /// The fewest blocks that say anything: with 7 the chance that all fall on one side is 1/128,
    /// and half of a level of 1/100 is less.
    package static let fewestBlocks = NeededPairs.fewestBlocks

    /// Looks after the first number of blocks, at the cap, and halfway between the two.
    package init(first: Int, most: Int) {
        precondition(first >= Self.fewestBlocks && most >= first, "a duel has blocks to look at")
        blocks = Set([first, (first + most) / 2, most]).sorted()
    }

    /// The most blocks.
    package var most: Int { blocks[blocks.count - 1] }

    /// One look.
    package struct Look: Equatable, Sendable {
        /// How many blocks there are to be seen.
        package let blocks: Int
        /// Its share of the level.
        package let share: Double
    }

    /// The share of the level that the look at an index may spend.
    func share(ofLook index: Int) -> Double {
        guard blocks.count > 1 else { return 1 }
        return index == 0 ? 0.5 : 0.5 / Double(blocks.count - 1)
    }

    /// The looks that were made.
    ///
    /// - Parameters:
    ///   - kept: how many blocks there are.
    ///   - isOver: whether there will be no more.
    package func made(after kept: Int, isOver: Bool) -> [Look] {
        var made = blocks.indices.filter { blocks[$0] <= kept }.map {
            Look(blocks: blocks[$0], share: share(ofLook: $0))
        }
        let isBetween = made.count < blocks.count && !blocks.contains(kept)
        if isOver, isBetween, kept >= Self.fewestBlocks {
            made.append(Look(blocks: kept, share: share(ofLook: made.count)))
        }
        return made
    }

    /// The fewest blocks with which so many tests together can call anything REGRESSED: all of them
    /// on one side are 2⁻ⁿ.
    package func neededBlocks(tests: Int) -> Int {
        NeededPairs.blocks(forTests: tests, share: share(ofLook: 0))
    }
}
