import Units

/// Records lost against the time until the thief is stopped, a curve for each strategy or throttle.
///
/// The same values always yield the same bytes.
package struct LossWindowChart: Sendable {
    /// What is lost when the thief is stopped after a time.
    package struct Point: Sendable {
        /// W: from the thief's first call to the last.
        package var window: Seconds
        /// Records lost.
        package var records: Double
        /// The interval of the records; nil for none.
        package var interval: ClosedRange<Double>?

        /// A loss.
        package init(_ window: Seconds, _ records: Double, interval: ClosedRange<Double>? = nil) {
            self.window = window
            self.records = records
            self.interval = interval
        }
    }

    /// One strategy, or one throttle.
    package struct Curve: Sendable {
        /// What stands at the end of the line.
        package var name: String
        /// What is lost, by window.
        package var points: [Point]
        /// Where the alarm ends the theft, marked on the curve; nil for nowhere.
        package var contained: Point?
        /// The colour's number, so that a throttle keeps its own; nil takes the next in turn.
        package var color: Int?

        /// Names a curve.
        package init(
            _ name: String, _ points: [Point], contained: Point? = nil, color: Int? = nil
        ) {
            self.name = name
            self.points = points
            self.contained = contained
            self.color = color
        }
    }

    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart; may be empty.
    package var subtitle: String
    /// N: all that there is to lose.
    package var dataset: RecordCount
    /// The curves.
    package var curves: [Curve]

    /// Describes a chart.
    package init(
        title: String, subtitle: String = "", dataset: RecordCount, curves: [Curve]
    ) {
        self.title = title
        self.subtitle = subtitle
        self.dataset = dataset
        self.curves = curves
    }

    /// The chart as an SVG document about 860 pixels wide, for light and for dark pages.
    package var svg: String {
        let note =
            curves.contains { $0.contained != nil }
            ? "A marker: where the alarm ends the theft." : ""
        return LineChart(
            title: title,
            subtitle: Sentences.joined([subtitle, note]),
            x: Axis("time until the thief is stopped", scale: .log10, unit: .duration),
            y: Axis("records lost", scale: .log10, unit: .records, floor: 1),
            series: lines + marks,
            references: [
                ReferenceLine(
                    .y, Double(dataset.count), label: "all \(dataset.inWords) records")
            ]
        ).svg
    }

    private var lines: [Series] {
        curves.enumerated().map { index, curve in
            Series(
                curve.name, curve.points.map(Self.point), style: .line, interval: .band,
                color: curve.color ?? index)
        }
    }

    private var marks: [Series] {
        curves.enumerated().compactMap { index, curve in
            curve.contained.map { contained in
                Series(
                    "", [Self.point(contained)], style: .points, color: curve.color ?? index,
                    marker: index)
            }
        }
    }

    private static func point(_ point: Point) -> Series.Point {
        Series.Point(
            point.window.value, point.records, low: point.interval?.lowerBound,
            high: point.interval?.upperBound)
    }
}
