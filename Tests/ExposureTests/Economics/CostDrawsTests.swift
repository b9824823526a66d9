import Exposure
import Results
import Testing
import Units

@Suite("Prices drawn together")
struct CostDrawsTests {
    @Test("the same seed draws the same, and each price keeps to its range", arguments: 1...5)
    func draws(seed: UInt64) {
        let costs = Costs(CostSettings())
        var (first, second) = (SeededGenerator(seed: seed), SeededGenerator(seed: seed))
        let prices = CostDraws(costs, count: 2_000, using: &first)
        #expect(prices.thief == CostDraws(costs, count: 2_000, using: &second).thief)
        #expect(prices.count == 2_000)
        let record = costs[.recordPrice]
        #expect(prices.thief.allSatisfy { record.low <= $0.record && $0.record <= record.high })
        let mean = prices.thief.reduce(0) { $0 + $1.record / 2_000 }
        #expect(isClose(mean, record.mean, within: 0.1), "seed \(seed): \(mean)")
        #expect(Set(prices.thief.map(\.hourly)).count > 1_900, "seed \(seed)")
    }

    @Test("the price and the hourly cost are drawn one apart from the other")
    func independent() {
        var generator = SeededGenerator(seed: 3)
        let thief = CostDraws(Costs(CostSettings()), using: &generator).thief
        let count = Double(thief.count)
        let (record, hourly) = (
            thief.reduce(0) { $0 + $1.record } / count, thief.reduce(0) { $0 + $1.hourly } / count
        )
        let covariance = thief.reduce(0) { $0 + ($1.record - record) * ($1.hourly - hourly) }
        let spread = thief.reduce((0.0, 0.0)) {
            (
                $0.0 + ($1.record - record) * ($1.record - record),
                $0.1 + ($1.hourly - hourly) * ($1.hourly - hourly)
            )
        }
        let correlation = covariance / (spread.0 * spread.1).squareRoot()
        #expect(abs(correlation) < 0.05, "\(correlation)")
    }
}
