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
    init(_ story: DetectionStory, operations: String) {
        let columns = StoryColumns(story)
        let events = Self.events(story, columns)
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
        counts = Self.counts(story, columns, lines, operations)
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
        _ story: DetectionStory, _ columns: StoryColumns
    ) -> [(text: String, time: Double?)] {
        guard !columns.columns.isEmpty else { return [] }
        func event(_ what: String, _ time: Double) -> (text: String, time: Double?) {
            let when = time > 0 ? "after \(ValueUnit.duration.text(time))" : "at once"
            return ("\(what) \(when)", columns.span.contains(time) ? time : nil)
        }
        var events: [(text: String, time: Double?)] = []
        if columns.span.contains(0) { events.append(("first call", 0)) }
        let alarm = time(story.alarm)
        let contained = time(story.contained)
        if let alarm { events.append(event("alarm", alarm)) }
        if let contained { events.append(event("contained", contained)) }
        switch (alarm, contained) {
        case (nil, nil): events.append(("no alarm: the theft goes on", nil))
        case (nil, _): events.append(("no alarm", nil))
        case (_, nil): events.append(("not contained: the theft goes on", nil))
        default: break
        }
        return events
    }

    private static func counts(
        _ story: DetectionStory, _ columns: StoryColumns, _ lines: [ReferenceLine],
        _ operations: String
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
                    "legitimate calls alone: mean, and the middle 90 % shaded", columns.usual,
                    style: .step, interval: .band, color: 0))
        }
        let threshold = ReferenceLine(
            .y, Double(story.threshold.count), label: "threshold \(story.threshold.inBrief)",
            style: .strong)
        return LineChart(
            title: "", x: Axis("", unit: .duration, domain: columns.span),
            y: axis("\(operations) per \(story.period.seconds.asPeriod)", story, columns),
            series: series, references: [threshold] + lines)
    }

    /// Logarithmic where the attack dwarfs the demand or the threshold, or the other way round;
    /// else from zero, but for values so near to each other that this would hide them.
    private static func axis(
        _ label: String, _ story: DetectionStory, _ columns: StoryColumns
    ) -> Axis {
        let threshold = Double(story.threshold.count)
        let values = columns.columns.flatMap { [$0.low, $0.high, $0.least, $0.most] }
            .filter { abs($0) <= 1e100 }
        let most = max(threshold, values.max() ?? 0)
        guard most > 0 else { return Axis(label, unit: .records, domain: 0...1, ticks: [0]) }
        let usual = columns.columns.map(\.high).filter { $0 <= most }.max() ?? 0
        let smallest = [threshold, usual].filter { $0 > 0 }.min() ?? most
        guard most > smallest * widest else {
            let isNarrow = min(threshold, values.min() ?? 0) * narrowest > most
            return Axis(label, unit: .records, startsAtZero: !isNarrow)
        }
        let counts = values + [threshold]
        // A power of ten well below the least, because a band at the very edge reads as nothing.
        let least = counts.filter { $0 > 0 }.min() ?? 1
        let bottom = max(1, pow(10, log10(least / 2).rounded(.down)))
        return Axis(
            label + ", logarithmic", scale: .log10, unit: .records,
            domain: bottom...max(bottom * 10, most * 1.4),
            floor: counts.contains { $0 <= bottom } ? bottom : nil)
    }
}
