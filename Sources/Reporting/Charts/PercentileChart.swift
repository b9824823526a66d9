import Units

/// Latency percentiles of many cells side by side, one row a cell on a shared logarithmic axis.
///
/// The same values always yield the same bytes.
package struct PercentileChart: Sendable {
    /// The latencies of one cell; a percentile without enough calls behind it is nil and not drawn.
    package struct Row: Sendable {
        /// The key of the cell.
        package var label: String
        /// The latency that half of the calls stayed within.
        package var p50: Nanoseconds?
        /// The latency that 90 % of the calls stayed within.
        package var p90: Nanoseconds?
        /// The latency that 99 % of the calls stayed within.
        package var p99: Nanoseconds?
        /// The latency that 99.9 % of the calls stayed within.
        package var p999: Nanoseconds?
        /// The longest latency seen.
        package var max: Nanoseconds?

        /// Describes a row.
        package init(
            _ label: String, p50: Nanoseconds? = nil, p90: Nanoseconds? = nil,
            p99: Nanoseconds? = nil, p999: Nanoseconds? = nil, max: Nanoseconds? = nil
        ) {
            self.label = label
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.p999 = p999
            self.max = max
        }

        /// The values in the order of `PercentileMark`.
        var values: [Nanoseconds?] { [p50, p90, p99, p999, max] }
    }

    /// Rows that belong together, such as those of one mechanism.
    package struct Group: Sendable {
        /// What the rows have in common; empty for rows without a heading.
        package var heading: String
        /// The rows, from the top.
        package var rows: [Row]

        /// Describes a group.
        package init(_ heading: String, _ rows: [Row]) {
            self.heading = heading
            self.rows = rows
        }
    }

    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart; may be empty.
    package var subtitle: String
    /// What the axis counts, such as "Service time of a call".
    package var label: String
    /// The rows, from the top.
    package var groups: [Group]

    /// Describes a chart.
    package init(title: String, subtitle: String = "", label: String, groups: [Group]) {
        self.title = title
        self.subtitle = subtitle
        self.label = label
        self.groups = groups
    }

    /// The chart as an SVG document, at least 860 pixels wide and as high as its rows need, for
    /// light and for dark pages.
    package var svg: String {
        let layout = PercentileLayout(self)
        var canvas = Canvas(width: layout.width, height: layout.height)
        layout.header.draw(on: &canvas)
        drawLegend(layout, on: &canvas)
        layout.drawRows(on: &canvas)
        layout.drawAxis(label: label, on: &canvas)
        for row in layout.rows { drawMarks(row, layout, on: &canvas) }
        if layout.rows.isEmpty {
            let middle = layout.plot.middle
            canvas.text("no data", at: Spot(middle.x, middle.y + 4), .subtitle, .middle)
        }
        return canvas.document(title: title, description: description)
    }

    private func drawLegend(_ layout: PercentileLayout, on canvas: inout Canvas) {
        var left = Header.margin + 6
        for mark in PercentileMark.allCases {
            mark.draw(at: Spot(left, layout.legendMiddle), on: &canvas)
            canvas.text(mark.name, at: Spot(left + 12, layout.legendMiddle + 4), .label)
            left += 36 + TextMeasure.width(mark.name, .label)
        }
        let isIncomplete = layout.rows.contains { $0.row.values.contains(nil) }
        guard isIncomplete else { return }
        let note = "A percentile with too few calls behind it is not drawn."
        canvas.text(note, at: Spot(left + 6, layout.legendMiddle + 4), .note)
    }

    private func drawMarks(
        _ placed: PercentileLayout.PlacedRow, _ layout: PercentileLayout, on canvas: inout Canvas
    ) {
        let spots = placed.row.values.map { value -> Spot? in
            guard let value, let x = layout.x.position(value.seconds.value) else { return nil }
            return Spot(x, placed.middle)
        }
        let shown = spots.compactMap { $0 }.sorted { $0.x < $1.x }
        guard let first = shown.first, let last = shown.last else {
            let place = Spot(layout.plot.left + 10, placed.middle + 4)
            return canvas.text("no data", at: place, .note)
        }
        canvas.line(Stroke(from: first, to: last), .axis, width: 1.5)
        // From the longest to the median, so that where marks meet the median stays in sight.
        for (mark, spot) in zip(PercentileMark.allCases, spots).reversed() {
            if let spot { mark.draw(at: spot, on: &canvas) }
        }
    }

    /// The chart in words, for readers who cannot see it.
    private var description: String {
        let sentences = groups.flatMap(\.rows).map { row in
            let values = zip(PercentileMark.allCases, row.values).compactMap { mark, value in
                value.map { "\(mark.name) \($0.seconds.inWords)" }
            }
            return "\(row.label): \(values.isEmpty ? "no data" : values.joined(separator: ", "))."
        }
        return ([subtitle, "\(label), logarithmic."] + sentences).filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
