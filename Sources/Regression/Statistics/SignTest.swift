/// The sign test of a median, and the bounds of the median that belong to it (Dixon and Mood, The
/// statistical sign test, 1946; Conover, Practical Nonparametric Statistics, 1999, 3.4).
///
/// Exact for independent values, whatever their distribution, and each may have its own as long as
/// the median is common. A value that equals the median asked about counts as no evidence either
/// way, so that chances and closed intervals hold for distributions with atoms too.
///
/// The two sides answer alike: `pAbove(threshold) ≤ level` exactly where `lowerBound(level:)` lies
/// above the threshold, and likewise below.
package struct SignTest: Sendable {
    /// The values in ascending order.
    private let sorted: [Double]

    /// A test of the values, all finite, in any order.
    package init(_ values: [Double]) { sorted = values.ascending() }

    /// How many values there are.
    package var count: Int { sorted.count }

    /// The middle value, or the mean of the middle two; nil where there are no values.
    package var median: Double? {
        guard !sorted.isEmpty else { return nil }
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }

    /// The interval that misses the median with a chance of `level` at most, and on either side
    /// with half of that; nil where so few values give none.
    package func interval(level: Double) -> ClosedRange<Double>? {
        guard let low = lowerBound(level: level / 2), let high = upperBound(level: level / 2),
            low <= high
        else { return nil }
        return low...high
    }

    /// What the median exceeds with a chance of `level` at most; nil where so few values show
    /// nothing.
    package func upperBound(level: Double) -> Double? {
        place(level: level).map { sorted[count - $0] }
    }

    /// What the median falls below with a chance of `level` at most; nil likewise.
    package func lowerBound(level: Double) -> Double? {
        place(level: level).map { sorted[$0 - 1] }
    }

    /// The chance, if the median is the threshold or below, of as many values above it or more.
    package func pAbove(_ threshold: Double) -> Double {
        upperTail(sorted.count { $0 > threshold })
    }

    /// The chance, if the median is the threshold or above, of as many values below it or more.
    package func pBelow(_ threshold: Double) -> Double {
        upperTail(sorted.count { $0 < threshold })
    }

    /// The place from 1, counted from the low end, of the highest value that lies above the median
    /// with a chance of `level` at most; nil where even the lowest does so more often.
    private func place(level: Double) -> Int? {
        precondition(level > 0 && level < 1, "a level is a chance between 0 and 1")
        // The k-th value lies above the median where count − k + 1 or more do.
        let places = 1...max(1, count)
        guard count > 0, upperTail(count) <= level else { return nil }
        var (low, high) = (places.lowerBound, places.upperBound)
        while low < high {
            let middle = high - (high - low) / 2
            if upperTail(count - middle + 1) <= level { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// P(B ≥ successes) of as many fair coins as there are values.
    ///
    /// A sum of C(count, i), scaled so that neither end of what a double holds is reached: exact up
    /// to 50 values, and to some count × 1e-16 of itself beyond.
    private func upperTail(_ successes: Int) -> Double {
        guard successes > 0 else { return 1 }
        var (term, sum, exponent) = (1.0, 1.0, -count)
        for i in 0..<(count - successes) {
            term = term * Double(count - i) / Double(i + 1)
            sum += term
            if sum > 0x1p500 {
                term *= 0x1p-500
                sum *= 0x1p-500
                exponent += 500
            }
        }
        return min(1, Double(sign: .plus, exponent: exponent, significand: sum))
    }
}

extension [Double] {
    /// The values in ascending order, one zero like the other, so that no bit depends on the order
    /// in which they came.
    func ascending() -> [Double] {
        precondition(allSatisfy(\.isFinite), "values of a test are finite")
        return map { $0 + 0 }.sorted()
    }
}
