/// Finds room for the labels of reference lines: on their own line or beside it, clear of each
/// other and, wherever that is possible, of the data.
enum ReferenceLabels {
    /// A label with the place it takes.
    struct Placed {
        let text: String
        let box: Box
    }

    private static let height = 13.0
    private static let step = 8.0

    /// The labels that found room; one that has none anywhere on its line is left to the
    /// description of the chart. `taken` are places that no label may take.
    static func placed(
        _ references: [ReferenceLine], in layout: LineChartLayout, avoiding data: [Stroke],
        and taken: [Box] = []
    ) -> [Placed] {
        let lines = references.filter { $0.upper == nil }
        var result: [Placed] = []
        for reference in references where !reference.label.isEmpty {
            guard let center = center(of: reference, in: layout) else { continue }
            let text = TextMeasure.shortened(reference.label, .note, to: layout.plot.width * 0.5)
            let width = TextMeasure.width(text, .note) + 10
            // A label may cover its own line but not one that crosses it.
            let crossing = lines.filter { $0.axis != reference.axis }
                .compactMap { layout.stroke(of: $0.value, on: $0.axis) }
            let slots = slots(reference.axis, at: center, width: width, in: layout.plot)
                .filter { slot in !(result.map(\.box) + taken).contains { $0.overlaps(slot) } }
            let box =
                slots.first { isClear($0, of: data + crossing) }
                ?? slots.first { isClear($0, of: data) } ?? slots.first
            if let box { result.append(Placed(text: text, box: box)) }
        }
        return result
    }

    /// The pixel of the line, or of the middle of a band, on the axis of the reference.
    private static func center(
        of reference: ReferenceLine, in layout: LineChartLayout
    ) -> Double? {
        if reference.upper != nil {
            guard let box = layout.band(reference) else { return nil }
            return reference.axis == .x ? box.middle.x : box.middle.y
        }
        let stroke = layout.stroke(of: reference.value, on: reference.axis)
        return reference.axis == .x ? stroke?.from.x : stroke?.from.y
    }

    /// The places along the line, best first: from the left for a horizontal line, then below and
    /// above it; from the top for a vertical one.
    private static func slots(
        _ axis: ReferenceLine.Direction, at center: Double, width: Double, in plot: Box
    ) -> [Box] {
        let half = (width: width / 2, height: height / 2)
        switch axis {
        case .y:
            let y = max(plot.top, min(plot.bottom - half.height - 1, center))
            let beside = [y, y + height * 0.9, y - height * 0.9].filter {
                $0 >= plot.top && $0 <= plot.bottom - half.height - 1
            }
            let first = plot.left + 2 + half.width
            let along = stride(from: first, through: plot.right - 8 - half.width, by: step)
            return beside.flatMap { y in
                along.map { Box.around(Spot($0, y), width: width, height: height) }
            }
        case .x:
            let range = (plot.left + half.width + 2, plot.right - half.width - 2)
            let x = max(range.0, min(range.1, center))
            let first = plot.top + half.height + 2
            let spots = stride(from: first, through: plot.bottom - half.height - 2, by: step)
            return spots.map { Box.around(Spot(x, $0), width: width, height: height) }
        }
    }

    private static func isClear(_ box: Box, of strokes: [Stroke]) -> Bool {
        !strokes.contains { box.clip($0) != nil }
    }
}
