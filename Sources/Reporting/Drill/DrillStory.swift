import Exposure
import Results
import Units

/// One theft of a drill as the chart of a story takes it.
struct DrillStory {
    private let theft: DrillTheft
    private let stage: DrillStage
    private let isWatched: Bool

    /// The theft of a defence.
    init(_ theft: DrillTheft, of act: DrillAct, on stage: DrillStage) {
        (self.theft, self.stage, isWatched) = (theft, stage, act.isWatched)
    }

    /// The theft that is told of each defence: the median by records lost, the lower of two;
    /// nil where no theft was counted.
    static func median(of act: DrillAct) -> (repetition: Int, theft: DrillTheft)? {
        let counted = act.thefts.enumerated()
            .filter { !$0.element.periods.isEmpty && $0.element.ending != .broken }
            .sorted { ($0.element.lost, $0.offset) < ($1.element.lost, $1.offset) }
        guard !counted.isEmpty else { return nil }
        let middle = counted[(counted.count - 1) / 2]
        return (middle.offset, middle.element)
    }

    /// The periods as they were counted; nil where nobody knows how long they are.
    var told: DetectionStory? {
        guard let period else { return nil }
        let periods = theft.periods.map { counted in
            let usual = Double(counted.legitimate)
            return DetectionStory.Period(
                start: Seconds(counted.start), usual: (low: usual, mean: usual, high: usual),
                attack: Double(counted.thief), lost: Double(counted.lost))
        }
        return DetectionStory(
            // The chart tells nothing that depends on the strategy.
            strategy: Strategy(rawValue: stage.strategy) ?? .best, period: period,
            threshold: stage.alarm?.threshold ?? RecordCount(0), periods: periods,
            alarm: theft.alarm.map { Seconds($0) },
            contained: theft.ending == .watchOver ? nil : Seconds(theft.lastRecord))
    }

    /// What the chart says beside the numbers.
    var telling: StoryTelling {
        .counted(events, hasThreshold: stage.alarm?.threshold != nil)
    }

    private var events: [StoryTelling.Event] {
        typealias Event = StoryTelling.Event
        let first = told.map(Event.firstCall) ?? Event("first call", at: 0)
        return [first] + [sighting].compactMap(\.self) + [end]
    }

    /// Whoever saw the thief first.
    private var sighting: StoryTelling.Event? {
        let sightings = [
            ("alarm", theft.alarm), ("canary", theft.canary?.seconds),
            ("budget spent", theft.budget?.seconds),
        ]
        return sightings.compactMap { name, time in time.map { (name, $0) } }
            .min { $0.1 < $1.1 }
            .map { StoryTelling.Event($0.0, after: $0.1) }
    }

    private var end: StoryTelling.Event {
        switch theft.ending {
        case .revoked:
            return StoryTelling.Event("revoked", after: theft.revocation ?? theft.lastRecord)
        case .everything: return StoryTelling.Event("all rows gone", after: theft.lastRecord)
        case .watchOver, .broken: break
        }
        if theft.unanswered != nil { return StoryTelling.Event("nobody answers") }
        guard theft.alarm == nil else {
            return StoryTelling.Event("not cut off: the theft goes on")
        }
        return StoryTelling.Event(
            isWatched ? "no alarm: the theft goes on" : "nobody watches: the theft goes on")
    }

    /// The alarm's period, or without one the time from the first of the gate's to the second.
    private var period: Nanoseconds? {
        if let alarm = stage.alarm { return alarm.period }
        let starts = theft.periods.prefix(2).map(\.start)
        guard let first = starts.first, let last = starts.last, last > first,
            let count = Int64(exactly: ((last - first) * 1e9).rounded())
        else { return nil }
        return Nanoseconds(count)
    }

    /// Records that the thief held at a time, on straight lines between the ends of the periods;
    /// nil where no period was counted.
    func held(at time: Double) -> Double? {
        guard let length = period?.seconds.value, !theft.periods.isEmpty else { return nil }
        var (before, held) = (0.0, 0.0)
        for counted in theft.periods where counted.start + length > 0 {
            // What he had last he had no later than his last record.
            let end = min(counted.start + length, max(theft.lastRecord, counted.start))
            let lost = Double(counted.lost)
            if time < end, end > before {
                return held + (lost - held) * max(0, time - before) / (end - before)
            }
            (before, held) = (max(before, end), lost)
        }
        return held
    }
}
