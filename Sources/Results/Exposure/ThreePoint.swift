/// A value that is not known better than by its least, its likeliest and its most.
package struct ThreePoint<Value: Codable & Hashable & Comparable & Sendable>:
    Hashable, Sendable
{
    /// The least that it can be.
    package let low: Value
    /// What it most likely is.
    package let likely: Value
    /// The most that it can be.
    package let high: Value

    /// A range; low ≤ likely ≤ high.
    package init(_ low: Value, _ likely: Value, _ high: Value) {
        precondition(low <= likely && likely <= high, "a range is written from low to high")
        (self.low, self.likely, self.high) = (low, likely, high)
    }

    /// A value that is known.
    package init(_ value: Value) { self.init(value, value, value) }

    /// Whether there is nothing uncertain about it.
    package var isPoint: Bool { low == high }
}
