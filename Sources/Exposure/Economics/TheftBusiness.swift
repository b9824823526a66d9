import Units

/// Whether a theft pays: what the thief puts in, what he is paid, and what is left to him while an
/// alarm may stop him.
package struct TheftBusiness: Hashable, Sendable {
    /// What it costs the thief.
    package let cost: Spread
    /// What he is paid.
    package let income: Spread
    /// Income less cost; its mean is the expected profit.
    package let profit: Spread
    /// The share of the thefts that leave him anything.
    package let pays: Double

    /// The business of thefts that end, by an alarm or the horizon, after so long with so much.
    ///
    /// Whoever is stopped later holds more: the same share of the thefts lies below both.
    ///
    /// - Parameters:
    ///   - records: records that the thief holds in the end.
    ///   - window: seconds from his first call to the last.
    ///   - timeToAll: when he holds all that there is and goes; never without an end.
    ///   - operationsPerRecord: anchored operations that he pays for each record.
    package init(
        records: Quantiles, window: Quantiles, timeToAll: Seconds = .never,
        operationsPerRecord: Double = 1, prices: CostDraws
    ) {
        let thefts = zip(records.values(prices.count), window.values(prices.count))
        var (cost, income, profit): ([Double], [Double], [Double]) = ([], [], [])
        for (drawn, (records, seconds)) in zip(prices.thief, thefts) {
            // Who has everything pays for no more hours.
            let time = min(Seconds(seconds), timeToAll)
            let operations = records * operationsPerRecord
            cost.append(drawn.cost(of: time, operations: operations))
            income.append(drawn.income(from: records))
            profit.append(drawn.profit(from: records, in: time, operations: operations))
        }
        pays = Double(profit.count { $0 > 0 }) / Double(prices.count)
        self.cost = Spread(cost)
        self.income = Spread(income)
        self.profit = Spread(profit)
    }
}
