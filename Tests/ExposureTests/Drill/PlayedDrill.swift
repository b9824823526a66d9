import Foundation
import Results
import Units

/// A theft beside legitimate calls that fall due at random, gone through call by call: when each is
/// asked for, when the throttle lets it in, what the alarm counts of it, and what ends the theft.
///
/// Written anew from what a drill promises to stage; nothing of it is the forecast's.
struct PlayedDrill: Sendable {
    /// What stands before the device; calls a second, and calls at once.
    enum Throttle: Sendable {
        case none
        /// A bucket that all share, before which calls wait, first come, first served.
        case shared(UInt64, burst: UInt64)
        /// A bucket of the thief's own, which refuses.
        case own(UInt64, burst: UInt64)
    }

    let name: String
    var throttle = Throttle.none
    /// X: calls a second of a thief with nobody in his way.
    var perSecond = 2_000.0
    /// Calls that he holds open at once.
    var callers = 4
    /// Whether he adds the same little to every period.
    var creeps = false
    /// D: legitimate calls a second.
    var demand = 200.0
    /// N: rows.
    var rows = 1_000_000
    var rule: AlarmRule?
    var delays = DelaySettings()
    /// When a theft is over that nobody ends, in seconds.
    var watch = 8.0
    /// The most calls that his identity may have in all.
    var budget: Int?
    /// Seconds after which legitimate waits are taken for those of the long run.
    var settlesAfter = 0.0

    /// p in seconds.
    var period: Double { rule?.period.seconds.value ?? 1 }

    /// How one theft ended.
    struct Outcome {
        /// What ended it.
        enum Cause { case watch, alarm, budget, rows }

        var cause: Cause
        /// Seconds from the first call.
        var end: Double
        /// Records that were open by then.
        var records: Double
        /// When the alarm was raised that ended it.
        var alarm: Double?
        /// How long legitimate calls waited in the throttle.
        var meanWait: Double?
    }

    /// So many thefts before which the alarm was quiet.
    func outcomes(_ count: Int, seed: UInt64) -> [Outcome] {
        var generator = SeededGenerator(seed: seed)
        let pace = creeps ? Double(creepLevel) / period : nil
        var outcomes: [Outcome] = []
        while outcomes.count < count {
            var course = PlayedCourse(self, pace: pace, &generator)
            if let outcome = course.outcome(using: &generator) { outcomes.append(outcome) }
        }
        return outcomes
    }

    /// The most calls that can be added to every period so that, with 95 % confidence, none of
    /// those before the end of the watch breaches.
    var creepLevel: Int {
        guard let rule else { return 0 }
        let counts = PlayedCounts(mean: demand * period, dispersion: 1)
        let periods = (watch / period).rounded(.up)
        let most = Int(rule.threshold.count)
        return (0...most).last { added in
            pow(counts.probability(upTo: most - added), periods) >= 0.95
        } ?? 0
    }
}

/// A bucket whose debt is the queue before it: who comes later waits for whoever came before.
private struct PlayedBucket {
    let perSecond: Double
    let burst: Double
    var tokens: Double
    var seen: Double

    private mutating func refill(at now: Double) {
        tokens = min(burst, tokens + (now - seen) * perSecond)
        seen = now
    }

    /// When a call is let in that waits for its turn.
    mutating func turn(at now: Double) -> Double {
        refill(at: now)
        tokens -= 1
        return tokens >= 0 ? now : now - tokens / perSecond
    }

