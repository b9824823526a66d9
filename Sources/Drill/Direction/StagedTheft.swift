import Experiment
import Exposure
import Foundation
import GateState
import Results
import Throttling
import Units

/// One theft from the first legitimate call to the last: front ends, a thief and a responder, each
/// a process of its own, at a gate of their own.
struct StagedTheft {
    let stage: DrillSite
    let act: DrillPlan.Act
    /// Of all thefts of the drill.
    let number: Int
    /// The part of a period that is left at the thief's first call, above 0 up to 1.
    let phase: Double
    let pace: ThiefPace
    let recordsPerCall: UInt64
    /// Calls that a front end has under way at once.
    let frontEndThreads: Int
    /// From the end of a period until its count is judged, and from the alarm to the revocation.
    let judgingDelay: Nanoseconds
    let response: Nanoseconds
    let notifier: Notifier
    /// Whether only the thief's rate is wanted.
    var isRehearsal = false
    let interruption: Interruption
    /// Told of what happens, in sentences.
    let observe: @Sendable (String) -> Void

    private var plan: DrillPlan { stage.plan }

    /// How long a process may take to get ready.
    private static let preparation = Nanoseconds.seconds(60)
    /// How long it may take to tell what it did: a call may wait in a throttle.
    private static let grace = Nanoseconds.seconds(40)
    /// How often the stage is looked at.
    private static let look = Duration.milliseconds(5)
    /// From the cue to the first call.
    private static let notice = Nanoseconds.milliseconds(60)
    /// Stretches in which calls are counted.
    private static let grain = Nanoseconds.milliseconds(20)
    /// A denied thief asks again after this.
    private static let backoff = Nanoseconds(Int64(DrillForecast.backoff * 1e9))

    /// The processes of a theft.
    private struct Cast {
        var frontEnds: [StageProcess]
        var thief: StageProcess
        var responder: StageProcess?

        var all: [StageProcess] { frontEnds + [thief] + [responder].compactMap(\.self) }
    }

    /// Plays it.
    ///
    /// - Throws: `DrillError`; no process is left then.
    /// - Returns: it, with what made it break; nil where nothing did.
    func play() async throws(DrillError) -> (theft: DrillTheft, trouble: String?) {
        let frontEnds = (0..<plan.settings.frontEnds).map { "front-end-\($0 + 1)" }
        // The thief has taken over a front end that serves nobody else meanwhile.
        let identity = "front-end-\(frontEnds.count + 1)"
        let gate = try stage.makeGate(
            number, act.throttle, identities: frontEnds + [identity], isWatched: act.isWatched)
        var cast: Cast?
        do throws(DrillError) {
            let made = try makeCast(frontEnds, identity, gate)
            cast = made
            let theft = try await play(made, gate, identity)
            for process in made.all { await process.quit() }
            try? FileManager.default.removeItem(atPath: gate)
            return theft
        } catch {
            for process in cast?.all ?? [] { await process.kill() }
            try? FileManager.default.removeItem(atPath: gate)
            throw error
        }
    }

    private func makeCast(
        _ names: [String], _ identity: String, _ gate: String
    ) throws(DrillError) -> Cast {
        var frontEnds: [StageProcess] = []
        for (index, name) in names.enumerated() where plan.demand > 0 {
            let order = FrontEndOrder(
                opening: stage.opening(throughGate: true), canaries: plan.canaryRows,
                threads: frontEndThreads,
                arrivals: ArrivalOrder(
                    rate: plan.demand / Double(names.count), total: plan.demand,
                    dispersion: plan.dispersion, period: plan.period,
                    commonSeed: seed(0), seed: seed(UInt64(index + 1))),
                grain: Self.grain)
            frontEnds.append(
                try stage.start(name, .serve(order), gate: gate, identity: name))
        }
        let order = ThiefOrder(
            opening: stage.opening(throughGate: true), callers: plan.settings.callers,
            recordsPerCall: Int(recordsPerCall), pace: pace(at: gate),
            backoff: Self.backoff, seed: seed(99), grain: Self.grain)
        let thief = try stage.start("the thief", .steal(order), gate: gate, identity: identity)
        let responder =
            act.isWatched
            ? try stage.start("the responder", .respond(ResponderOrder(gate: gate))) : nil
        return Cast(frontEnds: frontEnds, thief: thief, responder: responder)
    }

