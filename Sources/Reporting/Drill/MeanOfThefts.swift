import Latency

/// The mean of one value a theft, with its interval at 95 %.
struct MeanOfThefts: Hashable, Sendable {
    /// The arithmetic mean.
    let mean: Double
    /// The bounds of the interval; nil where one theft gives none.
    let low: Double?
    let high: Double?

    /// Student's t on the values themselves, because what is predicted is an arithmetic mean too.
    ///
    /// Where no value is negative, neither is the lower bound.
    ///
    /// - Returns: nil without a value.
    init?(_ values: [Double]) {
        let values = values.filter(\.isFinite)
        guard let least = values.min() else { return nil }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        guard values.count > 1 else {
            (low, high) = (nil, nil)
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares / (count - 1) / count).squareRoot()
        let reach = StudentT(degreesOfFreedom: values.count - 1).quantile(0.975) * error
        low = least >= 0 ? max(0, mean - reach) : mean - reach
        high = mean + reach
    }
}
