import Exposure
import Results
import Testing
import Units

@Suite("The business of a theft")
struct TheftBusinessTests {
    /// Prices that are known, and nothing for whatever is not named.
    private func costs(
        record: Double = 1, hourly: Double = 20, fixed: Double = 0, operation: Double = 0
    ) -> Costs {
        var settings = CostSettings()
        settings.recordPrice = ThreePoint(record)
        settings.attackerHourly = ThreePoint(hourly)
        settings.attackerFixed = ThreePoint(fixed)
        settings.operation = ThreePoint(operation)
        return Costs(settings)
    }

    @Test("at 1 a record and 20 an hour a theft pays from 20 records an hour on")
    func breakEven() {
        let prices = ThiefPrices(record: 1, hourly: 20)
        #expect(prices.breakEvenPerHour() == 20)
        let hours = Seconds(50 * 3_600)
        #expect(isClose(prices.profit(from: 50 * 20, in: hours, operations: 1_000), 0))
        #expect(prices.profit(from: 50 * 19, in: hours, operations: 950) == -50)
        #expect(prices.profit(from: 50 * 21, in: hours, operations: 1_050) == 50)
    }

    @Test("operations that cost something raise the break-even, without end where they eat it all")
    func paidOperations() {
        let prices = ThiefPrices(record: 1, hourly: 20, fixed: 7, operation: 0.5)
        #expect(prices.breakEvenPerHour() == 40)
        #expect(prices.breakEvenPerHour(operationsPerRecord: 0.2) == 20 / 0.9)
        #expect(prices.breakEvenPerHour(operationsPerRecord: 2) == .infinity)
        #expect(prices.cost(of: Seconds(7_200), operations: 10) == 7 + 40 + 5)
        #expect(ThiefPrices(record: 0, hourly: 20).breakEvenPerHour() == .infinity)
        #expect(ThiefPrices(record: 1, hourly: 0).breakEvenPerHour() == 0)
    }

    @Test("a theft without an end costs without end, unless its hours are free")
    func never() {
        let prices = ThiefPrices(record: 1, hourly: 20)
        #expect(prices.cost(of: .never, operations: 1) == .infinity)
        #expect(prices.profit(from: 1e18, in: .never, operations: 1e18) == -.infinity)
        let free = ThiefPrices(record: 1, hourly: 0, fixed: 3)
        #expect(free.profit(from: 10, in: .never, operations: 10) == 7)
        let (most, ages) = (1e18, Seconds(1e6 * 31_557_600))
        let dear = ThiefPrices(record: 1e15, hourly: 1e15, fixed: 1e15, operation: 1e15)
        #expect(dear.profit(from: most, in: ages, operations: most).isFinite)
    }

    @Test("the chance of containment is weighed: of four thefts the two long ones pay")
    func containment() {
        // 100 records an hour, 200 spent before: two hours bring nothing yet.
        let hours = [1.0, 2, 5, 10]
        var generator = SeededGenerator(seed: 1)
        let business = TheftBusiness(
            records: Quantiles(sample: hours.map { $0 * 100 }.reversed()),
            window: Quantiles(sample: hours.map { $0 * 3_600 }),
            prices: CostDraws(costs(hourly: 0, fixed: 200), count: 4_000, using: &generator))
        #expect(business.pays == 0.5)
        #expect(isClose(business.income.mean, 450, within: 1e-9))
        #expect(isClose(business.profit.mean, 250, within: 1e-9))
        #expect(business.cost.isPoint && business.cost.mean == 200)
        #expect(business.profit.p5 == -100 && business.profit.p95 == 800)
    }

    @Test("a theft that has everything costs no more hours, whatever its window")
    func over() throws {
        var generator = SeededGenerator(seed: 1)
        let business = TheftBusiness(
            records: Quantiles(sample: [1_000]), window: Quantiles(sample: [3_600, 36_000]),
            timeToAll: Seconds(7_200),
            prices: CostDraws(costs(hourly: 20), count: 4_000, using: &generator))
        // Half are over after one hour, the others after two and not after ten.
        #expect(isClose(business.cost.mean, 30, within: 1e-9))
        #expect(business.cost.p95 == 40)
        // The same through a run: 1,000 records at 1,000/s are gone in a second of 900.
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000])], datasets: [RecordCount(1_000)])
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(1)))
        var settings = CostSettings()
        settings.attackerHourly = ThreePoint(3_600)
        run.scenario.exposure.cost = settings
        let entry = try #require(RunExposure(run).economics?.entries.first)
        #expect(isClose(entry.business.cost.mean, 1, within: 1e-3), "\(entry.business.cost)")
    }

    @Test(
        "with ranges the mean profit is that of the mean prices, in linear terms", arguments: 1...6)
    func ranges(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var settings = CostSettings()
        settings.recordPrice = ThreePoint(0.05, 1, 10)
        settings.attackerHourly = ThreePoint(1, 20, 100)
        let costs = Costs(settings)
        let prices = CostDraws(costs, count: 4_000, using: &generator)
        let records = (0..<50).map { _ in Double.random(in: 0...1e6, using: &generator) }
        let windows = records.map { $0 * 3 }
        let business = TheftBusiness(
            records: Quantiles(sample: records), window: Quantiles(sample: windows), prices: prices)
        let count = Double(records.count)
        let expected = costs.thief.profit(
            from: records.reduce(0, +) / count, in: Seconds(windows.reduce(0, +) / count),
            operations: 0)
        #expect(
            isClose(business.profit.mean, expected, within: 0.08),
            "seed \(seed): \(business.profit.mean) and \(expected)")
        #expect(
            business.profit.p5 < business.profit.p50 && business.profit.p50 < business.profit.p95)
        let breakEven = prices.breakEvenPerHour()
        #expect(breakEven.p5 < breakEven.p50 && breakEven.p50 < breakEven.p95)
    }

    @Test("a thief whom nobody ever stops has no profit but where his hours are free")
    func endless() {
        var generator = SeededGenerator(seed: 1)
        let business = TheftBusiness(
            records: Quantiles(sample: [1e18]), window: Quantiles(sample: [.infinity]),
            prices: CostDraws(costs(), count: 10, using: &generator))
        #expect(business.pays == 0 && business.profit.mean == -.infinity)
        #expect(business.cost.mean == .infinity && Significant.text(business.cost.mean) == "∞")
    }
}
