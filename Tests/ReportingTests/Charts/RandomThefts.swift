import Exposure
import Reporting
import Results
import Throttling
import Units

extension RandomCharts {
    /// The story of a theft, with odd values among likely ones.
    mutating func story() -> StoryChart {
        let period = pick([10, 60, 300, 3_600, 86_400] as [Int64])
        let count = pick([0, 1, 3, 9, 12, 20, 40, 400])
        let before = below(4)
        let isOdd = below(5) == 0
        var lost = 0.0
        let (demand, rate) = (abs(amount()), abs(amount()))
        let periods = (0..<count).filter { _ in below(30) > 0 }.map { index in
            let attack = index < before || below(3) == 0 ? 0 : isOdd ? value() : rate
            lost += abs(attack)
            return DetectionStory.Period(
                start: Seconds(Double((index - before)) * Double(period) - 7),
                usual: (demand * 0.9, isOdd ? value() : demand, demand * 1.1), attack: attack,
                lost: lost)
        }
        let story = DetectionStory(
            strategy: pick(Strategy.allCases), period: .seconds(period),
            threshold: RecordCount(pick([0, 1, 30_000, 31_417, 1 << 60, .max])), periods: periods,
            alarm: below(3) == 0 ? nil : Seconds(Double(below(30)) * Double(period)),
            contained: below(3) == 0 ? nil : Seconds(Double(below(50)) * Double(period)))
        return StoryChart(
            title: text(), subtitle: text(), operations: pick(["decrypts", "", "開く"]), story: story)
    }

    /// A finite amount without a sign.
    private mutating func amount() -> Double {
        while true {
            let candidate = value()
            if candidate.isFinite, abs(candidate) < 1e30 { return candidate }
        }
    }

    private mutating func point() -> ThresholdChoice.Point {
        let throttles: [Policy] = [
            .none, ChoiceExamples.bucket, ChoiceExamples.slow,
            Policy(.fixedWindow(FixedWindow(limit: RecordCount(10_000), window: .seconds(60)))),
        ]
        let periods = below(5) + 1
        return ChoiceExamples.point(
            pick(throttles), next() >> UInt64(below(63)), (below(periods) + 1, periods),
            abs(amount()), abs(value()), burden: Double(below(100)) / 100)
    }

    /// A choice of throttle and alarm.
    mutating func frontier() -> FrontierChart {
        let points = (0..<below(30)).map { _ in point() }
        let choice = ThresholdChoice(
            targets: TargetSettings(
                falseAlarmsPerMonth: abs(amount()), burdenedShare: Probability(0.5),
                recordsLost: RecordCount(next() >> UInt64(below(64)))),
            frontier: points,
            recommended: below(3) == 0 ? nil : below(3) == 0 ? point() : points.last, misses: [])
        return FrontierChart(
            title: text(), subtitle: text(), choice: choice,
            names: below(2) == 0 ? [:] : [ChoiceExamples.bucket: text()])
    }

    /// Curves of money.
    mutating func exceedance() -> ExceedanceChart {
        let curves = (0..<below(5)).map { index in
            let amounts = (0..<below(20)).map { _ in abs(value()) }.sorted()
            let points = amounts.enumerated().map { place, amount in
                LossExceedance.Point(
                    amount: amount, probability: 1 - Double(place) / Double(amounts.count))
            }
            return ExceedanceChart.Curve("\(index) \(text())", LossExceedance(points: points))
        }
        return ExceedanceChart(
            title: text(), subtitle: text(), currency: pick(["USD", "", "€"]), curves: curves)
    }

    /// Losses by window.
    mutating func lossWindow() -> LossWindowChart {
        let curves = (0..<below(7)).map { _ in
            let points = (0..<below(20)).map { _ in
                let records = abs(value())
                let interval = records.isFinite ? records / 2...records * 2 : nil
                return LossWindowChart.Point(Seconds(abs(value())), records, interval: interval)
            }
            return LossWindowChart.Curve(
                text(), points, contained: below(2) == 0 ? points.last : nil)
        }
        return LossWindowChart(
            title: text(), subtitle: text(), dataset: RecordCount(next() >> UInt64(below(64))),
            curves: curves)
    }
}
