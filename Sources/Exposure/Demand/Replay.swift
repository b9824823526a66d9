import Foundation
import Latency
import Results
import Units

extension FalseAlarms {
    /// By the replay of a trace that is free of attacks, its periods those of the alarm.
    ///
    /// The interval is the exact one of a Poisson count (Garwood, Biometrika 28, 1936), widened,
    /// where the trace covers seven days or more, by what 1,000 traces drawn from its days give:
    /// alarms that come in clusters are fewer independent events than their number says. Alarms
    /// of one day stay together, those of a longer cluster do not.
    package init(replaying trace: DemandTrace, under rule: AlarmRule, seed: UInt64 = 1) {
        let days = Self.days(of: trace, under: rule)
        let periods = days.reduce(0) { $0 + $1.known }
        let months = Double(periods) * trace.period.seconds.value / Self.month.value
        guard months > 0 else {
            self.init(perMonth: 0, interval: nil, method: "by a trace without any known period")
            return
        }
        let onsets = days.reduce(0) { $0 + $1.onsets }
        var interval = Self.garwood(onsets, over: months)
        var method = "by replay of the trace, with the exact interval of a Poisson count"
        if days.count >= 7 {
            let drawn = Self.drawn(from: days, trace.period, seed: seed)
            interval =
                min(
                    interval.lowerBound, drawn.lowerBound)...max(
                    interval.upperBound, drawn.upperBound)
            method += ", widened by a bootstrap of its days"
        } else {
            method += " (wider if alarms come in clusters; the trace is too short to tell)"
        }
        self.init(perMonth: Double(onsets) / months, interval: interval, method: method)
    }

    /// Onsets a month of the trace's known periods alone, without an interval; 0 where there is
    /// none.
    package static func perMonth(replaying trace: DemandTrace, under rule: AlarmRule) -> Double {
        let days = Self.days(of: trace, under: rule)
        let known = days.reduce(0) { $0 + $1.known }
        guard known > 0 else { return 0 }
        let months = Double(known) * trace.period.seconds.value / Self.month.value
        return Double(days.reduce(0) { $0 + $1.onsets }) / months
    }

    /// The least threshold at which neither a profile nor a trace has more than so many alarms a
    /// month; that of the profile alone without a trace, or where the trace has more at any.
    package static func threshold(
        for settings: AlarmSettings, demand: DemandProfile, replaying trace: DemandTrace?,
        falseAlarmsPerMonth target: Double
    ) -> RecordCount? {
        let modelled = threshold(
            for: settings, demand: demand, falseAlarmsPerMonth: target)
        guard let modelled, let trace else { return modelled }
        func isMet(_ count: UInt64) -> Bool {
            perMonth(replaying: trace, under: settings.rule(at: RecordCount(count))) <= target
        }
        guard !isMet(modelled.count) else { return modelled }
        // No count breaches above the largest; only periods without one may.
        let largest = UInt64(trace.counts.compactMap(\.self).max() ?? 0)
        var (low, high) = (modelled.count, max(modelled.count, largest) + 1)
        guard isMet(high) else { return modelled }
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if isMet(middle) { high = middle } else { low = middle }
        }
        return RecordCount(high)
    }

    /// By simulation of a profile's independent periods, week after week.
    package init(
        simulating profile: DemandProfile, under rule: AlarmRule, periods: Int,
        using generator: inout SeededGenerator
    ) {
        precondition(rule.period == profile.period, "a profile is stated at its alarm's period")
        let week = WeekOfPeriods(profile)
        let distributions = week.means.map {
            CountDistribution(mean: $0, dispersion: profile.dispersion)
        }
        var machine = AlarmMachine.settled(rule)
        var (onsets, before) = (0, machine.state)
        // A window to forget how it began.
        let warmUp = rule.evaluationPeriods
        for index in -warmUp..<periods {
            let kind = week.kinds[(index + warmUp) % week.kinds.count]
            let count = distributions[kind].draw(using: &generator)
            let state = machine.receive(Double(count))
            if index >= 0, state == .alarm, before != .alarm { onsets += 1 }
            before = state
        }
        let months = Double(periods) * rule.period.seconds.value / Self.month.value
        self.init(
            perMonth: Double(onsets) / months, interval: Self.garwood(onsets, over: months),
            method: "by simulation of the demand's profile, periods taken to be independent")
    }

    /// The onsets of each day of a trace.
    private static func days(of trace: DemandTrace, under rule: AlarmRule) -> [OnsetsOfDay] {
        precondition(trace.period == rule.period, "a trace is regrouped before it is replayed")
        var days = [OnsetsOfDay](), machine = AlarmMachine.settled(rule)
        var before = machine.state
        let period_s = trace.period.count / 1_000_000_000
        for (index, count) in trace.counts.enumerated() {
            let day = Int((Int64(index) * period_s) / 86_400)
            if day >= days.count { days.append(OnsetsOfDay()) }
            let state = machine.receive(count.map(Double.init))
            let isOnset = state == .alarm && before != .alarm
            days[days.count - 1].add(isOnset: isOnset, isKnown: count != nil)
            before = state
        }
        return days
    }

    /// The exact 95 % interval of a Poisson rate, from a count (Garwood, Biometrika 28, 1936).
    static func garwood(_ count: Int, over exposure: Double) -> ClosedRange<Double> {
        let (count, share) = (Double(count), 0.025)
        // P(X ≥ count) rises with the mean, P(X ≤ count) falls.
        let low = count > 0 ? crossing { incompleteGamma(count, $0).lower >= share } : 0
        let high = crossing { incompleteGamma(count + 1, $0).upper <= share }
        return low / exposure...high / exposure
    }

    /// The least x above 0 from where on something holds.
    private static func crossing(_ holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        while !holds(high) { (low, high) = (high, high * 2) }
        for _ in 0..<60 {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The middle 95 % of the rates of traces made of days drawn with replacement.
    private static func drawn(
        from days: [OnsetsOfDay], _ period: Nanoseconds, seed: UInt64
    ) -> ClosedRange<Double> {
        var generator = SeededGenerator(seed: seed)
        let month = month.value / period.seconds.value
        let rates = (0..<1_000).map { _ in
            var sum = OnsetsOfDay()
            for _ in days.indices {
                let day = days[Int.random(in: days.indices, using: &generator)]
                sum.onsets += day.onsets
                sum.known += day.known
            }
            return sum.known > 0 ? Double(sum.onsets) / Double(sum.known) * month : 0
        }.sorted()
        return rates[24]...rates[975]
    }
}

/// What one day of a trace tells.
private struct OnsetsOfDay {
    var onsets = 0
    var known = 0

    mutating func add(isOnset: Bool, isKnown: Bool) {
        onsets += isOnset ? 1 : 0
        known += isKnown ? 1 : 0
    }
}
