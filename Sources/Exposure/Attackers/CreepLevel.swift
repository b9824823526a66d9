import Foundation

extension Attack {
    /// The most operations of a period that keep every period of the horizon within bounds with the
    /// confidence wanted: the largest whole number, or less where the device does no more. None
    /// where the demand alone breaches sooner.
    func creepLevel(_ supply: Supply, _ watched: WatchedDemand) -> Double {
        let most = supply.served * watched.period
        var (kept, lost) = (0.0, max(1, min(most, watched.quietLimit + 1).rounded(.up)))
        if staysQuiet(adding: lost, watched) { return most }
        while lost - kept > 1 {
            let middle = ((kept + lost) / 2).rounded(.down)
            if staysQuiet(adding: middle, watched) { kept = middle } else { lost = middle }
        }
        return min(kept, most)
    }

    /// Whether no period of a horizon with so many added operations breaches, with the confidence
    /// wanted, over the weeks' hours in which a theft may begin.
    private func staysQuiet(adding operations: Double, _ watched: WatchedDemand) -> Bool {
        let logarithms = watched.breaches(adding: operations).map { log1p(-min(1, $0)) }
        let periods = (horizon / watched.period).rounded(.up)
        let sums = watched.prefixSums(of: logarithms)
        guard sums[watched.cycle] > -.infinity else { return false }
        let quiet =
            (0..<watched.cycle).reduce(0) { mean, start in
                mean + exp(watched.sum(sums, from: start, periods: periods))
            } / Double(watched.cycle)
        return quiet >= confidence
    }
}

extension WatchedDemand {
    /// The sums of a value of each kind over the periods of a cycle before each one; the last is
    /// that over all of them.
    func prefixSums(of values: [Double]) -> [Double] {
        var sums = [0.0]
        sums.reserveCapacity(cycle + 1)
        for kind in kinds { sums.append(sums[sums.count - 1] + values[kind]) }
        return sums
    }

    /// The sum over so many whole periods from a place of the cycle on, by its prefix sums.
    func sum(_ sums: [Double], from start: Int, periods: Double) -> Double {
        let cycles = (periods / Double(cycle)).rounded(.down)
        let end = start + Int(periods - cycles * Double(cycle))
        let ahead =
            end <= cycle
            ? sums[end] - sums[start] : sums[cycle] - sums[start] + sums[end - cycle]
        return cycles * sums[cycle] + ahead
    }
}
