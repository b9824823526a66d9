/// Where everything in a line chart stands: margins as wide as the labels need, the rest the plot.
struct LineChartLayout {
    /// The width of the page in pixels.
    let width = 860.0
    /// The height of the page in pixels.
    let height: Double
    /// The title and subtitle.
    let header: Header
    /// The area of the lines.
    let plot: Box
    let x: AxisMapping
    let y: AxisMapping
    let endLabels: EndLabels
    private let xTicks: Ticks
    private let yTicks: Ticks
    /// Where values without an end are drawn, above all others; nil where there are none.
    let endless: Double?

    /// The room between the outermost values and the edges, so that markers are not cut.
    private static let inset = 14.0

    /// The place of a chart that shares its page with others.
    struct Panel {
        /// What lies above it, in pixels from the page's upper edge.
        var top: Double
        /// The least height of the plot.
        var height: Double
        /// The edges of the plot, for panels whose plots stand one above the other; nil for as far
        /// out as the labels allow.
        var edges: (left: Double, right: Double)?
        /// The height left free between the label of the vertical axis and the plot.
        var lane = 0.0
        /// Whether the horizontal axis has numbers; else the panel below has them.
        var hasNumbers = true
    }

    private let references: [ReferenceLine]
    private let lane: Double
    private let hasNumbers: Bool

    /// Lays a chart out: on a page of its own below its title, or as one panel of several.
    init(_ chart: LineChart, as panel: Panel? = nil) {
        header = Header(title: chart.title, subtitle: chart.subtitle, width: width)
        endLabels = EndLabels(chart.series)
        references = chart.references.filter { $0.upper == nil }
        let panel = panel ?? Panel(top: header.height, height: 370)
        (lane, hasNumbers) = (panel.lane, panel.hasNumbers)
        let top = panel.top + 40 + panel.lane
        let bottom = top + max(panel.height, endLabels.height)
        let padding = chart.y.scale == .log10 ? 8.0 : 0
        let yValues = Self.yValues(chart)
        endless = yValues.contains(.infinity) ? top + 9 : nil
        y = AxisMapping(
            chart.y, fitting: yValues, from: bottom - padding, to: top + (endless == nil ? 8 : 34))
        yTicks = Ticks(y) { _ in 26 }
        let texts = yTicks.labelled.map(\.text) + [chart.y.unit.text(.infinity)]
        let widest = texts.map { TextMeasure.width($0, .tick) }.max() ?? 0
        let left = panel.edges?.left ?? max(64, Header.margin + widest + 12)
        let right = panel.edges?.right ?? width - max(64, endLabels.width + Header.margin)
        x = AxisMapping(
            chart.x, fitting: Self.xValues(chart), from: left + Self.inset, to: right - Self.inset)
        xTicks = Ticks(x) { TextMeasure.width($0, .tick) + 18 }
        plot = Box(left: left, top: top, right: right, bottom: bottom)
        let foot = chart.x.label.isEmpty ? 40.0 : 66
        height = bottom + (hasNumbers ? foot : 0)
    }

    private static func xValues(_ chart: LineChart) -> [Double] {
        chart.series.flatMap { $0.points.map(\.x) } + references(chart, .x)
    }

    private static func yValues(_ chart: LineChart) -> [Double] {
        chart.series.flatMap(\.points).flatMap { [$0.y, $0.low, $0.high].compactMap { $0 } }
            + references(chart, .y)
    }

    private static func references(
        _ chart: LineChart, _ axis: ReferenceLine.Direction
    ) -> [Double] {
        chart.references.filter { $0.axis == axis }
            .flatMap { [$0.value, $0.upper].compactMap { $0 } }
    }

    /// The line across the plot at a value of an axis, nil where the value is not shown.
    func stroke(of value: Double, on axis: ReferenceLine.Direction) -> Stroke? {
        switch axis {
        case .x:
            guard x.contains(value), let place = x.position(value) else { return nil }
            return Stroke(from: Spot(place, plot.bottom), to: Spot(place, plot.top))
        case .y:
            guard y.contains(value), let place = y.position(value) else { return nil }
            return Stroke(from: Spot(plot.left, place), to: Spot(plot.right, place))
        }
    }

