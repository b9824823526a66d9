/// Why two histograms, or two logs, cannot be put together.
package enum HistogramMergeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The ranges or the precisions differ.
    case layouts(BucketLayout, BucketLayout)
    /// Both name a unit, and not the same one.
    case units(ValueUnit, ValueUnit)
    /// The values or the counts are more than the result can hold.
    case outOfRange

    package var description: String {
        switch self {
        case .layouts(let left, let right):
            "a histogram of \(left) and one of \(right) cannot be merged:"
                + " record both with one range and precision"
        case .units(let left, let right):
            "values in \(left) and values in \(right) cannot be merged:"
                + " convert one of them before it is recorded"
        case .outOfRange:
            "the values or the counts are more than a histogram can hold"
        }
    }
}

extension ValueUnit {
    /// The unit of what is put together: where only one side names its unit, that one.
    static func common(
        _ left: ValueUnit?, _ right: ValueUnit?
    ) throws(HistogramMergeError) -> ValueUnit? {
        guard let left, let right, left != right else { return left ?? right }
        throw .units(left, right)
    }
}
