import Results
import Units

/// Whether M of the last N periods have breached, from one period to the next.
struct PlayedAlarm {
    /// When it first fired.
    private(set) var fired_ns: Int?
    /// How often it has begun to fire.
    private(set) var onsets = 0
    private var isFiring = false
    private let datapoints: Int
    /// The last N − 1 outcomes and the place of the oldest of them.
    private var memory: [Bool]
    private var oldest = 0
    private var breaches: Int

    /// An alarm that does not fire yet.
    init(remembering memory: [Bool], datapoints: Int) {
        (self.memory, self.datapoints) = (memory, datapoints)
        breaches = memory.count(where: { $0 })
    }

    /// Takes in a period that ends at an instant.
    mutating func see(_ isBreach: Bool, at instant_ns: Int) {
        let wasFiring = isFiring
        isFiring = breaches + (isBreach ? 1 : 0) >= datapoints
        if isFiring, !wasFiring { onsets += 1 }
        if isFiring, fired_ns == nil { fired_ns = instant_ns }
        guard !memory.isEmpty else { return }
        breaches += (isBreach ? 1 : 0) - (memory[oldest] ? 1 : 0)
        memory[oldest] = isBreach
        oldest = oldest + 1 == memory.count ? 0 : oldest + 1
    }
}

extension AlarmRule {
    /// Whether so many operations in a period are a breach, by what the comparisons mean.
    func isPlayedBreach(_ count: Int) -> Bool {
        let threshold = Int(threshold.count)
        switch settings.comparison {
        case .greaterThan: return count > threshold
        case .greaterOrEqual: return count >= threshold
        case .lessThan: return count < threshold
        case .lessOrEqual: return count <= threshold
        }
    }
}

/// A week of legitimate demand after another under an alarm, with no thief about.
struct PlayedWeeks {
    let demand: PlayedDemand
    let rule: AlarmRule

    /// How often the alarm begins to fire in each of so many weeks; the first is that of an alarm
    /// that remembers nothing.
    func onsets(weeks: Int, using generator: inout SeededGenerator) -> [Int] {
        let memory = [Bool](repeating: false, count: rule.evaluationPeriods - 1)
        var alarm = PlayedAlarm(remembering: memory, datapoints: rule.datapointsToAlarm)
        return (0..<weeks).map { _ in
            let before = alarm.onsets
            for number in 0..<PlayedDemand.week_ns / demand.period_ns {
                let count = demand.counts(ofPeriod: number).draw(using: &generator)
                alarm.see(rule.isPlayedBreach(count), at: 0)
            }
            return alarm.onsets - before
        }
    }

    /// Periods until an alarm that remembers nothing first fires, in each of so many attempts; no
    /// more of them than a bound.
    func periodsToAlarm(
        attempts: Int, atMost bound: Int, using generator: inout SeededGenerator
    ) -> [Int] {
        (0..<attempts).map { _ in
            let memory = [Bool](repeating: false, count: rule.evaluationPeriods - 1)
            var alarm = PlayedAlarm(remembering: memory, datapoints: rule.datapointsToAlarm)
            var number = 0
            while alarm.fired_ns == nil, number < bound {
                let count = demand.counts(ofPeriod: number).draw(using: &generator)
                alarm.see(rule.isPlayedBreach(count), at: number)
                number += 1
            }
            return number
        }
    }
}