    /// Whether a call is let in that does not wait.
    mutating func takes(at now: Double) -> Bool {
        refill(at: now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}

/// One theft under way; times are seconds from its first call.
private struct PlayedCourse {
    private let drill: PlayedDrill
    /// Calls a second of a thief who creeps; nil for as many as he is let.
    private let pace: Double?
    /// The part of a period that is left at the first call.
    private let phase: Double
    private let judging: Double
    private let response: Double
    private var bucket: PlayedBucket
    /// When each of the thief's callers asks next, and when the next legitimate call falls due.
    private var asks: [Double]
    private var arrival: Double
    /// Calls let in, by period: 0 is the one in which he begins.
    private var counts: [Int: Int] = [:]
    private var alarm: PlayedAlarm
    private var raised: Double?
    /// The period that is judged next.
    private var next: Int
    private var (end, cause) = (0.0, PlayedDrill.Outcome.Cause.watch)
    private var admitted = 0
    private var opened: [Double] = []
    private var waits = (sum: 0.0, count: 0)

    /// A denied thief asks again after this.
    private static let backoff = 1e-3

    init(_ drill: PlayedDrill, pace: Double?, _ generator: inout SeededGenerator) {
        self.drill = drill
        self.pace = pace
        phase = 1 - Double.random(in: 0..<1, using: &generator)
        judging = [drill.delays.publish, drill.delays.evaluation].reduce(0) {
            $0 + Self.draw($1, &generator)
        }
        response = Self.draw(drill.delays.response.length, &generator)
        // Whole periods for the alarm to remember, and a part of one before them.
        let memory = drill.rule?.evaluationPeriods ?? 0
        let start = -Double(memory + 1) * drill.period
        next = -memory
        alarm = PlayedAlarm(
            remembering: [Bool](repeating: false, count: max(0, memory - 1)),
            datapoints: drill.rule?.datapointsToAlarm ?? 1)
        bucket =
            switch drill.throttle {
            case .none: PlayedBucket(perSecond: 0, burst: 0, tokens: 0, seen: start)
            case .shared(let rate, let burst), .own(let rate, let burst):
                PlayedBucket(
                    perSecond: Double(rate), burst: Double(burst), tokens: Double(burst),
                    seen: start)
            }
        asks = [Double](repeating: 0, count: pace == nil ? drill.callers : 1)
        arrival = start
        end = drill.watch
        arrival = due(after: start, &generator)
    }

    private static func draw(
        _ range: ThreePoint<Nanoseconds>, _ generator: inout SeededGenerator
    ) -> Double {
        let delay = PlayedDelay(
            low_ns: Int(range.low.count), likely_ns: Int(range.likely.count),
            high_ns: Int(range.high.count))
        return Double(delay.draw_ns(using: &generator)) / 1e9
    }

    /// When the next legitimate call falls due (a Poisson process).
    private func due(after instant: Double, _ generator: inout SeededGenerator) -> Double {
        instant - log(1 - Double.random(in: 0..<1, using: &generator)) / drill.demand
    }

    /// Goes through it; nil where the demand alone had raised the alarm before.
    mutating func outcome(using generator: inout SeededGenerator) -> PlayedDrill.Outcome? {
        while true {
            let first = asks.min() ?? .infinity
            let now = min(first, arrival)
            guard judge(until: now) else { return nil }
            guard now < end else { break }
            if first <= arrival, let caller = asks.firstIndex(of: first) {
                steal(caller)
            } else {
                serve()
                arrival = due(after: now, &generator)
            }
        }
        return PlayedDrill.Outcome(
            cause: cause, end: end, records: Double(opened.count { $0 <= end }),
            alarm: cause == .alarm ? raised : nil,
            meanWait: waits.count > 0 ? waits.sum / Double(waits.count) : nil)
    }

    /// Holds the periods that are over against the threshold.
    ///
    /// - Returns: false where the alarm fires before the theft begins.
    private mutating func judge(until now: Double) -> Bool {
        guard let rule = drill.rule else { return true }
        while now >= (phase + Double(next)) * drill.period {
            let edge = (phase + Double(next)) * drill.period
            alarm.see(rule.isPlayedBreach(counts[next] ?? 0), at: Int(edge * 1e9))
            next += 1
            guard alarm.fired_ns != nil, raised == nil else { continue }
            guard edge > 0 else { return false }
            raised = edge + judging
            finish(at: edge + judging + response, .alarm)
        }
        return true
    }

    private mutating func finish(at instant: Double, _ reason: PlayedDrill.Outcome.Cause) {
        if instant < end { (end, cause) = (instant, reason) }
    }

    /// Counts a call that is let in.
    private mutating func admit(at instant: Double) {
        let period = Int((instant / drill.period - phase).rounded(.down)) + 1
        counts[period, default: 0] += 1
    }

    private mutating func serve() {
        var pass = arrival
        if case .shared = drill.throttle { pass = bucket.turn(at: arrival) }
        admit(at: pass)
        guard arrival >= drill.settlesAfter else { return }
        waits.sum += pass - arrival
        waits.count += 1
    }

    private mutating func steal(_ caller: Int) {
        let now = asks[caller]
        var pass = now
        switch drill.throttle {
        case .none: break
        case .shared: pass = bucket.turn(at: now)
        case .own:
            guard bucket.takes(at: now) else {
                asks[caller] = now + Self.backoff
                return
            }
        }
        admit(at: pass)
        admitted += 1
        let done = pass + Double(drill.callers) / drill.perSecond
        opened.append(done)
        asks[caller] = pace.map { now + 1 / $0 } ?? done
        if let budget = drill.budget, admitted == budget + 1 {
            finish(at: pass + response, .budget)
        }
        guard admitted == drill.rows else { return }
        finish(at: done, .rows)
        for index in asks.indices { asks[index] = .infinity }
    }
}
