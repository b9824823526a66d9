/// A place in the plot that is ringed and named in a few lines.
package struct Callout: Sendable {
    /// Where it stands on the horizontal axis.
    package var x: Double
    /// Where it stands on the vertical axis.
    package var y: Double
    /// What is written beside it; the first line is bold.
    package var lines: [String]

    /// Names the place where `x` and `y` meet.
    package init(_ x: Double, _ y: Double, _ lines: [String]) {
        self.x = x
        self.y = y
        self.lines = lines
    }
}

/// A callout with the place that its words take.
struct PlacedCallout {
    private let spot: Spot
    private let lines: [String]
    private let box: Box

    private static let radius = 9.0
    private static let lineHeight = 16.0
    private static let padding = 5.0

    private static func style(_ row: Int) -> TextStyle {
        var style = TextStyle.label
        style.isBold = row == 0
        return style
    }

    /// What no other label may cover: the words and the ring.
    var boxes: [Box] { [box, Self.ring(around: spot)] }

    private static func ring(around spot: Spot) -> Box {
        Box.around(spot, width: 2 * radius + 4, height: 2 * radius + 4)
    }

    /// The callouts that lie in sight, each with its words as near as the others, `notice` and the
    /// data allow; one without room is left to the description of the chart.
    static func placed(
        _ callouts: [Callout], in layout: LineChartLayout, avoiding data: [Stroke],
        and notice: Box? = nil
    ) -> [PlacedCallout] {
        let crossing = data + layout.referenceStrokes
        var taken = [notice].compactMap { $0 }
        var result: [PlacedCallout] = []
        for callout in callouts {
            guard layout.x.contains(callout.x), layout.y.contains(callout.y),
                let x = layout.x.position(callout.x), let y = layout.y.position(callout.y)
            else { continue }
            let spot = Spot(x, y)
            let lines = wrapped(callout.lines, to: layout.plot.width * 0.45)
            let boxes = candidates(for: lines, around: spot)
                .filter { layout.plot.contains($0) && !taken.contains(where: $0.overlaps) }
            let crossings = boxes.map { box in crossing.count { box.clip($0) != nil } }
            guard let fewest = crossings.min(), let best = crossings.firstIndex(of: fewest) else {
                continue
            }
            let placed = PlacedCallout(spot: spot, lines: lines, box: boxes[best])
            taken += placed.boxes
            result.append(placed)
        }
        return result
    }

    private static func wrapped(_ lines: [String], to room: Double) -> [String] {
        let head = lines.prefix(1).map { TextMeasure.shortened($0, style(0), to: room) }
        return head + lines.dropFirst().flatMap { TextMeasure.wrapped($0, style(1), to: room) }
    }

    /// The places around the ring, best first: near before far, right before left.
    private static func candidates(for lines: [String], around spot: Spot) -> [Box] {
        let widths = lines.enumerated().map { TextMeasure.width($1, style($0)) }
        let width = (widths.max() ?? 0) + 2 * padding
        let height = Double(lines.count) * lineHeight + 2
        let sides = [(1.0, -1.0), (1, 1), (-1, -1), (-1, 1), (1, 0), (-1, 0), (0, -1), (0, 1)]
        return [16.0, 34, 60, 100, 150].flatMap { distance in
            sides.map { side in
                // Diagonal places begin beside the ring, those straight above it are centred.
                let across = side.0 * (distance + width / 2)
                let along = side.1 * (distance + height / 2)
                return Box.around(
                    Spot(spot.x + across, spot.y + along), width: width, height: height)
            }
        }
    }

    /// Draws the ring, the words and a line from one to the other.
    func draw(on canvas: inout Canvas) {
        let near = Spot(
            min(max(spot.x, box.left), box.right), min(max(spot.y, box.top), box.bottom))
        let (dx, dy) = (near.x - spot.x, near.y - spot.y)
        let length = max(1, (dx * dx + dy * dy).squareRoot())
        let edge = Spot(
            spot.x + dx / length * Self.radius, spot.y + dy / length * Self.radius)
        canvas.line(Stroke(from: edge, to: near), .text)
        let ring = Marker.circle.corners(around: spot, radius: Self.radius)
        canvas.path([ring + ring.prefix(1)], .text, width: 1.75)
        canvas.rect(box, .background, opacity: 0.9, radius: 3)
        for (row, line) in lines.enumerated() {
            let baseline = box.top + Double(row + 1) * Self.lineHeight - 3
            canvas.text(line, at: Spot(box.left + Self.padding, baseline), Self.style(row))
        }
    }
}
