/// Names of vertical lines in a lane above the plot, each beside the top of its line.
struct Flags {
    /// What is named: a line, or, without a place, a remark at the right end of the lane.
    struct Flag {
        var text: String
        /// The pixel of the line along the axis; nil for a remark.
        var x: Double?
    }

    /// Where a name stands.
    private struct Place {
        /// The row, counted from the plot upwards.
        var row: Int
        /// Whether the name stands left of its line.
        var isLeft: Bool
    }

    /// The height of the lane in pixels: as many rows as the names need.
    var height: Double { Double((places.map(\.row).max() ?? -1) + 1) * Self.rowHeight }

    private let flags: [Flag]
    private let places: [Place]
    private let edges: (left: Double, right: Double)

    private static let rowHeight = 18.0
    private static let gap = 5.0
    private static let style = TextStyle.label

    /// Finds a row and a side for each name, so that none meets another name or another's line.
    ///
    /// Every arrangement is tried, which is quick for the three names that a chart has at most.
    init(_ flags: [Flag], between edges: (left: Double, right: Double)) {
        precondition(flags.count <= 3, "a lane holds three names at most")
        self.flags = flags
        self.edges = edges
        let choices = flags.map { flag in
            flags.indices.flatMap { row in
                (flag.x == nil ? [true] : [false, true]).map { Place(row: row, isLeft: $0) }
            }
        }
        var arrangements: [[Place]] = [[]]
        for choice in choices {
            arrangements = arrangements.flatMap { start in choice.map { start + [$0] } }
        }
        let penalties = arrangements.map { Self.penalty($0, flags, edges) }
        let best = penalties.min().flatMap { penalties.firstIndex(of: $0) } ?? 0
        places = arrangements[best]
    }

    /// How bad an arrangement is: names that meet weigh most, then rows, then names at the left.
    private static func penalty(
        _ places: [Place], _ flags: [Flag], _ edges: (left: Double, right: Double)
    ) -> Int {
        let boxes = zip(flags, places).map { box($0, at: $1, edges) }
        var penalty = 0
        for (index, box) in boxes.enumerated() {
            if box.left < edges.left || box.right > edges.right { penalty += 1_000 }
            for later in boxes.indices.dropFirst(index + 1) {
                if boxes[later].overlaps(box) { penalty += 1_000 }
                penalty += isOutOfOrder(index, later, places, boxes) ? 2 : 0
            }
            for (other, flag) in flags.enumerated() where other != index {
                guard let x = flag.x, places[other].row >= places[index].row else { continue }
                if x > box.left - 2, x < box.right + 2 { penalty += 1_000 }
            }
            penalty += places[index].isLeft ? 1 : 0
        }
        return penalty + places.reduce(0) { $0 + $1.row } + (places.map(\.row).max() ?? 0) * 20
    }

    /// Whether the later name would be read before the earlier one.
    private static func isOutOfOrder(
        _ earlier: Int, _ later: Int, _ places: [Place], _ boxes: [Box]
    ) -> Bool {
        if places[earlier].row == places[later].row {
            return boxes[earlier].left > boxes[later].left
        }
        let isAbove = places[later].row > places[earlier].row
        return isAbove && boxes[later].left < boxes[earlier].right
    }

    /// The place of a name with the floor of its lane at zero.
    private static func box(
        _ flag: Flag, at place: Place, _ edges: (left: Double, right: Double)
    ) -> Box {
        let width = TextMeasure.width(flag.text, style)
        let x = flag.x ?? edges.right + gap
        let left = place.isLeft ? x - gap - width : x + gap
        let bottom = -Double(place.row) * rowHeight
        return Box(left: left, top: bottom - rowHeight, right: left + width, bottom: bottom)
    }

    /// Draws the names above `plot` and their lines up from its upper edge.
    func draw(above plot: Box, on canvas: inout Canvas) {
        for (flag, place) in zip(flags, places) {
            let box = Self.box(flag, at: place, edges)
            if let x = flag.x {
                let top = Spot(x, plot.top + box.top + 3)
                canvas.line(Stroke(from: Spot(x, plot.top), to: top), .text, width: 1.25)
            }
            let text = Spot(box.left, plot.top + box.bottom - 5)
            canvas.text(flag.text, at: text, Self.style)
        }
    }
}
