import Units

/// A bound on the distinct records, or the calls, that one client may have in all.
///
/// It bounds the loss itself, whatever the rate. Its price are clients whose own use is larger.
package struct CumulativeBudget: Hashable, Sendable {
    /// The most that a client may have.
    package let limit: RecordCount

    /// A budget of so many.
    package init(_ limit: RecordCount) { self.limit = limit }

    /// The record, counted from 1, at which it fires for a thief with some identities, each with
    /// its own budget, who uses up all of them: one more than all of them may have.
    ///
    /// - Parameter spent: what the legitimate holder of each identity has used up already.
    package func firesAt(identities: Int = 1, spent: Double = 0) -> Double {
        Double(identities) * max(0, Double(limit.count) - spent) + 1
    }

    /// What is left on average of a client's budget by its own use: what a thief who has taken it
    /// over can open unnoticed.
    package func meanLeft(after use: CountDistribution) -> Double {
        use.meanLeft(below: limit.count)
    }

    /// The probability that a legitimate client exceeds its budget, which is a false alarm.
    ///
    /// - Parameter use: what such a client uses in the period for which the budget is.
    package func falseAlarmProbability(for use: CountDistribution) -> Double {
        use.probability(above: limit.count)
    }

    /// False alarms on average in one period of the budget, over clients that are alike.
    package func falseAlarms(clients: Int, each use: CountDistribution) -> Double {
        Double(clients) * falseAlarmProbability(for: use)
    }
}
