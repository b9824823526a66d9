import Exposure

/// How likely a theft is to cost more than an amount, for one throttle or several.
///
/// The same values always yield the same bytes.
package struct ExceedanceChart: Sendable {
    /// One curve with its name.
    package struct Curve: Sendable {
        /// What stands at the end of the line.
        package var name: String
        /// The curve.
        package var exceedance: LossExceedance
        /// The colour's number, so that a throttle keeps its own; nil takes the next in turn.
        package var color: Int?

        /// Names a curve.
        package init(_ name: String, _ exceedance: LossExceedance, color: Int? = nil) {
            self.name = name
            self.exceedance = exceedance
            self.color = color
        }
    }

    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart; may be empty.
    package var subtitle: String
    /// What the amounts are, such as "loss of one theft".
    package var amount: String
    /// The currency of the amounts, such as `USD`.
    package var currency: String
    /// The curves.
    package var curves: [Curve]

    /// The probability that the chart names, by the convention of risk reports.
    private static let rare = 0.05
    /// The axis ends where the curves are nearer than this to all thefts, or to none.
    private static let resolution = 0.002

    /// Describes a chart.
    package init(
        title: String, subtitle: String = "", amount: String = "loss of one theft",
        currency: String, curves: [Curve]
    ) {
        self.title = title
        self.subtitle = subtitle
        self.amount = amount
        self.currency = currency
        self.curves = curves
    }

    /// The chart as an SVG document about 860 pixels wide, for light and for dark pages.
    package var svg: String {
        let shapes = curves.map { Self.shape($0.exceedance) }
        let amounts = shapes.flatMap(\.points).map(\.amount)
        let (least, most) = (amounts.min() ?? 1, amounts.max() ?? 10)
        return LineChart(
            title: title, subtitle: subtitle,
            x: Axis("\(amount), \(currency)", scale: .log10, unit: .records),
            y: Axis(
                "probability of more", unit: .percent, domain: 0...1,
                ticks: [0, 0.2, 0.4, 0.6, 0.8, 1]),
            series: zip(curves, shapes).map { curve, shape in
                Series(
                    name(of: curve), Self.points(shape, from: least, to: most), style: .line,
                    color: curve.color)
            },
            references: [ReferenceLine(.y, Self.rare, label: "1 theft in 20")]
        ).svg
    }

    private func name(of curve: Curve) -> String {
        let points = curve.exceedance.points
        guard let first = points.first(where: { $0.probability <= Self.rare }) else {
            return curve.name
        }
        if points.allSatisfy({ $0.probability <= 0 && $0.amount <= 0 }) {
            return "\(curve.name): costs nothing"
        }
        guard first.amount > 0 else { return "\(curve.name): at most 1 in 20 costs anything" }
        return "\(curve.name): 1 in 20 above \(ValueUnit.records.text(first.amount))"
    }

    /// What a log axis can show of a curve.
    private struct Shape {
        /// The probability of more than the least amount, and of any loss at all; nil for no curve.
        var start: Double?
        /// From the last amount that all exceed to the first that none exceeds.
        var points: [LossExceedance.Point]
    }

    private static func shape(_ curve: LossExceedance) -> Shape {
        let shown = curve.points.filter { $0.amount > 0 && $0.amount.isFinite }
        // A loss that does not vary is a single amount that none exceeds, and all below it do.
        let first = shown.first.map { $0.probability > 0 ? $0.probability : 1 }
        let start = curve.points.last { $0.amount <= 0 }?.probability ?? first
        let from = shown.lastIndex { $0.probability > 1 - resolution } ?? 0
        let to = shown.firstIndex { $0.probability < resolution } ?? shown.count - 1
        return Shape(start: start, points: from <= to ? Array(shown[from...to]) : shown)
    }

    /// The curve from the least amount of all curves on; one on which nothing is lost to the most.
    private static func points(
        _ shape: Shape, from least: Double, to most: Double
    ) -> [Series.Point] {
        guard let start = shape.start else { return [] }
        guard let first = shape.points.first else {
            return [Series.Point(least, start), Series.Point(most, start)]
        }
        return [Series.Point(least, start), Series.Point(first.amount, start)]
            + shape.points.map { Series.Point($0.amount, $0.probability) }
    }
}
