import Exposure
import Results
import Units

/// A theft behind a throttle under an alarm, played call by call and period by period.
///
/// It begins at a uniformly random instant of a week. The alarm counts what the thief and the
/// innocent have had done in each period of the clock.
struct PlayedTheft {
    let strategy: Strategy
    let anchor: PlayedAnchor
    /// When the calls are done of a thief who calls as fast as he can until the horizon: the same
    /// whenever he begins.
    let flatOut: [Int]
    let rule: AlarmRule
    let demand: PlayedDemand
    let delays: DelaySettings
    let horizon_ns: Int
    /// How sure a thief who creeps wants to be.
    let confidence: Double
    /// k.
    let recordsPerOperation: Int
    /// N.
    let dataset: Int

    /// How one theft ended.
    struct Outcome {
        /// From the first call to the alarm; nil where none came before the horizon.
        var alarm_ns: Int?
        /// Whether the alarm ended it before the horizon.
        var isContained = false
        /// From the first call to the last.
        var window_ns: Int
        /// Records lost.
        var records: Double
    }

    /// Many thefts, one after another from one generator.
    func outcomes(_ count: Int, using generator: inout SeededGenerator) -> Outcomes {
        let added = strategy == .creep ? largestAddition : 0
        var outcomes = Outcomes()
        for _ in 0..<count {
            let start_ns = Int.random(in: 0..<PlayedDemand.week_ns, using: &generator)
            switch strategy {
            case .sprint:
                watch(flatOut, from: start_ns, into: &outcomes, using: &generator)
            case .creep:
                // Who takes nothing is not found either.
                guard added > 0 else {
                    outcomes.append(unseen(0))
                    continue
                }
                let calls = crept(added, phase_ns: start_ns % period_ns)
                watch(calls, from: start_ns, into: &outcomes, using: &generator)
            case .fill, .pulse, .best:
                outcomes.append(unseen(filled(from: start_ns, using: &generator).count))
            case .harvest:
                outcomes.append(harvested(from: start_ns, using: &generator))
            }
        }
        return outcomes
    }

    /// Thefts as they were played, and as they would have ended with some of the thief's calls more
    /// or fewer in each count: so far a fluid may be from whole calls.
    struct Outcomes {
        private(set) var played: [Outcome] = []
        private(set) var counted: (more: [Outcome], fewer: [Outcome]) = ([], [])

        fileprivate mutating func append(_ outcome: Outcome) {
            append(outcome, more: outcome, fewer: outcome)
        }

        fileprivate mutating func append(_ outcome: Outcome, more: Outcome, fewer: Outcome) {
            played.append(outcome)
            counted.more.append(more)
            counted.fewer.append(fewer)
        }
    }

    private var period_ns: Int { Int(rule.period.count) }

    /// θ_max: the most of a period that does not breach.
    private var ceiling: Int {
        Int(rule.threshold.count) - (rule.settings.comparison == .greaterOrEqual ? 1 : 0)
    }
}

// MARK: under the alarm

extension PlayedTheft {
    /// A theft whose calls are done at these instants, until the alarm or the horizon ends it.
    private func watch(
        _ done_ns: [Int], from start_ns: Int, into outcomes: inout Outcomes,
        using generator: inout SeededGenerator
    ) {
        var number = start_ns / period_ns
        var alarms = [PlayedAlarm](
            repeating: PlayedAlarm(
                remembering: quietMemory(before: number, using: &generator),
                datapoints: rule.datapointsToAlarm), count: 3)
        let errors = [0, anchor.inFlight + 1, -anchor.inFlight - 1]
        var (before, edge_ns) = (0, (number + 1) * period_ns - start_ns)
        while edge_ns < horizon_ns, alarms.contains(where: { $0.fired_ns == nil }) {
            let done = Self.count(of: done_ns, upTo: edge_ns)
            let legitimate = demand.counts(ofPeriod: number).draw(using: &generator)
            for index in errors.indices {
                let stolen = max(0, done - before + errors[index])
                alarms[index].see(rule.isPlayedBreach(legitimate + stolen), at: edge_ns)
            }
            (number, before, edge_ns) = (number + 1, done, edge_ns + period_ns)
        }
        let delay_ns = delay_ns(using: &generator)
        let ends = alarms.map { outcome(done_ns, alarm_ns: $0.fired_ns, delay_ns: delay_ns) }
        outcomes.append(ends[0], more: ends[1], fewer: ends[2])
    }

