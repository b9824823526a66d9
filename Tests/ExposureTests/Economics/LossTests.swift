import Exposure
import Foundation
import Results
import Testing
import Units

@Suite("What a theft and its defence cost the defender")
struct LossTests {
    /// Draws where a stolen record costs so much.
    private func prices(
        _ recordLoss: ThreePoint<Double>, _ generator: inout SeededGenerator
    ) -> CostDraws {
        var settings = CostSettings()
        settings.recordLoss = recordLoss
        return CostDraws(Costs(settings), count: 4_000, using: &generator)
    }

    @Test("a known loss exceeds whatever is less, and nothing that is not")
    func point() {
        var generator = SeededGenerator(seed: 1)
        let loss = MonetaryLoss(
            records: Quantiles(sample: [1_000]), prices: prices(ThreePoint(3), &generator))
        #expect(loss.expected == 3_000 && loss.spread.p95 == 3_000)
        #expect(loss.exceedance.points.map(\.probability) == [1, 0])
        #expect(loss.exceedance.points.map(\.amount) == [Double(3_000).nextDown, 3_000])
    }

    @Test("the curve is the share of losses above each amount", arguments: 1...8)
    func curve(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // Records uniform on a log scale, a record worth 2: the exceedance is known.
        let count = 4_000
        let sample = (0..<count).map { pow(10, 6 * (Double($0) + 0.5) / Double(count)) }
        let loss = MonetaryLoss(
            records: Quantiles(sample: sample.shuffled(using: &generator)),
            prices: prices(ThreePoint(2), &generator))
        let points = loss.exceedance.points
        #expect((50...61).contains(points.count), "seed \(seed): \(points.count)")
        #expect(points.first?.probability == 1 && points.last?.probability == 0)
        for (left, right) in zip(points, points.dropFirst()) {
            #expect(left.amount < right.amount && left.probability >= right.probability)
        }
        for point in points {
            let expected = 1 - log10(point.amount / 2) / 6
            #expect(abs(point.probability - min(1, max(0, expected))) < 0.001, "seed \(seed)")
        }
    }

    @Test("the mean loss is the mean of records times the mean of a record", arguments: 1...6)
    func mean(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sample = (0..<200).map { _ in Double.random(in: 0...1e9, using: &generator) }
        let worth = ThreePoint(1.0, 10, 100)
        let loss = MonetaryLoss(
            records: Quantiles(sample: sample), prices: prices(worth, &generator))
        let expected = sample.reduce(0, +) / 200 * PERT(worth).mean
        #expect(isClose(loss.expected, expected, within: 0.04), "seed \(seed): \(loss.expected)")
        let above = loss.exceedance.points.last { $0.probability >= 0.05 }?.amount ?? 0
        #expect(above <= loss.spread.p95 && loss.spread.p95 <= above * 1.5, "seed \(seed)")
    }

    @Test("thefts that lose nothing lower the curve, and nothing but those has none")
    func nothing() {
        var generator = SeededGenerator(seed: 1)
        let worth = ThreePoint(1.0)
        let half = MonetaryLoss(
            records: Quantiles(sample: [0, 0, 5, 50]), prices: prices(worth, &generator))
        #expect(half.exceedance.points.first?.probability == 0.5)
        let none = MonetaryLoss(
            records: Quantiles(sample: [0, 0]), prices: prices(worth, &generator))
        #expect(none.exceedance.points == [LossExceedance.Point(amount: 0, probability: 0)])
        #expect(none.expected == 0)
    }

    @Test("10¹⁸ records at the dearest price stay a finite sum")
    func extremes() {
        var generator = SeededGenerator(seed: 1)
        let loss = MonetaryLoss(
            records: Quantiles(sample: [1, 1e18]),
            prices: prices(ThreePoint(0, 1, 1e15), &generator))
        #expect(loss.expected.isFinite && loss.exceedance.points.allSatisfy { $0.amount.isFinite })
    }

