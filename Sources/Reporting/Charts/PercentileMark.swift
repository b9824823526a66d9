/// A percentile with the shape and colour that stand for it.
enum PercentileMark: Int, CaseIterable {
    case p50, p90, p99, p999, max

    /// The name in the legend.
    var name: String {
        switch self {
        case .p50: "p50"
        case .p90: "p90"
        case .p99: "p99"
        case .p999: "p99.9"
        case .max: "max"
        }
    }

    /// Draws the mark.
    func draw(at spot: Spot, on canvas: inout Canvas) {
        switch self {
        case .p50: shape(.circle, 5, .series(0), spot, on: &canvas)
        case .p90: shape(.square, 4.2, .series(2), spot, on: &canvas)
        case .p99: shape(.triangle, 4.6, .series(1), spot, on: &canvas)
        case .p999: shape(.diamond, 4.2, .series(3), spot, on: &canvas)
        case .max:
            let stem = Stroke(from: Spot(spot.x, spot.y - 6), to: Spot(spot.x, spot.y + 6))
            canvas.line(stem, .text, width: 2)
        }
    }

    private func shape(
        _ marker: Marker, _ radius: Double, _ ink: Ink, _ spot: Spot, on canvas: inout Canvas
    ) {
        let corners = marker.corners(around: spot, radius: radius)
        canvas.shape(corners, ink, edge: .background, edgeWidth: 1)
    }
}
