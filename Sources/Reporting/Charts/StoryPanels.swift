import Exposure
import Glibc
import Units

/// The two panels of a theft's story as line charts over the same time.
struct StoryPanels {
    /// Operations a period: what is usual and what the thief adds, against the threshold.
    let counts: LineChart
    /// Records lost.
    let losses: LineChart
    /// What happens, in order; without a time where it does not happen in sight.
    let events: [(text: String, time: Double?)]
    /// What is lost at the end, in words; nil where nothing is told.
    let total: String?

    /// On a linear axis, a quantity of less than this part of the largest would not be seen.
    private static let widest = 20.0
    /// Where all lies within this factor, an axis from zero would hide the differences.
    private static let narrowest = 2.0

    /// The panels of a story.
    init(
        _ story: DetectionStory, operations: String, telling: StoryTelling = .projected
    ) {
        let columns = StoryColumns(story)
        let events = Self.events(story, columns, telling)
        let lines = events.compactMap(\.time).map {
            ReferenceLine(.x, $0, label: "", style: .event)
        }
        let end = Self.time(story.contained)
        let isOver = end.map { $0 <= columns.span.upperBound } ?? false
        let total = columns.columns.last.map { last in
            let noun = last.lost == 1 ? "record" : "records"
            return "\(ValueUnit.records.text(last.lost)) \(noun) lost\(isOver ? "" : " so far")"
        }
        let hasLosses = columns.columns.contains { $0.lost > 0 }
        self.events = events
        self.total = total
        counts = Self.counts(story, columns, lines, operations, telling)
        losses = LineChart(
            title: "",
            x: Axis("time since the thief's first call", unit: .duration, domain: columns.span),
            y: Axis(
                "records lost", unit: .records, domain: hasLosses ? nil : 0...1,
                ticks: hasLosses ? nil : [0], startsAtZero: true),
            series: [
                Series(total ?? "", columns.lost(until: end), style: .line, color: 1)
            ], references: lines)
    }

    /// The names of the events, placed on the axis.
    func flags(on time: AxisMapping) -> [Flags.Flag] {
        events.map { Flags.Flag(text: $0.text, x: $0.time.flatMap(time.position)) }
    }

    /// A time that comes; nil for none and for never.
    private static func time(_ seconds: Seconds?) -> Double? {
        seconds.flatMap { $0.value.isFinite ? $0.value : nil }
    }

    private static func events(
        _ story: DetectionStory, _ columns: StoryColumns, _ telling: StoryTelling
    ) -> [(text: String, time: Double?)] {
        guard !columns.columns.isEmpty else { return [] }
        // What happens out of sight is told without its line.
        return (telling.events ?? Self.events(story, columns)).map { event in
            let time = event.time.flatMap { columns.span.contains($0) ? $0 : nil }
            return (text: event.text, time: time)
        }
    }

    /// The alarm and the end that the story tells, or that there is none.
    private static func events(
        _ story: DetectionStory, _ columns: StoryColumns
    ) -> [StoryTelling.Event] {
        typealias Event = StoryTelling.Event
        var events: [Event] = columns.span.contains(0) ? [.firstCall(of: story)] : []
        let alarm = time(story.alarm)
        let contained = time(story.contained)
        if let alarm { events.append(Event("alarm", after: alarm)) }
        if let contained { events.append(Event("contained", after: contained)) }
        switch (alarm, contained) {
        case (nil, nil): events.append(Event("no alarm: the theft goes on"))
        case (nil, _): events.append(Event("no alarm"))
        case (_, nil): events.append(Event("not contained: the theft goes on"))
        default: break
        }
        return events
    }

    private static func counts(
        _ story: DetectionStory, _ columns: StoryColumns, _ lines: [ReferenceLine],
        _ operations: String, _ telling: StoryTelling
    ) -> LineChart {
        var series: [Series] = []
        if columns.columns.contains(where: \.isAttacked) {
            let name =
                columns.size == 1
                ? "with the thief's calls"
                : "with the thief's calls: mean, and the span of \(columns.size) periods shaded"
            series.append(
                Series(name, columns.attacked, style: .step, interval: .band, color: 1))
        }
        if !columns.columns.isEmpty {
            series.append(
                Series(
                    telling.usual(size: columns.size), columns.usual, style: .step,
                    interval: .band, color: 0))
        }
        let threshold = ReferenceLine(
            .y, Double(story.threshold.count), label: "threshold \(story.threshold.inBrief)",
            style: .strong)
        return LineChart(
            title: "", x: Axis("", unit: .duration, domain: columns.span),
            y: axis(
                "\(operations) per \(story.period.seconds.asPeriod)",
                telling.hasThreshold ? Double(story.threshold.count) : nil, columns),
            series: series, references: (telling.hasThreshold ? [threshold] : []) + lines)
    }

    /// Logarithmic where the attack dwarfs the demand or the threshold, or the other way round;
    /// else from zero, but for values so near to each other that this would hide them.
    private static func axis(
        _ label: String, _ threshold: Double?, _ columns: StoryColumns
    ) -> Axis {
        let values = columns.columns.flatMap { [$0.low, $0.high, $0.least, $0.most] }
            .filter { abs($0) <= 1e100 }
        let thresholds = [threshold].compactMap(\.self)
        let counts = values + thresholds
        let most = max(0, counts.max() ?? 0)
        guard most > 0 else { return Axis(label, unit: .records, domain: 0...1, ticks: [0]) }
        let usual = columns.columns.map(\.high).filter { $0 <= most }.max() ?? 0
        let smallest = (thresholds + [usual]).filter { $0 > 0 }.min() ?? most
        guard most > smallest * widest else {
            let isNarrow = min(threshold ?? .infinity, values.min() ?? 0) * narrowest > most
            return Axis(label, unit: .records, startsAtZero: !isNarrow)
        }
        // A power of ten well below the least, because a band at the very edge reads as nothing.
        let least = counts.filter { $0 > 0 }.min() ?? 1
        let bottom = max(1, pow(10, log10(least / 2).rounded(.down)))
        return Axis(
            label + ", logarithmic", scale: .log10, unit: .records,
            domain: bottom...max(bottom * 10, most * 1.4),
            floor: counts.contains { $0 <= bottom } ? bottom : nil)
    }
}
