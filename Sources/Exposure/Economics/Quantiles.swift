/// A distribution over thefts by its quantiles: of records lost, or of seconds.
package struct Quantiles: Hashable, Sendable {
    /// Values with the share of the thefts below them, both ascending, from share 0 to 1.
    private let knots: [Knot]

    private struct Knot: Hashable, Sendable {
        let share: Double
        let value: Double
    }

    /// The quantiles of a sample, each of its values as likely; at least one, in any order.
    package init(sample: [Double]) {
        precondition(!sample.isEmpty, "a distribution has values")
        let sorted = sample.sorted()
        let count = Double(sorted.count)
        // Steps, not slopes: what was not seen in the sample is not drawn.
        knots = sorted.enumerated().flatMap { index, value in
            [
                Knot(share: Double(index) / count, value: value),
                Knot(share: Double(index + 1) / count, value: value),
            ]
        }
    }

    /// Quantiles that go in straight lines through a median and a 95 % quantile, and to ends that
    /// give the mean where some do: what is left of a distribution of which no more is known.
    ///
    /// - Parameter most: no value is larger, such as all records of a data set.
    package init(_ summary: Summary, upTo most: Double = .infinity) {
        let (p50, p95) = (max(0, summary.p50), max(0, summary.p50, summary.p95))
        // The mean is the area under the quantiles: two trapezia and the last one to the end.
        let middle = 0.45 * (p50 / 2 + p95 / 2)
        let least = (summary.mean - middle - 0.25 * p50 - 0.05 * p95) / 0.25
        let low = min(max(0, least), p50)
        let known = 0.25 * (low + p50) + middle + 0.025 * p95
        let high = max(p95, min(most, (summary.mean - known) / 0.025))
        knots = [
            Knot(share: 0, value: low), Knot(share: 0.5, value: p50),
            Knot(share: 0.95, value: p95), Knot(share: 1, value: high.isFinite ? high : p95),
        ]
    }

    /// The value below which a share of the thefts lies; the share must lie in 0...1.
    package func value(at share: Double) -> Double {
        precondition((0...1).contains(share), "a share lies between 0 and 1")
        let above = knots.partitioningIndex { $0.share > share }
        guard above < knots.count else { return knots[knots.count - 1].value }
        guard above > 0 else { return knots[0].value }
        let (left, right) = (knots[above - 1], knots[above])
        // Not by a difference where both are infinite: some thefts never end.
        guard left.value < right.value else { return left.value }
        return left.value
            + (right.value - left.value) * ((share - left.share) / (right.share - left.share))
    }

    /// As many values as asked for, each as likely as the others, ascending.
    func values(_ count: Int) -> [Double] {
        (0..<count).map { value(at: (Double($0) + 0.5) / Double(count)) }
    }
}

extension Array {
    /// The first index of those for which a condition holds that holds for all after the first.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
