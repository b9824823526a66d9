/// The colour, dashes and marker in which a series is drawn, in the plot and beside its name.
struct SeriesPen {
    let ink: Ink
    /// The pattern of the line; nil for an unbroken one.
    let dash: String?
    let marker: Marker
    private let hasMarkers: Bool
    private let hasLine: Bool
    private let isHollow: Bool
    private let width = 2.25

    /// The pen of the series that is the `turn`th of its chart, counted from zero.
    init(_ series: Series, turn: Int) {
        ink = .series(series.color ?? turn)
        marker = Marker(turn: series.marker ?? turn)
        hasMarkers = series.style == .markers || series.style == .points
        hasLine = series.style != .points
        isHollow = series.isHollow
        switch series.style {
        case .markers, .points: dash = nil
        case .line, .step: dash = turn == 0 ? nil : Self.pattern(turn - 1)
        case .dashed: dash = Self.pattern(turn)
        }
    }

    private static func pattern(_ turn: Int) -> String {
        let patterns = ["8 4", "2.5 3", "12 3 2 3", "5 2", "16 5"]
        return patterns[turn % patterns.count]
    }

    /// Draws a series: its intervals first, so that lines and markers stand on them.
    func draw(_ trace: SeriesTrace, on canvas: inout Canvas) {
        for band in trace.bands { canvas.shape(band, ink, opacity: 0.16) }
        canvas.path(trace.lines, ink, width: width, dash: dash)
        canvas.path(trace.bars.flatMap(Self.capped), ink, width: 1.25)
        for spot in trace.markers { mark(spot, on: &canvas) }
        for spot in trace.arrows {
            let stem = Stroke(from: Spot(spot.x, spot.y + 13), to: Spot(spot.x, spot.y))
            canvas.line(stem, ink, width: width)
            canvas.shape(Marker.triangle.corners(around: spot, radius: 5), ink)
        }
    }

    /// Draws a short piece of the line around `center`, as a key to it.
    func sample(around center: Spot, length: Double, on canvas: inout Canvas) {
        let from = Spot(center.x - length / 2, center.y)
        let stroke = Stroke(from: from, to: Spot(center.x + length / 2, center.y))
        if hasLine { canvas.line(stroke, ink, width: width, dash: dash) }
        if hasMarkers { mark(center, on: &canvas) }
    }

    private func mark(_ spot: Spot, on canvas: inout Canvas) {
        let corners = marker.corners(around: spot, radius: 4.2)
        if isHollow {
            canvas.shape(corners, .background, edge: ink, edgeWidth: 1.5)
        } else {
            canvas.shape(corners, ink, edge: .background, edgeWidth: 1)
        }
    }

    /// An interval with a cap at each end.
    private static func capped(_ bar: Stroke) -> [[Spot]] {
        let caps = [bar.from, bar.to].map { end in
            [Spot(end.x - 4, end.y), Spot(end.x + 4, end.y)]
        }
        return [[bar.from, bar.to]] + caps
    }
}
