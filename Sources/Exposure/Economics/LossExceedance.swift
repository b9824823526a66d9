/// How likely a loss is to exceed an amount (a loss exceedance curve).
package struct LossExceedance: Hashable, Sendable {
    /// An amount of money with the probability that a theft costs more.
    package struct Point: Hashable, Sendable {
        /// The amount, in the currency of the costs.
        package let amount: Double
        /// P(loss > amount).
        package let probability: Double

        package init(amount: Double, probability: Double) {
            (self.amount, self.probability) = (amount, probability)
        }
    }

    /// The curve from the least amount to the largest; probabilities fall.
    package let points: [Point]

    /// A curve.
    package init(points: [Point]) { self.points = points }
}