    @Test("devices, burdened calls and alarms add up to the month")
    func month() {
        var settings = CostSettings()
        settings.devices = 2
        settings.deviceHourly = ThreePoint(1.5)
        settings.deniedCall = ThreePoint(0.01)
        settings.triage = ThreePoint(50)
        let costs = Costs(settings)
        var generator = SeededGenerator(seed: 1)
        let month = DefenderMonth(
            burdenedCalls: 100_000, falseAlarms: 3,
            prices: CostDraws(costs, count: 4_000, using: &generator))
        #expect(month.devices.mean == 2 * 720 * 1.5 && month.calls.mean == 1_000)
        #expect(month.alarms.mean == 150 && month.total.mean == 2_160 + 1_000 + 150)
        #expect(month.total.isPoint)
        #expect(
            DefenderMonth.expected(burdenedCalls: 100_000, falseAlarms: 3, costs: costs) == 3_310)
    }

    @Test("with ranges the month's mean is that in closed form", arguments: 1...5)
    func monthInRanges(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let costs = Costs(CostSettings())
        let month = DefenderMonth(
            burdenedCalls: 1e5, falseAlarms: 40,
            prices: CostDraws(costs, count: 4_000, using: &generator))
        let expected = DefenderMonth.expected(burdenedCalls: 1e5, falseAlarms: 40, costs: costs)
        #expect(isClose(month.total.mean, expected, within: 0.05), "seed \(seed)")
        #expect(month.total.p5 < month.total.p50 && month.total.p50 < month.total.p95)
    }

    @Test("alarms that never cease cost without end, unless they cost nothing")
    func ceaseless() {
        var settings = CostSettings()
        settings.triage = ThreePoint(0)
        let free = DefenderMonth.expected(
            burdenedCalls: 0, falseAlarms: .infinity, costs: Costs(settings))
        #expect(free == 1.6 * 720)
        settings.triage = ThreePoint(1)
        let dear = DefenderMonth.expected(
            burdenedCalls: 0, falseAlarms: .infinity, costs: Costs(settings))
        #expect(dear == .infinity)
    }
}

@Suite("Distributions of thefts by their quantiles")
struct QuantilesTests {
    @Test("a sample gives back its own values, each as often")
    func sample() {
        let quantiles = Quantiles(sample: [30, 10, 20])
        #expect([0, 0.3, 0.34, 0.6, 0.67, 1].map(quantiles.value) == [10, 10, 20, 20, 30, 30])
        let never = Quantiles(sample: [1, .infinity, .infinity])
        #expect([0.1, 0.5, 1].map(never.value) == [1, .infinity, .infinity])
    }

    @Test("a summary's quantiles and mean are kept where some distribution has them")
    func summary() {
        let quantiles = Quantiles(Summary(mean: 140, p50: 100, p95: 300, worstPhase: 150))
        #expect(isClose(quantiles.value(at: 0.5), 100) && isClose(quantiles.value(at: 0.95), 300))
        let mean = (0..<10_000).reduce(0) {
            $0 + quantiles.value(at: (Double($1) + 0.5) / 10_000) / 10_000
        }
        #expect(isClose(mean, 140, within: 1e-6))
        let heavy = Quantiles(Summary(mean: 500, p50: 100, p95: 300, worstPhase: 0), upTo: 4_000)
        #expect(heavy.value(at: 1) == 4_000)
        let point = Quantiles(Summary(mean: 7, p50: 7, p95: 7, worstPhase: 7))
        #expect([0, 0.2, 0.5, 0.99, 1].map(point.value).allSatisfy { isClose($0, 7) })
    }

    @Test("quantiles rise and stay within their bounds, whatever the summary", arguments: 1...30)
    func rising(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sample = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
            Double.random(in: 0...1e6, using: &generator)
        }.sorted()
        let count = sample.count
        let summary = Summary(
            mean: sample.reduce(0, +) / Double(count), p50: sample[count / 2],
            p95: sample[count * 19 / 20], worstPhase: 0)
        let quantiles = Quantiles(summary, upTo: 1e6)
        let values = (0...1_000).map { quantiles.value(at: Double($0) / 1_000) }
        #expect(values == values.sorted() && values[0] >= 0 && values[1_000] <= 1e6, "seed \(seed)")
    }
}
