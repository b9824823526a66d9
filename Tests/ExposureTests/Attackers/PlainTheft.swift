import Exposure
import Results
import Units

/// Thefts gone through period by period with nothing clever: the outcomes of all periods are kept
/// and counted, the demand of every one is drawn.
struct PlainTheft {
    let rule: AlarmRule
    let demand: DemandProfile
    let delay: Double
    let horizon: Double
    /// Operations within so many seconds from the first call.
    let operations: (Double) -> Double

    /// The mean and the standard error of the mean.
    struct Estimate {
        let mean: Double
        let error: Double

        init(_ values: [Double]) {
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            self.mean = mean
            error = (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
        }
    }

    /// What is taken, and when the theft ends, of so many.
    func estimates(_ count: Int, seed: UInt64) -> (taken: Estimate, window: Estimate) {
        var generator = SeededGenerator(seed: seed)
        let windows = (0..<count).map { _ in window(&generator) }
        return (Estimate(windows.map(operations)), Estimate(windows))
    }

    /// Seconds from the first call to the last.
    private func window(_ generator: inout SeededGenerator) -> Double {
        let period = rule.period.seconds.value
        let begin = Double.random(in: 0..<604_800, using: &generator)
        let first = (begin / period).rounded(.down)
        var outcomes = quietPast(before: first, &generator)
        var edge = first
        while true {
            let (from, until) = (edge * period - begin, (edge + 1) * period - begin)
            guard until < horizon else { return horizon }
            let added = operations(until) - operations(max(0, from))
            outcomes.append(breaches(at: edge, adding: added, &generator))
            if outcomes.last == true,
                outcomes.suffix(rule.evaluationPeriods).count(where: { $0 })
                    >= rule.datapointsToAlarm
            {
                return min(horizon, until + delay)
            }
            edge += 1
        }
    }

    private func breaches(
        at edge: Double, adding: Double, _ generator: inout SeededGenerator
    ) -> Bool {
        let hours = edge * rule.period.seconds.value / 3_600
        let hour = Int(hours.truncatingRemainder(dividingBy: 168) + 168) % 168
        let count = demand.distribution(inHour: hour).draw(using: &generator)
        return rule.isBreached(by: Double(count) + adding)
    }

    private func quietPast(before edge: Double, _ generator: inout SeededGenerator) -> [Bool] {
        while true {
            let past = (1...rule.evaluationPeriods).reversed().map {
                breaches(at: edge - Double($0), adding: 0, &generator)
            }
            if past.count(where: { $0 }) < rule.datapointsToAlarm { return past }
        }
    }
}
