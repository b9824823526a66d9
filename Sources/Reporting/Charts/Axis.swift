/// One axis of a chart: what it counts, how it is spread, and which part of it is shown.
package struct Axis: Sendable {
    /// How values are spread along the axis.
    package enum Scale: Sendable {
        /// Equal differences take equal lengths.
        case linear
        /// Equal ratios take equal lengths; values of zero or less cannot be shown.
        case log10
    }

    /// What the axis counts, with its unit where the ticks do not tell it ("records per second").
    package var label: String
    /// How values are spread.
    package var scale: Scale
    /// How values are written, and where round values lie.
    package var unit: ValueUnit
    /// The part shown; nil fits it to the values, widened to round ones.
    package var domain: ClosedRange<Double>?
    /// The labelled values; nil chooses round ones.
    package var ticks: [Double]?
    /// Whether a fitted linear axis reaches down to zero, as an axis of amounts should.
    package var startsAtZero: Bool
    /// The least value told apart: zero and whatever lies below stands at it, and its tick says
    /// "≤"; nil for none.
    package var floor: Double?

    /// Describes an axis; the domain of a log axis must lie above zero.
    package init(
        _ label: String, scale: Scale = .linear, unit: ValueUnit = .plain,
        domain: ClosedRange<Double>? = nil, ticks: [Double]? = nil, startsAtZero: Bool = false,
        floor: Double? = nil
    ) {
        if let domain {
            precondition(
                domain.lowerBound < domain.upperBound, "the domain of an axis has a length")
            precondition(scale == .linear || domain.lowerBound > 0, "a log axis lies above zero")
        }
        self.label = label
        self.scale = scale
        self.unit = unit
        self.domain = domain
        self.ticks = ticks
        self.startsAtZero = startsAtZero
        self.floor = floor
    }

    /// The value as it stands beside a tick.
    func text(_ value: Double) -> String {
        let text = unit.text(value)
        return value == floor ? "≤ \(text)" : text
    }

    /// The value, or the floor for one below it.
    func raised(_ value: Double) -> Double { floor.map { max($0, value) } ?? value }

    /// Whether the value has a place on this axis at all, inside the domain or not.
    ///
    /// The bounds keep the arithmetic of pixels finite; no quantity of ours comes near them.
    func canShow(_ value: Double) -> Bool {
        let value = value.isFinite ? raised(value) : value
        guard value.isFinite, abs(value) <= 1e100 else { return false }
        return scale == .linear || value >= 1e-100
    }
}
