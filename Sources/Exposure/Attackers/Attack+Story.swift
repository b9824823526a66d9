import Results
import Units

extension Attack {
    /// Periods told of before the first call, and after the last.
    private static let before = 6
    private static let after = 4
    /// Of a longer theft only so many periods are told.
    private static let most = 120

    /// A theft by a strategy that takes about as long as half of them; nil where nobody watches or
    /// no call is added.
    package func story(of strategy: Strategy, dataset: RecordCount) -> DetectionStory? {
        guard let watched, strategy != .harvest,
            let plan = strategy == .best ? worstPlan() : plan(manner(of: strategy), at: .estimate)
        else { return nil }
        let ranked = (0..<sample.count).sorted { plan.thefts.windows[$0] < plan.thefts.windows[$1] }
        let theft = ranked[Summary.rank(0.5, of: ranked.count)]
        let window = plan.thefts.windows[theft]
        let alarm = plan.thefts.alarms[theft]
        var course = plan.course
        if !plan.turns.isEmpty { course.sprintsAfter = plan.turns[theft] }
        let phase = sample.phase(theft)
        let start = Int(sample.starts[theft] * Double(watched.cycle))
        let last = (window / watched.period - phase).rounded(.up) + Double(Self.after)
        let shown = Int(min(last, Double(Self.most - Self.before - 1)))
        let usual = watched.tails.map { $0.usual }
        let periods = (-Self.before...max(0, shown)).map { index in
            let begin = (phase + Double(index) - 1) * watched.period
            let end = min(window, begin + watched.period)
            let place = ((start + index) % watched.cycle + watched.cycle) % watched.cycle
            return DetectionStory.Period(
                start: Seconds(begin), usual: usual[watched.kind(place)],
                attack: max(
                    0, course.operations(within: end) - course.operations(within: begin)),
                lost: min(Double(dataset.count), course.records(within: end)))
        }
        return DetectionStory(
            strategy: strategy, period: watched.rule.period, threshold: watched.rule.threshold,
            periods: periods, alarm: alarm.isFinite ? Seconds(alarm) : nil,
            contained: alarm.isFinite ? Seconds(window) : nil)
    }
}

extension TailTable {
    /// The middle 90 % of the counts, and their mean.
    var usual: (low: Double, mean: Double, high: Double) {
        (
            Double(distribution.quantile(0.05)), distribution.mean,
            Double(distribution.quantile(0.95))
        )
    }
}