    private func outcome(_ done_ns: [Int], alarm_ns: Int?, delay_ns: Int) -> Outcome {
        var outcome = Outcome(alarm_ns: alarm_ns, window_ns: horizon_ns, records: 0)
        if let alarm_ns, delays.endsSessions, alarm_ns + delay_ns < horizon_ns {
            (outcome.isContained, outcome.window_ns) = (true, alarm_ns + delay_ns)
        }
        let calls = Self.count(of: done_ns, upTo: outcome.window_ns)
        outcome.records = Double(min(dataset, calls * recordsPerOperation))
        return outcome
    }

    /// What the alarm remembers of the periods before the theft, given that it was not firing.
    private func quietMemory(
        before first: Int, using generator: inout SeededGenerator
    ) -> [Bool] {
        while true {
            let memory = (1...rule.evaluationPeriods).reversed().map { back in
                rule.isPlayedBreach(demand.counts(ofPeriod: first - back).draw(using: &generator))
            }
            let breaches = memory.count(where: { $0 })
            if breaches < rule.datapointsToAlarm { return Array(memory.dropFirst()) }
        }
    }

    private func delay_ns(using generator: inout SeededGenerator) -> Int {
        [delays.publish, delays.evaluation, delays.response.length].reduce(0) { sum, range in
            let delay = PlayedDelay(
                low_ns: Int(range.low.count), likely_ns: Int(range.likely.count),
                high_ns: Int(range.high.count))
            return sum + delay.draw_ns(using: &generator)
        }
    }

