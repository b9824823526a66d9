/// A value to read the series against, drawn right across the chart: a detection window, a cap.
package struct ReferenceLine: Sendable {
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

    /// A line at `value`, or a band from there to `upper`.
    package init(_ axis: Direction, _ value: Double, to upper: Double? = nil, label: String) {
        self.axis = axis
        self.value = value
        self.upper = upper
        self.label = label
    }
}
