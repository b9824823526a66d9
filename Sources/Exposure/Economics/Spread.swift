/// A distribution of money or of a rate as its mean and four quantiles.
package struct Spread: Hashable, Sendable {
    /// The mean.
    package let mean: Double
    /// 5 of 100 lie below.
    package let p5: Double
    /// Half of them lie below.
    package let p50: Double
    /// 95 of 100 lie below.
    package let p95: Double
    /// Whether it is one value.
    package var isPoint: Bool { p5 == p95 && p50 == mean }

    /// The spread of draws, of which there is at least one.
    package init(_ draws: [Double]) {
        precondition(!draws.isEmpty, "a distribution has draws")
        self.init(sorted: draws.sorted())
    }

    init(sorted: [Double]) {
        // Divided first: the sum of the largest may be beyond a double.
        let count = Double(sorted.count)
        let isOneValue = sorted.first == sorted.last
        mean = isOneValue ? sorted[0] : sorted.reduce(0) { $0 + $1 / count }
        func quantile(_ share: Double) -> Double {
            sorted[min(sorted.count - 1, Int(share * count))]
        }
        (p5, p50, p95) = (quantile(0.05), quantile(0.5), quantile(0.95))
    }
}
