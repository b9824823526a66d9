/// Where everything in a rank chart stands: names left, figures on the axis in the middle and as
/// text at the right.
struct RankLayout {
    /// A row with the middle of the strip that it takes, in pixels from the top.
    struct PlacedRow {
        let row: RankChart.Row
        let middle: Double
    }

    let width: Double
    let height: Double
    let header: Header
    /// The area of the figures.
    let plot: Box
    let rows: [PlacedRow]
    /// The shared axis.
    let x: AxisMapping
    private let ticks: Ticks
    private let labelRoom: Double
    private let noteRoom: Double

    private static let rowHeight = 30.0
    private static let widestLabel = 300.0
    private static let widestNote = 220.0
    private static let gap = 14.0

    init(_ chart: RankChart) {
        labelRoom = Self.room(
            for: chart.rows.map { TextMeasure.width($0.label, .cell) }, 40...Self.widestLabel)
        noteRoom = Self.room(
            for: chart.rows.map { TextMeasure.width($0.note, .label) }, 72...Self.widestNote)
        let left = Header.margin + labelRoom + Self.gap
        // Long names widen the page rather than squeeze the plot.
        width = max(860, left + 320 + Self.gap + noteRoom + Header.margin)
        header = Header(title: chart.title, subtitle: chart.subtitle, width: width)
        let top = header.height + 18
        rows = chart.rows.enumerated().map { turn, row in
            PlacedRow(row: row, middle: top + (Double(turn) + 0.5) * Self.rowHeight)
        }
        let bottom = top + (rows.isEmpty ? 120 : Double(rows.count) * Self.rowHeight + 6)
        let right = width - Header.margin - noteRoom - Self.gap
        plot = Box(left: left, top: top, right: right, bottom: bottom)
        let values = chart.rows.flatMap { [$0.value, $0.low, $0.high] } + [chart.reference]
        let axis = Axis(chart.label, scale: .log10, unit: .prefixed)
        x = AxisMapping(
            axis, fitting: values.compactMap(\.self), from: left + 12, to: right - 12)
        ticks = Ticks(x) { TextMeasure.width($0, .tick) + 16 }
        height = bottom + 66
    }

    private static func room(for widths: [Double], _ bounds: ClosedRange<Double>) -> Double {
        min(bounds.upperBound, max(bounds.lowerBound, widths.max() ?? 0))
    }

    /// Draws the strips of the rows with their names and figures.
    func drawRows(on canvas: inout Canvas) {
        let page = Box(left: Header.margin - 8, top: 0, right: width - Header.margin + 8, bottom: 0)
        for (turn, placed) in rows.enumerated() where turn % 2 == 0 {
            var strip = page
            strip.top = placed.middle - Self.rowHeight / 2
            strip.bottom = placed.middle + Self.rowHeight / 2
            canvas.rect(strip, .stripe)
        }
        for tick in ticks.labelled {
            let from = Spot(tick.position, plot.top)
            canvas.line(Stroke(from: from, to: Spot(tick.position, plot.bottom)), .grid)
        }
        for placed in rows { drawText(placed, on: &canvas) }
    }

    private func drawText(_ placed: PlacedRow, on canvas: inout Canvas) {
        let baseline = placed.middle + 4
        let label = TextMeasure.shortened(placed.row.label, .cell, to: labelRoom)
        let tooltip = label == placed.row.label ? nil : placed.row.label
        canvas.text(label, at: Spot(Header.margin, baseline), .cell, tooltip: tooltip)
        let note = TextMeasure.shortened(placed.row.note, .label, to: noteRoom)
        canvas.text(note, at: Spot(width - Header.margin, baseline), .label, .end)
    }

    /// Draws the axis below the rows.
    func drawAxis(label: String, on canvas: inout Canvas) {
        let strokes =
            ticks.labelled.map { ($0.position, 5.0) } + ticks.minor.map { ($0, 3.0) }
        let line = [Spot(plot.left, plot.bottom), Spot(plot.right, plot.bottom)]
        let runs = strokes.map { [Spot($0.0, plot.bottom), Spot($0.0, plot.bottom + $0.1)] }
        canvas.path([line] + runs, .axis, width: 1)
        for tick in ticks.labelled {
            canvas.text(tick.text, at: Spot(tick.position, plot.bottom + 21), .tick, .middle)
        }
        let text = TextMeasure.shortened(label, .axisLabel, to: plot.width)
        canvas.text(text, at: Spot(plot.middle.x, plot.bottom + 46), .axisLabel, .middle)
    }
}
