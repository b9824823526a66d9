import Units

/// What a theft costs and brings a thief, at one value for each price: their means, or a draw.
package struct ThiefPrices: Hashable, Sendable {
    /// What he is paid for a record.
    package let record: Double
    /// What an hour costs him.
    package let hourly: Double
    /// What he has spent before the first record.
    package let fixed: Double
    /// What an anchored operation costs him.
    package let operation: Double

    /// Prices.
    package init(record: Double, hourly: Double, fixed: Double = 0, operation: Double = 0) {
        (self.record, self.hourly) = (record, hourly)
        (self.fixed, self.operation) = (fixed, operation)
    }

    /// What a theft costs: fixed + hourly · T + operations · unit cost; infinite for one that never
    /// ends, unless his hours cost nothing.
    package func cost(of time: Seconds, operations: Double) -> Double {
        fixed + Money.product(hourly, time.value / Money.secondsPerHour)
            + Money.product(operation, operations)
    }

    /// What he is paid for records.
    package func income(from records: Double) -> Double { Money.product(record, records) }

    /// What is left to him; negative where the theft does not pay, and −∞ where it costs without
    /// end.
    package func profit(
        from records: Double, in time: Seconds, operations: Double
    ) -> Double {
        let cost = cost(of: time, operations: operations)
        return cost == .infinity ? -.infinity : income(from: records) - cost
    }

    /// Records an hour below which no theft pays, however long: hourly cost over what a record
    /// leaves after its operations; infinite where it leaves nothing.
    package func breakEvenPerHour(operationsPerRecord: Double = 1) -> Double {
        let margin = record - Money.product(operation, operationsPerRecord)
        guard margin > 0 else { return .infinity }
        return hourly / margin
    }

    /// What the prices may be.
    struct Ranges {
        let record: PERT
        let hourly: PERT
        let fixed: PERT
        let operation: PERT

        init(_ costs: Costs) {
            (record, hourly) = (costs[.recordPrice], costs[.attackerHourly])
            (fixed, operation) = (costs[.attackerFixed], costs[.operation])
        }

        /// All at their means.
        var mean: ThiefPrices {
            ThiefPrices(
                record: record.mean, hourly: hourly.mean, fixed: fixed.mean,
                operation: operation.mean)
        }

        /// Prices drawn one apart from the other.
        func draw(using generator: inout SeededGenerator) -> ThiefPrices {
            ThiefPrices(
                record: record.draw(using: &generator), hourly: hourly.draw(using: &generator),
                fixed: fixed.draw(using: &generator), operation: operation.draw(using: &generator))
        }
    }
}

/// Arithmetic of prices.
enum Money {
    static let secondsPerHour = 3_600.0

    /// Nothing times infinitely many is nothing.
    static func product(_ price: Double, _ count: Double) -> Double {
        price == 0 || count == 0 ? 0 : price * count
    }
}