    /// Every process of every theft draws from a seed of its own.
    private func seed(_ part: UInt64) -> UInt64 {
        var generator = SeededGenerator(
            seed: plan.settings.seed &+ UInt64(number) << 20 &+ part)
        return generator.next()
    }

    private func pace(at gate: String) -> ThiefPace {
        guard case .filling(var filling) = pace else { return pace }
        filling.gate = gate
        return .filling(filling)
    }

    /// What one theft came to so far.
    private struct Course {
        /// The thief's first call, of the monotonic clock and of the calendar.
        var start: Nanoseconds
        var alarm: Nanoseconds?
        var budget: Nanoseconds?
        var canary: Nanoseconds?
        var responses: [ResponseReport] = []
        var unanswered: String?

        /// Whether anything was seen of him.
        var isSeen: Bool { alarm != nil || budget != nil || canary != nil }
    }

    /// What raises an alarm.
    private enum Detector: String {
        case threshold, budget, canary
    }

    private func play(
        _ cast: Cast, _ gate: String, _ identity: String
    ) async throws(DrillError) -> (theft: DrillTheft, trouble: String?) {
        for process in cast.all {
            guard
                case .ready = try await process.report(
                    within: Self.preparation, unless: interruption)
            else {
                throw DrillError.part("\(process.name) answered out of turn")
            }
        }
        let offset = MonotonicInstant.calendar() - MonotonicInstant.now()
        let opening = MonotonicInstant.now() + Self.notice
        for frontEnd in cast.frontEnds { frontEnd.cue(.start(at: opening)) }
        var course = Course(start: entrance(after: opening, offset))
        cast.thief.cue(.start(at: course.start))
        var watchman = Watchman(
            gate: gate, period: plan.period, rule: act.isWatched ? rule : nil,
            budget: act.isWatched ? plan.budget : nil, delay: judgingDelay, from: opening + offset)
        try await watch(cast, identity, &course, &watchman, offset)
        try await hear(cast, &course)
        cast.thief.cue(.stop)
        let stolen = try await stolen(cast.thief)
        let over = MonotonicInstant.now()
        try await pause(until: isRehearsal ? over : curtain(after: over, offset))
        var served: [FrontEndReport] = []
        for frontEnd in cast.frontEnds {
            frontEnd.cue(.stop)
            guard
                case .served(let report) = try await frontEnd.report(
                    within: Self.grace, unless: interruption)
            else { throw DrillError.part("\(frontEnd.name) answered out of turn") }
            served.append(report)
        }
        let close = MonotonicInstant.now()
        let snapshot = try watchman.look()
        let record = TheftRecord(
            act: act, phase: phase, identity: identity, stolen: stolen, served: served,
            snapshot: snapshot, opening: opening, over: over, close: close, offset: offset,
            alarm: course.alarm, budget: course.budget, canary: course.canary,
            responses: course.responses, unanswered: course.unanswered, grain: Self.grain)
        for case let error? in served.map(\.firstError) {
            observe("a legitimate call failed: \(error)")
        }
        guard case .broken(let reason) = stolen.end else { return (record.theft, nil) }
        return (record.theft, "the thief: \(reason)")
    }

    private var rule: AlarmRule? {
        plan.alarm.flatMap { alarm in alarm.threshold.map { alarm.rule(at: $0) } }
    }

    /// When the thief makes his first call: after calm periods, with his phase left of one; where
    /// no alarm watches, at the beginning of one.
    private func entrance(after opening: Nanoseconds, _ offset: Nanoseconds) -> Nanoseconds {
        let period = plan.period.count
        if isRehearsal { return opening + DrillPlan.calm }
        guard act.isWatched else {
            let calm = (opening + DrillPlan.calm + offset).count
            return Nanoseconds((calm + period - 1) / period * period) - offset
        }
        let edge = ((opening + offset).count / period + 1 + DrillPlan.calmPeriods) * period
        let passed = Int64((1 - phase) * Double(period))
        return Nanoseconds(edge + passed) - offset
    }

