/// A value to read the series against, drawn right across the chart: a detection window, a cap.
package struct ReferenceLine: Sendable {
    /// How the line is drawn.
    package enum Style: Sendable {
        /// Thin dashes that stand back behind the data.
        case quiet
        /// Dashes in the ink of the text: for what the data are read against.
        case strong
        /// An unbroken line in the ink of the text: for an event.
        case event
    }

    /// The axis on which the value stands.
    package enum Direction: Sendable {
        /// A vertical line at a value of the x axis.
        case x
        /// A horizontal line at a value of the y axis.
        case y
    }

    /// The axis on which the value stands.
    package var axis: Direction
    /// The value, in the unit of its axis.
    package var value: Double
    /// The other end of a shaded band; nil for a line.
    package var upper: Double?
    /// A few words that stand on the line.
    package var label: String
    /// How the line is drawn.
    package var style: Style

    /// A line at `value`, or a band from there to `upper`.
    package init(
        _ axis: Direction, _ value: Double, to upper: Double? = nil, label: String,
        style: Style = .quiet
    ) {
        self.axis = axis
        self.value = value
        self.upper = upper
        self.label = label
        self.style = style
    }
}
