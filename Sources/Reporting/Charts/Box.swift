/// A place in the chart, in pixels from its upper left corner.
struct Spot: Equatable {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// A straight stroke from one place to another.
struct Stroke: Equatable {
    var from: Spot
    var to: Spot
}

/// An upright rectangle, in pixels.
struct Box: Equatable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
    var middle: Spot { Spot((left + right) / 2, (top + bottom) / 2) }

    /// The rectangle of the given size around a place.
    static func around(_ spot: Spot, width: Double, height: Double) -> Box {
        Box(
            left: spot.x - width / 2, top: spot.y - height / 2, right: spot.x + width / 2,
            bottom: spot.y + height / 2)
    }

    func overlaps(_ other: Box) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    /// Whether the other rectangle lies in this one.
    func contains(_ other: Box) -> Bool {
        other.left >= left && other.right <= right && other.top >= top && other.bottom <= bottom
    }

    /// Whether the place lies in the rectangle or within half a pixel of it.
    func contains(_ spot: Spot) -> Bool {
        spot.x >= left - 0.5 && spot.x <= right + 0.5 && spot.y >= top - 0.5
            && spot.y <= bottom + 0.5
    }

    /// The part of a stroke inside the rectangle, nil where none is.
    ///
    /// Liang and Barsky, "A new concept and method for line clipping", ACM TOG 3(1), 1984. Clipping
    /// here instead of in the renderer keeps the numbers small and needs no identifiers.
    func clip(_ stroke: Stroke) -> Stroke? {
        let (dx, dy) = (stroke.to.x - stroke.from.x, stroke.to.y - stroke.from.y)
        var (enter, leave) = (0.0, 1.0)
        let edges = [
            (-dx, stroke.from.x - left), (dx, right - stroke.from.x),
            (-dy, stroke.from.y - top), (dy, bottom - stroke.from.y),
        ]
        for (slope, distance) in edges {
            if slope == 0 {
                if distance < 0 { return nil }
            } else if slope < 0 {
                enter = max(enter, distance / slope)
            } else {
                leave = min(leave, distance / slope)
            }
        }
        guard enter <= leave else { return nil }
        // An end inside stays exactly where it is, so that the strokes of a line still join.
        let from =
            enter == 0
            ? stroke.from : Spot(stroke.from.x + enter * dx, stroke.from.y + enter * dy)
        let to =
            leave == 1 ? stroke.to : Spot(stroke.from.x + leave * dx, stroke.from.y + leave * dy)
        return Stroke(from: nearest(from), to: nearest(to))
    }

    /// The place in the rectangle nearest to a place: takes back the rounding of a stroke that
    /// comes from very far away.
    private func nearest(_ spot: Spot) -> Spot {
        Spot(min(max(spot.x, left), right), min(max(spot.y, top), bottom))
    }
}
