import Results

/// The count of a period as a detector sees it: in standard deviations from the mean that it takes
/// for usual.
package struct StandardisedCount: Hashable, Sendable {
    /// The legitimate operations of a period.
    package let usual: CountDistribution
    /// The operations that a thief adds to every period.
    package let added: Double

    /// The usual count, with so much added.
    package init(_ usual: CountDistribution, added: Double = 0) {
        (self.usual, self.added) = (usual, added)
    }

    /// The standard deviation of the usual count.
    package var deviation: Double { (usual.mean * usual.dispersion).squareRoot() }

    /// P(X > x), where X is in standard deviations from the usual mean, and each count is spread
    /// evenly over the unit around it.
    ///
    /// A chain's states hold now more and now fewer whole counts: without the spreading, run
    /// lengths would jump by a tenth with the number of states. The variance that it adds, 1/12
    /// (Sheppard, 1898), is taken off again by scale.
    func tail() -> (Double) -> Double {
        let variance = usual.mean * usual.dispersion
        let scale = ((variance + 1.0 / 12) / variance).squareRoot()
        // A chain asks for far more values than there are counts within its reach.
        var tails: [UInt64: Double] = [:]
        func above(_ count: Double) -> Double {
            guard count >= 0, let count = UInt64(exactly: count) else { return count < 0 ? 1 : 0 }
            if let known = tails[count] { return known }
            let tail = usual.probability(above: count)
            tails[count] = tail
            return tail
        }
        return { x in
            let edge = usual.mean + (x * deviation - added) * scale + 0.5
            let whole = edge.rounded(.down)
            return above(whole - 1) + (edge - whole) * (above(whole) - above(whole - 1))
        }
    }
}

extension CUSUMDetector {
    /// The average run length over counts that are independent from period to period; infinite
    /// where they never vary.
    ///
    /// Where k and h are whole counts, or nearly, sums take so few values that this is off: by 5 %
    /// at a deviation of ten counts, by a quarter at two.
    package static func averageRunLength(
        _ settings: CUSUMSettings, over count: StandardisedCount
    ) -> Double {
        guard count.deviation > 0 else { return count.added > 0 ? 1 : .infinity }
        return averageRunLength(settings, exceeding: count.tail())
    }
}

extension EWMADetector {
    /// The average run length over counts that are independent from period to period; infinite
    /// where they never vary.
    package static func averageRunLength(
        _ settings: EWMASettings, over count: StandardisedCount
    ) -> Double {
        guard count.deviation > 0 else { return count.added > 0 ? 1 : .infinity }
        return averageRunLength(settings, exceeding: count.tail())
    }
}
