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
        let traces = series.map { SeriesTrace($0, in: layout) }
        var canvas = Canvas(width: layout.width, height: layout.height)
        layout.header.draw(on: &canvas)
        drawBands(layout, on: &canvas)
        layout.drawGrid(on: &canvas)
        drawReferences(layout, on: &canvas)
        for (turn, trace) in traces.enumerated() {
            SeriesPen(series[turn], turn: turn).draw(trace, on: &canvas)
        }
        layout.drawAxes(on: &canvas)
        let notice = traces.allSatisfy(\.isEmpty) ? drawNotice(layout, on: &canvas) : nil
        let labels = ReferenceLabels.placed(
            references, in: layout, avoiding: traces.flatMap(\.strokes), and: notice)
        for label in labels {
            canvas.rect(label.box, .background, opacity: 0.9, radius: 3)
            let place = Spot(label.box.middle.x, label.box.middle.y + 4)
            canvas.text(label.text, at: place, .note, .middle)
        }
        layout.endLabels.draw(traces, in: layout, on: &canvas)
        return canvas.document(title: title, description: description)
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
    }

    private func drawReferences(_ layout: LineChartLayout, on canvas: inout Canvas) {
        for reference in references where reference.upper == nil {
            guard let stroke = layout.stroke(of: reference.value, on: reference.axis) else {
                continue
            }
            canvas.line(stroke, .muted, width: 1, dash: "4 4")
        }
    }

    /// The chart in words, for readers who cannot see it.
    private var description: String {
        let names = series.map(\.name).filter { !$0.isEmpty }
        var sentences = [
            subtitle, "Horizontal: \(x.label)\(x.scale == .log10 ? ", logarithmic" : "").",
            "Vertical: \(y.label)\(y.scale == .log10 ? ", logarithmic" : "").",
        ]
        if !names.isEmpty { sentences.append("Lines: \(names.joined(separator: "; ")).") }
        if !references.isEmpty {
            let labels = references.map(\.label)
            sentences.append("Reference lines: \(labels.joined(separator: "; ")).")
        }
        return sentences.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
