import Results
import Units

/// The charts of a drill, made from the same values as its tables.
struct DrillCharts {
    private let run: DrillRun
    private let names: DrillNames

    init(_ run: DrillRun, _ names: DrillNames) { (self.run, self.names) = (run, names) }

    /// Every chart that the drill has values for.
    var charts: [ReportChart] {
        run.acts.enumerated().compactMap { story($1, number: $0 + 1) }
            + [comparison].compactMap(\.self)
    }

    /// The name of the story of an act, by its number from 1.
    static func story(_ number: Int) -> String { "story-act-\(number)" }

    /// The name of the chart of predicted against measured records.
    static let comparison = "records-lost"

    private func story(_ act: DrillAct, number: Int) -> ReportChart? {
        guard let (repetition, theft) = DrillStory.median(of: act) else { return nil }
        let story = DrillStory(theft, of: act, on: run.stage)
        guard let told = story.told else { return nil }
        let name = names[act]
        let chart = StoryChart(
            title: "A theft as the gate counted it: \(name)",
            subtitle: subtitle(repetition, of: act), story: told, telling: story.telling)
        return ReportChart(
            name: Self.story(number),
            caption: "The median theft, by records lost, with \(name), period by period: the "
                + "readers' decrypts, the thief's on top, and below what he holds",
            svg: chart.svg)
    }

    private func subtitle(_ repetition: Int, of act: DrillAct) -> String {
        let speed = run.stage.speed
        let number = repetition + 1
        return Sentences.joined([
            "Repetition \(number) of \(act.thefts.count), the median by records lost",
            DrillStaging.alarm(run.stage).map { "The alarm: \($0)" } ?? "",
            speed == 1 ? "" : "Time as played, \(Significant.text(speed)) times as fast",
        ])
    }

    /// Records lost as measured against those predicted, a point a defence; on the line both are
    /// equal, and in the band the prediction is as near as is tolerated.
    private var comparison: ReportChart? {
        let pairs = run.acts.compactMap { act -> Pair? in
            let lost = DrillComparison(.recordsLost, of: act)
            guard lost.ratio != nil, let predicted = lost.predicted, let measured = lost.measured
            else { return nil }
            return Pair(name: names[act], predicted: predicted.mean, measured: measured)
        }
        let values = pairs.flatMap { [$0.predicted, $0.measured.mean] }
        guard let least = values.min(), let most = values.max() else { return nil }
        let domain = least * 0.6...most * 1.6
        let (under, over) = (
            DrillComparison.tolerated.lowerBound, DrillComparison.tolerated.upperBound
        )
        let equal = [domain.lowerBound, domain.upperBound].map { value in
            Series.Point(value, value, low: value / over, high: value / under)
        }
        let points = pairs.enumerated().map { index, pair in
            Series(pair.name, [pair.point], style: .points, color: index, marker: index)
        }
        // Taller than wide by what the band is wider than the line, so that its ends are in sight.
        let height = domain.lowerBound / over...domain.upperBound / under
        let chart = LineChart(
            title: "Records lost: measured against predicted",
            subtitle: "Means over the thefts of a defence, intervals at 95 %. Shaded: predicted "
                + "over measured from \(under) to \(over).",
            x: Axis("predicted records lost", scale: .log10, unit: .records, domain: domain),
            y: Axis("measured records lost", scale: .log10, unit: .records, domain: height),
            series: [Series("as predicted", equal, style: .dashed, interval: .band, color: 5)]
                + points)
        return ReportChart(
            name: Self.comparison,
            caption: "Records lost as measured against those predicted, a point a defence",
            svg: chart.svg)
    }

    /// What was predicted and measured of the records lost under one defence.
    private struct Pair {
        let name: String
        let predicted: Double
        let measured: MeanOfThefts

        var point: Series.Point {
            Series.Point(predicted, measured.mean, low: measured.low, high: measured.high)
        }
    }
}
