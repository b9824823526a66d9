/// A series in pixels, cut to the plot: what there is to draw of it.
struct SeriesTrace {
    /// The lines through its points, one run for each stretch without a gap.
    private(set) var lines: [[Spot]] = []
    /// The places of its points.
    private(set) var markers: [Spot] = []
    /// Places at the upper edge where the value is infinite.
    private(set) var arrows: [Spot] = []
    /// The intervals as upright strokes.
    private(set) var bars: [Stroke] = []
    /// The intervals as closed shapes along the line.
    private(set) var bands: [[Spot]] = []

    private let isStep: Bool

    /// Cuts the series to the plot of a chart.
    init(_ series: Series, in layout: LineChartLayout) {
        isStep = series.style == .step
        for stretch in Self.stretches(series.points, layout) {
            let spots = stretch.map(\.spot)
            let run = isStep ? Self.stepped(spots) : spots
            if series.style != .points { lines += Self.clipped(run, to: layout.plot) }
            if series.style == .markers || series.style == .points || stretch.count == 1 {
                markers += spots.filter(layout.plot.contains)
            }
            switch series.interval {
            case .bars: addBars(stretch, layout)
            case .band: addBands(stretch, layout)
            }
        }
        for point in series.points where point.y == .infinity && layout.x.contains(point.x) {
            guard let place = layout.x.position(point.x), let top = layout.endless else { continue }
            arrows.append(Spot(place, top))
        }
    }

    /// Whether nothing of the series is in sight.
    var isEmpty: Bool { lines.isEmpty && markers.isEmpty && arrows.isEmpty }

    /// The right-most place drawn, where the series' name belongs.
    var end: Spot? {
        let ends = lines.compactMap(\.last) + markers + arrows
        return ends.max { $0.x < $1.x }
    }

    /// Everything drawn as strokes, for labels to keep away from.
    var strokes: [Stroke] {
        let along = lines.flatMap { run in
            zip(run, run.dropFirst()).map { Stroke(from: $0, to: $1) }
        }
        let points = (markers + arrows).map { spot in
            Stroke(from: Spot(spot.x - 5, spot.y - 5), to: Spot(spot.x + 5, spot.y + 5))
        }
        return along + points + bars
    }

    /// A point that can be shown, in pixels.
    private struct Placed {
        let spot: Spot
        /// Pixels of the ends of the interval, lower value first; nil for none.
        let interval: (low: Double, high: Double)?
    }

    /// The points that can be shown, in stretches without a gap between them.
    private static func stretches(
        _ points: [Series.Point], _ layout: LineChartLayout
    ) -> [[Placed]] {
        var result: [[Placed]] = [[]]
        for point in points {
            if let x = layout.x.position(point.x), let value = point.y,
                let y = layout.y.position(value)
            {
                let interval = interval(of: point, layout)
                result[result.count - 1].append(Placed(spot: Spot(x, y), interval: interval))
            } else {
                result.append([])
            }
        }
        return result.filter { !$0.isEmpty }
    }

    /// An interval in pixels; an end that the axis cannot show lies at the edge of the plot.
    private static func interval(
        of point: Series.Point, _ layout: LineChartLayout
    ) -> (low: Double, high: Double)? {
        guard let low = point.low, let high = point.high, low <= high else { return nil }
        let plot = layout.plot
        let bottom = layout.y.position(low) ?? (low > 0 ? plot.top : plot.bottom)
        let top = layout.y.position(high) ?? (high > 0 ? plot.top : plot.bottom)
        guard bottom >= plot.top, top <= plot.bottom else { return nil }
        return (min(bottom, plot.bottom), max(top, plot.top))
    }

    private mutating func addBars(_ stretch: [Placed], _ layout: LineChartLayout) {
        for placed in stretch {
            let isInside = layout.plot.contains(Spot(placed.spot.x, layout.plot.middle.y))
            guard isInside, let interval = placed.interval else { continue }
            let from = Spot(placed.spot.x, interval.low)
            bars.append(Stroke(from: from, to: Spot(placed.spot.x, interval.high)))
        }
    }

    private mutating func addBands(_ stretch: [Placed], _ layout: LineChartLayout) {
        let parts = stretch.split { placed in
            let isInside = layout.plot.contains(Spot(placed.spot.x, layout.plot.middle.y))
            return !isInside || placed.interval == nil
        }
        for part in parts where part.count > 1 {
            let low = part.compactMap { placed in
                placed.interval.map { Spot(placed.spot.x, $0.low) }
            }
            let high = part.compactMap { placed in
                placed.interval.map { Spot(placed.spot.x, $0.high) }
            }
            bands.append(
                (isStep ? Self.stepped(high) : high) + (isStep ? Self.stepped(low) : low).reversed()
            )
        }
    }

    /// The corners of a line on which each value holds until the next point.
    private static func stepped(_ spots: [Spot]) -> [Spot] {
        var result = Array(spots.prefix(1))
        for (left, right) in zip(spots, spots.dropFirst()) {
            result += [Spot(right.x, left.y), right]
        }
        return result
    }

    /// The parts of a line inside the box.
    private static func clipped(_ run: [Spot], to box: Box) -> [[Spot]] {
        var result: [[Spot]] = []
        for (from, to) in zip(run, run.dropFirst()) {
            guard let part = box.clip(Stroke(from: from, to: to)) else { continue }
            if result.last?.last == part.from {
                result[result.count - 1].append(part.to)
            } else {
                result.append([part.from, part.to])
            }
        }
        return result
    }
}
