/// The names of the series in a column right of the plot, each as near to its line's end as the
/// others allow.
struct EndLabels {
    /// The width of the column, zero where no series has a name.
    let width: Double
    /// The height that all names need together.
    let height: Double
    private let labels: [Label]

    private struct Label {
        let index: Int
        let lines: [String]
        let pen: SeriesPen
        let hasLine: Bool
        var height: Double { Double(lines.count) * 15 + 5 }
    }

    private static let widest = 170.0
    /// From the plot to the sample: room for the line that leads to a label moved away.
    private static let lead = 20.0
    private static let sample = 26.0
    private static let gap = 7.0

    private static var style: TextStyle {
        var style = TextStyle.label
        style.isBold = true
        return style
    }

    /// Breaks the names into lines.
    init(_ series: [Series]) {
        labels = series.enumerated().compactMap { index, one in
            let name = one.points.contains { $0.y != nil } ? one.name : "\(one.name) (no data)"
            guard !one.name.isEmpty else { return nil }
            let lines = TextMeasure.wrapped(name, Self.style, to: Self.widest)
            return Label(
                index: index, lines: lines, pen: SeriesPen(one, turn: index),
                hasLine: one.style != .points)
        }
        height = labels.reduce(0) { $0 + $1.height }
        let text = labels.flatMap(\.lines).map { TextMeasure.width($0, Self.style) }.max()
        width = text.map { Self.lead + Self.sample + Self.gap + $0 } ?? 0
    }

    /// Writes the names beside the ends of their lines.
    func draw(_ traces: [SeriesTrace], in layout: LineChartLayout, on canvas: inout Canvas) {
        let plot = layout.plot
        let ends = labels.map { traces[$0.index].end }
        let centers = Nudging.centers(
            wishes: ends.map { $0?.y ?? plot.bottom }, heights: labels.map(\.height),
            within: plot.top...plot.bottom)
        for (index, label) in labels.enumerated() {
            let left = plot.right + Self.lead
            let middle = Spot(left + Self.sample / 2, centers[index])
            if label.hasLine, let end = ends[index], plot.right - end.x < 60 {
                let lead = [end, Spot(plot.right, end.y), Spot(left - 3, centers[index])]
                canvas.path([lead], label.pen.ink, width: 0.75)
            }
            label.pen.sample(around: middle, length: Self.sample, on: &canvas)
            let first = centers[index] - Double(label.lines.count - 1) * 7.5 + 4
            for (row, line) in label.lines.enumerated() {
                let place = Spot(left + Self.sample + Self.gap, first + Double(row) * 15)
                canvas.text(line, at: place, Self.style.inked(label.pen.ink))
            }
        }
    }
}
