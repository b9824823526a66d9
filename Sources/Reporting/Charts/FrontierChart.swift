import Exposure
import Throttling
import Units

/// What every choice of throttle and alarm gives: false alarms against records lost, the targets,
/// and the choice that meets them.
///
/// The same values always yield the same bytes.
package struct FrontierChart: Sendable {
    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart; may be empty.
    package var subtitle: String
    /// The choice.
    package var choice: ThresholdChoice
    /// What throttles are called; one without a name has its plain words.
    package var names: [Policy: String]

    /// Fewer false alarms in a month than this are as good as none.
    private static let fewestAlarms = 1e-6

    /// Describes a chart.
    package init(
        title: String, subtitle: String = "", choice: ThresholdChoice, names: [Policy: String] = [:]
    ) {
        self.title = title
        self.subtitle = subtitle
        self.choice = choice
        self.names = names
    }

    /// The chart as an SVG document about 860 pixels wide, for light and for dark pages.
    package var svg: String { chart.svg }

    private var chart: LineChart {
        let kinds = FrontierKinds(choice, names: names)
        let targets = choice.targets
        let (alarms, records) = (targets.falseAlarmsPerMonth, Double(targets.recordsLost.count))
        var chart = LineChart(
            title: title, subtitle: fullSubtitle(kinds),
            x: Axis("false alarms a month", scale: .log10, floor: Self.fewestAlarms),
            y: Axis(
                "records lost in 95 of 100 thefts, at most", scale: .log10, unit: .records,
                floor: 1),
            series: [stairs] + kinds.series,
            references: [
                ReferenceLine(.x, alarms, label: "target: \(Significant.text(alarms)) a month"),
                ReferenceLine(.y, records, label: "target: \(targets.recordsLost.inBrief) records"),
            ])
        chart.regions = [
            LineChart.Region(x: -Double.infinity...alarms, y: -Double.infinity...records)
        ]
        if let point = choice.recommended {
            let quorum = FrontierKinds.quorum(point)
            let rule =
                point.isHeard ? "θ = \(point.rule.threshold.inBrief), \(quorum)" : quorum
            chart.callouts = [
                Callout(
                    point.falseAlarmsPerMonth, point.recordsLost,
                    ["recommended", rule, names[point.throttle] ?? point.throttle.inWords])
            ]
        }
        return chart
    }

    private func fullSubtitle(_ kinds: FrontierKinds) -> String {
        let burden = choice.targets.burdenedShare.inPercent
        let notes = [
            subtitle, kinds.markersInWords, "Shaded: what meets both targets.",
            kinds.hasRuledOut
                ? "Hollow: the throttle burdens more than \(burden) of legitimate calls." : "",
            choice.recommended == nil ? "No choice meets every target." : "",
        ]
        return Sentences.joined(notes)
    }

    /// The best that can be had up to a number of false alarms.
    private var stairs: Series {
        let steps = choice.frontier
            .sorted {
                ($0.falseAlarmsPerMonth, $1.recordsLost) < ($1.falseAlarmsPerMonth, $0.recordsLost)
            }
            .map { Series.Point($0.falseAlarmsPerMonth, $0.recordsLost) }
        return Series("", steps, style: .step, color: Ink.palette.count - 1)
    }
}
