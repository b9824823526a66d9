import Foundation

/// What becomes of a few rounds or blocks that have no value of a metric, such as one in which
/// the host stood still and too few calls were made for a percentile.
///
/// They are no fair sample of all: a percentile is missing where a round was slow. So they are
/// left out of the estimate, and in every test and bound each counts as what speaks most against
/// that which is to be shown: dearer than all others for an upper bound, cheaper than all others
/// for a lower one. Whatever they would have been, chances and bounds hold.
enum LackingValues {
    /// A logarithm beyond those of all cost ratios.
    static let far = 1_000.0

    /// So many of a number may lack a value: one in ten. Where more do, nothing is compared.
    static func most(of count: Int) -> Int { count / 10 }

    /// The ratio of a logarithm; nil where so many lack a value that it has no bound.
    static func ratio(_ logarithm: Double?) -> Double? {
        logarithm.flatMap { abs($0) < far / 2 ? exp($0) : nil }
    }
}
