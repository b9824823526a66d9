/// The levels that a demand has in its periods, in operations a second: counts that are Poisson at
/// a gamma-distributed level are negative binomial (Hilbe, Negative Binomial Regression, 2011,
/// 8.2).
package struct DemandLevels: Sendable {
    /// The demand.
    package let demand: DemandProfile
    /// Levels of each distinct mean, each as likely as the others.
    private let byMean: [Double: [Double]]

    /// How many levels stand for all of them.
    private static let count = 32

    /// The levels of a demand.
    package init(of demand: DemandProfile, on spread: some Spreading = InTurn()) {
        self.demand = demand
        let means = Set(demand.means).sorted()
        let levels = spread.map(means.count) { Self.levels(demand, mean: means[$0]) }
        byMean = Dictionary(uniqueKeysWithValues: zip(means, levels))
    }

    /// The levels in an hour of the week.
    func inHour(_ hour: Int) -> [Double] { byMean[demand.means[hour]] ?? [] }

    private static func levels(_ demand: DemandProfile, mean: Double) -> [Double] {
        let period = demand.period.seconds.value
        guard demand.dispersion > 1, mean > 0 else { return [mean / period] }
        // A count that is a thousand times as fine shows the level under it.
        let fine = 1_000.0
        let counts = CountDistribution(
            mean: mean * fine, dispersion: 1 + (demand.dispersion - 1) * fine)
        return (0..<count).map { step in
            let share = (Double(step) + 0.5) / Double(count)
            return Double(counts.quantile(share)) / fine / period
        }
    }
}
