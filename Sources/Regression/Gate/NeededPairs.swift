/// How many rounds or blocks a comparison must have, so that it can find anything at all.
package enum NeededPairs {
    /// Fewer blocks than this are no duel.
    package static let fewestBlocks = 8
    /// Fewer rounds than this say nothing of their own spread.
    package static let fewestRounds = 3

    /// Rounds of each run without which no test can come out REGRESSED.
    ///
    /// Of C(2R, R) equally likely orders of R and R values one has all of the candidate's above all
    /// of the baseline's: no exact p is smaller (Mann and Whitney, 1947), and the smallest of
    /// several tests counts times their number (Holm, 1979).
    ///
    /// - Parameter tests: cells times metrics.
    package static func rounds(forTests tests: Int) -> Int {
        // C(2R + 2, R + 1) / C(2R, R) is 2 (2R + 1) / (R + 1).
        var (rounds, orders) = (1, 2.0)
        while Double(max(tests, 1)) / orders > GateRule.level {
            orders *= Double(2 * (2 * rounds + 1)) / Double(rounds + 1)
            rounds += 1
        }
        return rounds
    }

    /// Blocks of a duel without which no test can come out REGRESSED: the sign test has no smaller
    /// p than one half to the power of their number.
    ///
    /// - Parameters:
    ///   - tests: cells times metrics.
    ///   - share: the part of the level that the first look may spend.
    package static func blocks(forTests tests: Int, share: Double = 1) -> Int {
        var (blocks, p) = (0, Double(max(tests, 1)))
        while p > GateRule.level * share { (blocks, p) = (blocks + 1, p / 2) }
        return max(blocks, fewestBlocks)
    }
}