    /// How many of these ascending instants lie up to one.
    private static func count(of instants_ns: [Int], upTo instant_ns: Int) -> Int {
        var (low, high) = (0, instants_ns.count)
        while low < high {
            let middle = (low + high) / 2
            if instants_ns[middle] <= instant_ns { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// MARK: strategies

extension PlayedTheft {
    /// The most that can be added to every period so that none of the horizon breaches.
    var largestAddition: Int {
        let periods = (horizon_ns + period_ns - 1) / period_ns
        let hours = demand.isSteady ? 1 : 168
        func isSafe(_ added: Int) -> Bool {
            let safe = (0..<hours).reduce(0.0) { sum, hour in
                sum
                    + (0..<periods).reduce(1.0) { product, next in
                        let place = hour * PlayedDemand.hour_ns / period_ns + next
                        let counts = demand.counts(ofPeriod: place)
                        return product * counts.probability(upTo: ceiling - added)
                    }
            }
            return safe / Double(hours) >= confidence
        }
        var (least, beyond) = (0, ceiling + 1)
        while beyond - least > 1 {
            let middle = (least + beyond) / 2
            if isSafe(middle) { least = middle } else { beyond = middle }
        }
        return least
    }

    /// The same number of calls in every period, evenly spread.
    private func crept(_ added: Int, phase_ns: Int) -> [Int] {
        let pace = Double(added) / Double(period_ns) * 1e9
        let play = anchor.play(trips: anchor.lastingTrips, asking: pace)
        var number = 0
        while true {
            let asked_ns = (2 * number + 1) * period_ns / (2 * added) - phase_ns
            number += 1
            guard asked_ns >= 0 else { continue }
            guard asked_ns <= horizon_ns, let done = play.call(from: asked_ns),
                done <= horizon_ns
            else { return play.done_ns.filter { $0 <= horizon_ns } }
        }
    }

    /// A thief who sees the demand and fills each period up to the threshold, and who goes flat out
    /// in M − 1 of every N periods where he pulses.
    private func filled(from start_ns: Int, using generator: inout SeededGenerator) -> [Int] {
        let (first, phase_ns) = (start_ns / period_ns, start_ns % period_ns)
        let calls = CallsByPeriod(anchor.play(trips: anchor.lastingTrips))
        var number = 0
        while true {
            let begin_ns = max(0, number * period_ns - phase_ns)
            let edge_ns = (number + 1) * period_ns - phase_ns
            let legitimate = demand.counts(ofPeriod: first + number).draw(using: &generator)
            let isFlatOut = strategy == .pulse && isPulse(number)
            // Who fills a period does so at its end, which the last one does not reach.
            if edge_ns > horizon_ns, !isFlatOut { break }
            calls.make(
                isFlatOut ? .max : max(0, ceiling - legitimate), from: begin_ns, to: edge_ns)
            if edge_ns > horizon_ns { break }
            number += 1
        }
        return calls.done_ns.filter { $0 <= horizon_ns }
    }

    /// A thief who goes flat out in a period by chance and fills it otherwise, until the alarm ends
    /// it.
    func mixed(_ share: Double, using generator: inout SeededGenerator) -> Outcome {
        let start_ns = Int.random(in: 0..<PlayedDemand.week_ns, using: &generator)
        let (first, phase_ns) = (start_ns / period_ns, start_ns % period_ns)
        let calls = CallsByPeriod(anchor.play(trips: anchor.lastingTrips))
        var alarm = PlayedAlarm(
            remembering: quietMemory(before: first, using: &generator),
            datapoints: rule.datapointsToAlarm)
        let delay_ns = delay_ns(using: &generator)
        var (end_ns, number) = (horizon_ns, 0)
        while true {
            let begin_ns = max(0, number * period_ns - phase_ns)
            let edge_ns = (number + 1) * period_ns - phase_ns
            guard begin_ns < end_ns else { break }
            let legitimate = demand.counts(ofPeriod: first + number).draw(using: &generator)
            let isFlatOut = Double.random(in: 0..<1, using: &generator) < share
            if edge_ns <= end_ns || isFlatOut {
                let room = isFlatOut ? .max : max(0, ceiling - legitimate)
                let made = calls.make(room, from: begin_ns, to: edge_ns)
                alarm.see(rule.isPlayedBreach(legitimate + made), at: edge_ns)
            }
            if let fired_ns = alarm.fired_ns, delays.endsSessions {
                end_ns = min(horizon_ns, fired_ns + delay_ns)
            }
            number += 1
        }
        var outcome = outcome(calls.done_ns, alarm_ns: alarm.fired_ns, delay_ns: delay_ns)
        outcome.isContained = end_ns < horizon_ns
        return outcome
    }

    private func isPulse(_ number: Int) -> Bool {
        number % rule.evaluationPeriods < rule.datapointsToAlarm - 1
    }

    private func unseen(_ calls: Int) -> Outcome {
        Outcome(
            window_ns: horizon_ns, records: Double(min(dataset, calls * recordsPerOperation)))
    }

    /// A thief who keeps what legitimate calls open, each the records under one key that it picks
    /// by chance.
    private func harvested(
        from start_ns: Int, using generator: inout SeededGenerator
    ) -> Outcome {
        let keys = (dataset + recordsPerOperation - 1) / recordsPerOperation
        var opened: Set<Int> = []
        var number = start_ns / period_ns
        while number * period_ns - start_ns < horizon_ns {
            let begin_ns = number * period_ns - start_ns
            for _ in 0..<demand.counts(ofPeriod: number).draw(using: &generator) {
                let instant_ns = begin_ns + Int.random(in: 0..<period_ns, using: &generator)
                guard instant_ns >= 0, instant_ns < horizon_ns else { continue }
                opened.insert(Int.random(in: 0..<keys, using: &generator))
            }
            number += 1
        }
        return unseen(opened.count)
    }
}

/// A thief's calls, so many in each period.
private final class CallsByPeriod {
    private let play: Play
    /// The one call that an edge or the throttle held up; it counts when it is done.
    private var held_ns: Int?

    init(_ play: Play) { self.play = play }

    var done_ns: [Int] { play.done_ns }

    /// Makes as many calls from an instant on as there is room for until another.
    ///
    /// - Returns: calls that are done by then.
    @discardableResult
    func make(_ room: Int, from begin_ns: Int, to edge_ns: Int) -> Int {
        var made = 0
        if let held = held_ns, held <= edge_ns { (held_ns, made) = (nil, 1) }
        while held_ns == nil, made < room, let done = play.call(from: begin_ns) {
            if done > edge_ns { held_ns = done } else { made += 1 }
        }
        return made
    }
}