    /// The lines of the references in sight.
    var referenceStrokes: [Stroke] { references.compactMap { stroke(of: $0.value, on: $0.axis) } }

    /// The part of the plot that a band covers, nil for a line and for a band out of sight.
    func band(_ reference: ReferenceLine) -> Box? {
        guard let other = reference.upper, !other.isNaN, !reference.value.isNaN else { return nil }
        var box = plot
        switch reference.axis {
        case .x:
            let (from, to) = (edge(reference.value, x), edge(other, x))
            (box.left, box.right) = (max(plot.left, min(from, to)), min(plot.right, max(from, to)))
        case .y:
            let (from, to) = (edge(reference.value, y), edge(other, y))
            (box.top, box.bottom) = (max(plot.top, min(from, to)), min(plot.bottom, max(from, to)))
        }
        return box.width > 0 && box.height > 0 ? box : nil
    }

    /// The part of the plot that a region covers; nil where nothing of it is shown.
    func box(_ region: LineChart.Region) -> Box? {
        let box = Box(
            left: max(plot.left, edge(region.x.lowerBound, x)),
            top: max(plot.top, edge(region.y.upperBound, y)),
            right: min(plot.right, edge(region.x.upperBound, x)),
            bottom: min(plot.bottom, edge(region.y.lowerBound, y)))
        return box.width > 0 && box.height > 0 ? box : nil
    }

    /// A value's pixel; one too small or too large for the axis lies beyond its end.
    private func edge(_ value: Double, _ mapping: AxisMapping) -> Double {
        if let place = mapping.position(value) { return place }
        let length = mapping.end - mapping.start
        return value > mapping.domain.upperBound ? mapping.end + length : mapping.start - length
    }

    /// Draws the quiet lines behind the values.
    func drawGrid(on canvas: inout Canvas) {
        for tick in yTicks.labelled {
            let from = Spot(plot.left, tick.position)
            canvas.line(Stroke(from: from, to: Spot(plot.right, tick.position)), .grid)
        }
        for tick in xTicks.labelled {
            let from = Spot(tick.position, plot.top)
            canvas.line(Stroke(from: from, to: Spot(tick.position, plot.bottom)), .grid)
        }
    }

    /// Draws the axes, their ticks and what is written beside them.
    func drawAxes(on canvas: inout Canvas) {
        let corner = Spot(plot.left, plot.bottom)
        canvas.path(
            [[Spot(plot.left, plot.top), corner, Spot(plot.right, plot.bottom)]], .axis, width: 1)
        let sideways = yTicks.labelled.map { ($0.position, 5.0) } + yTicks.minor.map { ($0, 3.0) }
        let runs = sideways.map { [Spot(plot.left - $0.1, $0.0), Spot(plot.left, $0.0)] }
        let upright = xTicks.labelled.map { ($0.position, 5.0) } + xTicks.minor.map { ($0, 3.0) }
        canvas.path(
            runs + upright.map { [Spot($0.0, plot.bottom), Spot($0.0, plot.bottom + $0.1)] },
            .axis, width: 1)
        for tick in yTicks.labelled {
            canvas.text(tick.text, at: Spot(plot.left - 9, tick.position + 4), .tick, .end)
        }
        if let endless {
            let text = y.axis.unit.text(.infinity)
            canvas.text(text, at: Spot(plot.left - 9, endless + 4), .tick, .end)
        }
        for tick in xTicks.labelled where hasNumbers {
            canvas.text(tick.text, at: Spot(tick.position, plot.bottom + 21), .tick, .middle)
        }
        let room = width - 2 * Header.margin
        let yLabel = TextMeasure.shortened(y.axis.label, .axisLabel, to: room)
        canvas.text(yLabel, at: Spot(Header.margin, plot.top - 14 - lane), .axisLabel)
        let xLabel = TextMeasure.shortened(x.axis.label, .axisLabel, to: plot.width)
        canvas.text(xLabel, at: Spot(plot.middle.x, plot.bottom + 46), .axisLabel, .middle)
    }
}
