import Units

/// Where everything in a percentile chart stands: labels left, marks in the middle, figures right.
struct PercentileLayout {
    /// A row with the middle of the strip that it takes, in pixels from the top.
    struct PlacedRow {
        let row: PercentileChart.Row
        let middle: Double
    }

    let width: Double
    let height: Double
    let header: Header
    /// The middle of the legend's line.
    let legendMiddle: Double
    /// The area of the marks.
    let plot: Box
    let rows: [PlacedRow]
    /// The shared axis, in seconds.
    let x: AxisMapping
    private let headings: [(text: String, baseline: Double)]
    private let ticks: Ticks
    private let room: Double

    private static let rowHeight = 24.0
    private static let headingHeight = 32.0
    private static let figure = 72.0
    private static let widestLabel = 470.0

    init(_ chart: PercentileChart) {
        let all = chart.groups.flatMap(\.rows)
        room = min(Self.widestLabel, all.map { TextMeasure.width($0.label, .cell) }.max() ?? 0)
        let left = Header.margin + max(40, room) + 14
        // A long key widens the page rather than squeeze the plot.
        width = max(860, left + 320 + 2 * Self.figure + Header.margin)
        header = Header(title: chart.title, subtitle: chart.subtitle, width: width)
        legendMiddle = header.height + 22
        let top = legendMiddle + 46
        (rows, headings) = Self.place(chart.groups, from: top)
        let headed = headings.filter { !$0.text.isEmpty }.count
        let rowsHeight = Double(rows.count) * Self.rowHeight + Double(headed) * Self.headingHeight
        let bottom = top + (rows.isEmpty ? 120 : rowsHeight + 6)
        let right = width - Header.margin - 2 * Self.figure
        plot = Box(left: left, top: top, right: right, bottom: bottom)
        let values = all.flatMap(\.values).compactMap { $0?.seconds.value }
        let axis = Axis(chart.label, scale: .log10, unit: .duration)
        x = AxisMapping(axis, fitting: values, from: left + 12, to: right - 12)
        ticks = Ticks(x) { TextMeasure.width($0, .tick) + 16 }
        height = bottom + 66
    }

    private static func place(
        _ groups: [PercentileChart.Group], from top: Double
    ) -> ([PlacedRow], [(text: String, baseline: Double)]) {
        var (rows, headings) = ([PlacedRow](), [(text: String, baseline: Double)]())
        var top = top
        for group in groups where !group.rows.isEmpty {
            if !group.heading.isEmpty {
                headings.append((group.heading, top + headingHeight - 10))
                top += headingHeight
            }
            for row in group.rows {
                rows.append(PlacedRow(row: row, middle: top + rowHeight / 2))
                top += rowHeight
            }
        }
        return (rows, headings)
    }

    /// Draws the strips of the rows with their labels and figures, and the headings.
    func drawRows(on canvas: inout Canvas) {
        let page = Box(left: Header.margin - 8, top: 0, right: width - Header.margin + 8, bottom: 0)
        for (index, placed) in rows.enumerated() where index % 2 == 0 {
            var strip = page
            strip.top = placed.middle - Self.rowHeight / 2
            strip.bottom = placed.middle + Self.rowHeight / 2
            canvas.rect(strip, .stripe)
        }
        for tick in ticks.labelled {
            let from = Spot(tick.position, plot.top)
            canvas.line(Stroke(from: from, to: Spot(tick.position, plot.bottom)), .grid)
        }
        for heading in headings {
            let text = TextMeasure.shortened(heading.text, .axisLabel, to: width - 220)
            canvas.text(text, at: Spot(Header.margin, heading.baseline), .axisLabel)
        }
        for placed in rows { drawText(placed, on: &canvas) }
        if !rows.isEmpty { drawColumnHeads(on: &canvas) }
    }

    private func drawText(_ placed: PlacedRow, on canvas: inout Canvas) {
        let label = TextMeasure.shortened(placed.row.label, .cell, to: room)
        let baseline = placed.middle + 4
        let tooltip = label == placed.row.label ? nil : placed.row.label
        canvas.text(label, at: Spot(Header.margin, baseline), .cell, tooltip: tooltip)
        for (column, value) in [placed.row.p50, placed.row.p99].enumerated() {
            let text = value.map { ValueUnit.duration.text($0.seconds.value) } ?? "–"
            canvas.text(text, at: Spot(figureEnd(column), baseline), .label, .end)
        }
    }

    private func drawColumnHeads(on canvas: inout Canvas) {
        for (column, name) in ["p50", "p99"].enumerated() {
            canvas.text(name, at: Spot(figureEnd(column), plot.top - 10), .note, .end)
        }
    }

    private func figureEnd(_ column: Int) -> Double {
        width - Header.margin - Double(1 - column) * Self.figure
    }

    /// Draws the axis: below the rows, and above them too where the rows are many.
    func drawAxis(label: String, on canvas: inout Canvas) {
        var edges = [(y: plot.bottom, side: 1.0, baseline: plot.bottom + 21)]
        if rows.count > 8 { edges.append((plot.top, -1, plot.top - 10)) }
        for edge in edges {
            let strokes =
                ticks.labelled.map { ($0.position, 5 * edge.side) }
                + ticks.minor.map { ($0, 3 * edge.side) }
            let line = [Spot(plot.left, edge.y), Spot(plot.right, edge.y)]
            let runs = strokes.map { [Spot($0.0, edge.y), Spot($0.0, edge.y + $0.1)] }
            canvas.path([line] + runs, .axis, width: 1)
            for tick in ticks.labelled {
                canvas.text(tick.text, at: Spot(tick.position, edge.baseline), .tick, .middle)
            }
        }
        let text = TextMeasure.shortened(label, .axisLabel, to: plot.width)
        canvas.text(text, at: Spot(plot.middle.x, plot.bottom + 46), .axisLabel, .middle)
    }
}
