/// A chart of lines over two axes, written as a self-contained SVG document.
///
/// Each line carries its name at its right end. The same values always yield the same bytes.
package struct LineChart: Sendable {
    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart: load, key, how intervals were made; may be empty.
    package var subtitle: String
    /// The horizontal axis.
    package var x: Axis
    /// The vertical axis; its label stands above it.
    package var y: Axis
    /// The lines, in the order of their colours and shapes.
    package var series: [Series]
    /// Values to read the lines against; a fitted domain includes them.
    package var references: [ReferenceLine]
    /// Parts of the plot that are shaded.
    package var regions: [Region] = []
    /// Places that are ringed and named.
    package var callouts: [Callout] = []

    /// A part of the plot, cut to what is shown of the axes.
    package struct Region: Sendable {
        /// The values of the horizontal axis that it spans.
        package var x: ClosedRange<Double>
        /// Those of the vertical axis.
        package var y: ClosedRange<Double>
    }

    /// Describes a chart.
    package init(
        title: String, subtitle: String = "", x: Axis, y: Axis, series: [Series],
        references: [ReferenceLine] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.x = x
        self.y = y
        self.series = series
        self.references = references
    }

    /// The chart as an SVG document about 860 pixels wide, for light and for dark pages.
    package var svg: String {
        let layout = LineChartLayout(self)
        var canvas = Canvas(width: layout.width, height: layout.height)
        layout.header.draw(on: &canvas)
        draw(in: layout, on: &canvas)
        return canvas.document(title: title, description: description)
    }

    /// Draws everything but the title and the subtitle.
    func draw(in layout: LineChartLayout, on canvas: inout Canvas) {
        let traces = series.map { SeriesTrace($0, in: layout) }
        drawBands(layout, on: &canvas)
        layout.drawGrid(on: &canvas)
        drawReferences(layout, on: &canvas)
        for (turn, trace) in traces.enumerated() {
            SeriesPen(series[turn], turn: turn).draw(trace, on: &canvas)
        }
        layout.drawAxes(on: &canvas)
        let notice = traces.allSatisfy(\.isEmpty) ? drawNotice(layout, on: &canvas) : nil
        let data = traces.flatMap(\.strokes)
        let named = PlacedCallout.placed(callouts, in: layout, avoiding: data, and: notice)
        for callout in named { callout.draw(on: &canvas) }
        let labels = ReferenceLabels.placed(
            references, in: layout, avoiding: data,
            and: named.flatMap(\.boxes) + [notice].compactMap { $0 })
        for label in labels {
            canvas.rect(label.box, .background, opacity: 0.9, radius: 3)
            let place = Spot(label.box.middle.x, label.box.middle.y + 4)
            canvas.text(label.text, at: place, .note, .middle)
        }
        layout.endLabels.draw(traces, in: layout, on: &canvas)
    }

    /// Says that the chart has nothing to show, and returns the place that this takes.
    private func drawNotice(_ layout: LineChartLayout, on canvas: inout Canvas) -> Box {
        let middle = layout.plot.middle
        canvas.text("no data", at: Spot(middle.x, middle.y + 4), .subtitle, .middle)
        return Box.around(middle, width: 60, height: 20)
    }

    private func drawBands(_ layout: LineChartLayout, on canvas: inout Canvas) {
        for reference in references {
            guard let box = layout.band(reference) else { continue }
            canvas.rect(box, .muted, opacity: 0.1)
        }
        for box in regions.compactMap(layout.box) { canvas.rect(box, .series(2), opacity: 0.13) }
    }

    private func drawReferences(_ layout: LineChartLayout, on canvas: inout Canvas) {
        for reference in references where reference.upper == nil {
            guard let stroke = layout.stroke(of: reference.value, on: reference.axis) else {
                continue
            }
            switch reference.style {
            case .quiet: canvas.line(stroke, .muted, width: 1, dash: "4 4")
            case .strong: canvas.line(stroke, .text, width: 1.5, dash: "6 4")
            case .event: canvas.line(stroke, .text, width: 1.25)
            }
        }
    }

    /// The chart in words, for readers who cannot see it.
    var description: String {
        let names = series.map(\.name).filter { !$0.isEmpty }
        var sentences = [
            subtitle, "Horizontal: \(x.label)\(x.scale == .log10 ? ", logarithmic" : "").",
            "Vertical: \(y.label)\(y.scale == .log10 ? ", logarithmic" : "").",
        ]
        if !names.isEmpty { sentences.append("Lines: \(names.joined(separator: "; ")).") }
        if !references.isEmpty {
            let labels = references.map(\.label).filter { !$0.isEmpty }
            sentences.append("Reference lines: \(labels.joined(separator: "; ")).")
        }
        sentences += callouts.map { $0.lines.joined(separator: ", ") + "." }
        return sentences.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
