import Foundation

/// The natural logarithm, under a name that no other module takes.
func logarithm(_ value: Double) -> Double { Foundation.log(value) }

/// An estimate with its interval at 95 %, all in the unit of what was estimated.
package struct Interval: Codable, Hashable, Sendable {
    /// The estimate: a geometric mean.
    package let estimate: Double
    /// The lower bound; nil where one round gives no interval.
    package let low: Double?
    /// The upper bound; nil where one round gives no interval.
    package let high: Double?

    /// An estimate with its bounds.
    package init(estimate: Double, low: Double?, high: Double?) {
        self.estimate = estimate
        self.low = low
        self.high = high
    }

    /// Student's t on the logarithms of one value a round, with R − 1 degrees of freedom.
    ///
    /// Calls within a round are not independent, so the spread between rounds is all that counts.
    ///
    /// - Parameter rounds: one positive value a round; others are left out.
    /// - Returns: nil where no value is positive.
    package init?(rounds: [Double], confidence: Double = 0.95) {
        let logarithms = rounds.filter { $0 > 0 && $0.isFinite }.map(logarithm)
        guard !logarithms.isEmpty else { return nil }
        let count = Double(logarithms.count)
        let mean = logarithms.reduce(0, +) / count
        estimate = Foundation.exp(mean)
        guard logarithms.count > 1 else {
            low = nil
            high = nil
            return
        }
        let squares = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares / (count - 1) / count).squareRoot()
        let t = StudentT(degreesOfFreedom: logarithms.count - 1)
            .quantile(0.5 + confidence / 2)
        low = Foundation.exp(mean - t * error)
        high = Foundation.exp(mean + t * error)
    }
}
