import Foundation
import Units

/// What a theft costs the defender: records lost times what the defender loses with each.
package struct MonetaryLoss: Hashable, Sendable {
    /// P(loss > amount) at about sixty amounts, evenly spaced on a log axis.
    package let exceedance: LossExceedance
    /// The mean, the median and the 95 % quantile.
    package let spread: Spread

    /// The mean loss of a theft.
    package var expected: Double { spread.mean }

    private static let pointCount = 60

    /// The loss by thefts of so many records, which are taken evenly from their quantiles.
    package init(records: Quantiles, prices: CostDraws) {
        let losses = zip(prices.recordLoss, records.values(prices.count))
            .map(Money.product).sorted()
        spread = Spread(sorted: losses)
        exceedance = LossExceedance(points: Self.points(of: losses))
    }

    /// From just below the least loss that is one, where all that lose anything exceed it, to the
    /// largest, which none exceeds.
    private static func points(of losses: [Double]) -> [LossExceedance.Point] {
        let count = Double(losses.count)
        guard let least = losses.first(where: { $0 > 0 }), let most = losses.last else {
            return [LossExceedance.Point(amount: 0, probability: 0)]
        }
        let (first, last) = (log(least), log(most))
        var amounts = [least.nextDown]
        for step in 1..<(pointCount - 1) {
            let amount = exp(first + (last - first) * (Double(step) / Double(pointCount - 1)))
            if amount > amounts[amounts.count - 1], amount < most { amounts.append(amount) }
        }
        var index = 0
        return (amounts + [most]).map { amount in
            while index < losses.count, losses[index] <= amount { index += 1 }
            return LossExceedance.Point(
                amount: amount, probability: Double(losses.count - index) / count)
        }
    }
}