    /// When the last legitimate call falls due: where an alarm watched, after a period that shows
    /// that they go on; at the end of a period in any case.
    private func curtain(after over: Nanoseconds, _ offset: Nanoseconds) -> Nanoseconds {
        let period = plan.period.count
        let length = act.isWatched ? DrillPlan.aftermathPeriods * period : 0
        let end = (over + offset).count + length
        return Nanoseconds((end + period - 1) / period * period) - offset
    }

    /// Until the thief is at his end, or the time is over for which he is watched.
    private func watch(
        _ cast: Cast, _ identity: String, _ course: inout Course,
        _ watchman: inout Watchman, _ offset: Nanoseconds
    ) async throws(DrillError) {
        let end = course.start + act.watch
        while MonotonicInstant.now() < end {
            try await tick(cast, &course)
            if case .over? = try cast.thief.take() { return }
            if let how = cast.thief.end {
                throw DrillError.part("the thief: the process \(how)")
            }
            for frontEnd in cast.frontEnds {
                if let how = frontEnd.end {
                    throw DrillError.part("\(frontEnd.name): the process \(how)")
                }
                _ = try frontEnd.take()
            }
            let snapshot = try watchman.look()
            let now = MonotonicInstant.now()
            let sightings = watchman.judge(snapshot, at: now + offset)
            for sighting in sightings.budgets {
                if sighting.identity == identity { course.budget = now }
                raise(sighting, .budget, cast, &course, now)
            }
            for sighting in sightings.canaries {
                if sighting.identity == identity { course.canary = now }
                raise(sighting, .canary, cast, &course, now)
            }
            if let sighting = sightings.alarm, now >= course.start, course.alarm == nil {
                course.alarm = now
                raise(sighting, .threshold, cast, &course, now)
            }
        }
    }

    /// Waits for the answer to an alarm, which a thief may feel before it is told.
    private func hear(_ cast: Cast, _ course: inout Course) async throws(DrillError) {
        guard course.isSeen, cast.responder != nil else { return }
        let deadline = MonotonicInstant.now() + response + .seconds(2)
        while course.responses.isEmpty, course.unanswered == nil,
            MonotonicInstant.now() < deadline
        {
            try await tick(cast, &course)
        }
    }

    /// Lets a moment pass, and hears the responder.
    private func tick(_ cast: Cast, _ course: inout Course) async throws(DrillError) {
        if interruption.isSet { throw .interrupted }
        try? await Task.sleep(for: Self.look)
        guard let responder = cast.responder else { return }
        do throws(DrillError) {
            if case .responded(let report)? = try responder.take() {
                course.responses.append(report)
            }
        } catch {
            course.unanswered = course.unanswered ?? error.description
        }
        if let how = responder.end, course.unanswered == nil {
            course.unanswered = "the responder's process \(how)"
            observe("the responder's process \(how): nobody answers an alarm now")
        }
    }

    /// Tells of an alarm, and calls the responder.
    private func raise(
        _ sighting: Watchman.Sighting, _ detector: Detector, _ cast: Cast, _ course: inout Course,
        _ now: Nanoseconds
    ) {
        let seconds = (now - course.start).seconds
        let what =
            detector == .canary
            ? "\(sighting.identity ?? "") opened a canary"
            : "\(sighting.count) calls, threshold \(sighting.threshold)"
        observe(
            "alarm (\(detector.rawValue)) \(seconds.inWords) after the first call: \(what)")
        guard act.isWatched else { return }
        notifier.tell(
            Notifier.Message(
                alarm: detector.rawValue, identity: sighting.identity, calls: sighting.count,
                threshold: sighting.threshold, period_s: plan.period.seconds.value,
                throttle: act.throttle.keyForm, seconds_since_first_call: seconds.value))
        cast.responder?.cue(
            .alarm(
                AlarmCue(
                    identity: sighting.identity, since: sighting.since, response: response)))
    }

    /// What the thief has.
    private func stolen(_ thief: StageProcess) async throws(DrillError) -> ThiefReport {
        while true {
            switch try await thief.report(
                within: Self.grace, unless: interruption)
            {
            case .stolen(let report): return report
            case .over: continue
            default: throw DrillError.part("the thief answered out of turn")
            }
        }
    }

    private func pause(until instant: Nanoseconds) async throws(DrillError) {
        while MonotonicInstant.now() < instant {
            if interruption.isSet { throw .interrupted }
            try? await Task.sleep(for: Self.look)
        }
    }
}
