/// Several things in the order of one figure, a row each on a shared logarithmic axis.
///
/// The same values always yield the same bytes.
package struct RankChart: Sendable {
    /// One thing with its figure.
    package struct Row: Sendable {
        /// What it is called.
        package var label: String
        /// The figure; nil where it is not known.
        package var value: Double?
        /// The lower end of its interval.
        package var low: Double?
        /// The upper end of its interval.
        package var high: Double?
        /// What stands at the end of the row: the figure, or why there is none.
        package var note: String

        /// Describes a row.
        package init(
            _ label: String, _ value: Double?, low: Double? = nil, high: Double? = nil,
            note: String = ""
        ) {
            self.label = label
            self.value = value
            self.low = low
            self.high = high
            self.note = note
        }
    }

    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart; may be empty.
    package var subtitle: String
    /// What the axis counts.
    package var label: String
    /// The rows, from the top.
    package var rows: [Row]
    /// A figure to read the others against, a dashed line; nil for none.
    package var reference: Double?

    /// Describes a chart.
    package init(
        title: String, subtitle: String = "", label: String, rows: [Row], reference: Double? = nil
    ) {
        self.title = title
        self.subtitle = subtitle
        self.label = label
        self.rows = rows
        self.reference = reference
    }

    /// The chart as an SVG document, at least 860 pixels wide and as high as its rows need, for
    /// light and for dark pages.
    package var svg: String {
        let layout = RankLayout(self)
        var canvas = Canvas(width: layout.width, height: layout.height)
        layout.header.draw(on: &canvas)
        layout.drawRows(on: &canvas)
        if let reference, let place = layout.x.position(reference) {
            let from = Spot(place, layout.plot.top)
            let stroke = Stroke(from: from, to: Spot(place, layout.plot.bottom))
            canvas.line(stroke, .muted, width: 1, dash: "4 4")
        }
        layout.drawAxis(label: label, on: &canvas)
        for placed in layout.rows { Self.draw(placed, layout, on: &canvas) }
        if layout.rows.isEmpty {
            let middle = layout.plot.middle
            canvas.text("no data", at: Spot(middle.x, middle.y + 4), .subtitle, .middle)
        }
        return canvas.document(title: title, description: description)
    }

    private static func draw(
        _ placed: RankLayout.PlacedRow, _ layout: RankLayout, on canvas: inout Canvas
    ) {
        guard let value = placed.row.value, let x = layout.x.position(value) else {
            let place = Spot(layout.plot.left + 20, placed.middle + 4)
            return canvas.text("no data", at: place, .note)
        }
        if let low = placed.row.low.flatMap(layout.x.position),
            let high = placed.row.high.flatMap(layout.x.position), low <= high
        {
            let caps = [low, high].map { end in
                [Spot(end, placed.middle - 5), Spot(end, placed.middle + 5)]
            }
            let bar = [Spot(low, placed.middle), Spot(high, placed.middle)]
            canvas.path([bar] + caps, .series(0), width: 1.5)
        }
        let corners = Marker.circle.corners(around: Spot(x, placed.middle), radius: 5.5)
        canvas.shape(corners, .series(0), edge: .background, edgeWidth: 1)
    }

    /// The chart in words, for readers who cannot see it.
    private var description: String {
        let sentences = rows.map { row in
            let figure = row.note.isEmpty ? row.value.map(ValueUnit.plain.text) : row.note
            return "\(row.label): \(figure ?? "no data")."
        }
        return ([subtitle, "\(label), logarithmic."] + sentences).filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
