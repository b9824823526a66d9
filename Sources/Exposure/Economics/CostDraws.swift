import Units

/// What the prices may be together, drawn once: all thefts and all defences are told at the same
/// draws, so that what differs between them is not chance.
package struct CostDraws: Sendable {
    /// The costs that were drawn from.
    package let costs: Costs
    /// The thief's prices.
    package let thief: [ThiefPrices]
    /// What the defender loses with a record.
    let recordLoss: [Double]
    /// What a device costs an hour.
    let deviceHourly: [Double]
    /// What a denied legitimate call costs.
    let deniedCall: [Double]
    /// What looking into an alarm costs.
    let triage: [Double]

    /// How many draws there are where nobody says.
    package static let usualCount = 10_000

    /// Draws of each price, one apart from the other.
    package init(
        _ costs: Costs, count: Int = usualCount, using generator: inout SeededGenerator
    ) {
        precondition(count > 0, "a distribution has draws")
        self.costs = costs
        let ranges = ThiefPrices.Ranges(costs)
        thief = (0..<count).map { _ in ranges.draw(using: &generator) }
        func draws(_ item: CostItem, _ generator: inout SeededGenerator) -> [Double] {
            let range = costs[item]
            return (0..<count).map { _ in range.draw(using: &generator) }
        }
        recordLoss = draws(.recordLoss, &generator)
        deviceHourly = draws(.deviceHourly, &generator)
        deniedCall = draws(.deniedCall, &generator)
        triage = draws(.triage, &generator)
    }

    /// How many draws there are.
    package var count: Int { thief.count }

    /// Records an hour below which a theft does not pay.
    package func breakEvenPerHour(operationsPerRecord: Double = 1) -> Spread {
        Spread(thief.map { $0.breakEvenPerHour(operationsPerRecord: operationsPerRecord) })
    }
}
