/// One line of a line chart: a name and what was measured or projected under it.
package struct Series: Sendable {
    /// One value with its interval.
    package struct Point: Sendable {
        /// Where it stands on the x axis.
        package var x: Double
        /// Its value; nil leaves a gap, infinity is drawn as an arrow at the edge.
        package var y: Double?
        /// The lower end of its interval, in the unit of y.
        package var low: Double?
        /// The upper end of its interval, in the unit of y.
        package var high: Double?

        /// A value, or a gap, at `x`.
        package init(_ x: Double, _ y: Double?, low: Double? = nil, high: Double? = nil) {
            self.x = x
            self.y = y
            self.low = low
            self.high = high
        }
    }

    /// How the points are joined.
    package enum Style: Sendable {
        /// A line with a marker on each point: for what was measured.
        case markers
        /// A line alone: for what a model yields.
        case line
        /// A broken line: for what is expected or given.
        case dashed
        /// Each value holds until the next point: for what grows by jumps.
        case step
        /// A marker on each point and no line: for what stands alone.
        case points
    }

    /// How the intervals of the points are shown.
    package enum Interval: Sendable {
        /// A bar with caps on each point.
        case bars
        /// A shaded band along the line.
        case band
    }

    /// What stands at the end of the line.
    package var name: String
    /// The points in the order in which they are joined.
    package var points: [Point]
    /// How the points are joined.
    package var style: Style
    /// How the intervals are shown.
    package var interval: Interval
    /// The colour's number, so that related series can share one; nil takes the next in turn.
    package var color: Int?
    /// The marker's number, so that related series can share one; nil takes the next in turn.
    package var marker: Int?
    /// Whether markers are drawn by their edge alone, for what is ruled out.
    package var isHollow: Bool

    /// Describes one line of a chart.
    package init(
        _ name: String, _ points: [Point], style: Style = .markers, interval: Interval = .bars,
        color: Int? = nil, marker: Int? = nil, isHollow: Bool = false
    ) {
        self.name = name
        self.points = points
        self.style = style
        self.interval = interval
        self.color = color
        self.marker = marker
        self.isHollow = isHollow
    }
}
