/// How an HdrHistogram divides its range: buckets of one unit up to twice the precision, then
/// half as many buckets for each doubling, so that a bucket is never wider than the precision.
///
/// Values are whole numbers in the histogram's own unit.
/// Source: HdrHistogram's `AbstractHistogram`.
package struct BucketLayout: Hashable, Sendable, CustomStringConvertible {
    /// The least value that is told apart from zero; some tools write 0 where they mean 1.
    package let lowest: UInt64
    /// The highest value that is tracked.
    package let highest: UInt64
    /// The significant decimal digits that are kept, in 1...5.
    package let digits: Int
    /// How often the range doubles, the first bucket's own counted as one.
    package let doublings: Int

    private let unitMagnitude: Int
    private let halfMagnitude: Int

    /// The layout of `LatencyHistogram`.
    package static let latency = BucketLayout(
        doublingsTo: LatencyHistogram.longestCount, from: 1, digits: 3)

    /// A layout as a tool wrote it down.
    ///
    /// - Returns: nil where no HdrHistogram has such a layout: digits outside 1...5, a range that
    ///   does not double once, or values beyond 63 bits.
    package init?(lowest: UInt64, highest: UInt64, digits: Int) {
        guard (1...5).contains(digits), highest <= Int64.max,
            Swift.max(lowest, 1) <= highest / 2,
            Self.magnitude(of: lowest) + Self.halfMagnitude(digits) <= 61
        else { return nil }
        self.init(doublingsTo: highest, from: lowest, digits: digits)
    }

    private init(doublingsTo highest: UInt64, from lowest: UInt64, digits: Int) {
        self.lowest = lowest
        self.highest = highest
        self.digits = digits
        unitMagnitude = Self.magnitude(of: lowest)
        halfMagnitude = Self.halfMagnitude(digits)
        var (end, count) = (UInt64(2) << (halfMagnitude + unitMagnitude), 1)
        while end <= highest {
            end <<= 1
            count += 1
        }
        doublings = count
    }

    /// The exponent of the greatest power of two that does not exceed `lowest`.
    private static func magnitude(of lowest: UInt64) -> Int {
        UInt64.bitWidth - 1 - Swift.max(lowest, 1).leadingZeroBitCount
    }

    /// The exponent of half the power of two that tells twice the precision apart.
    private static func halfMagnitude(_ digits: Int) -> Int {
        let unitSteps = (0..<digits).reduce(2) { steps, _ in 10 * steps }
        return Int.bitWidth - (unitSteps - 1).leadingZeroBitCount - 1
    }

    /// How many buckets lie in the first doubling.
    package var firstBuckets: Int { 2 << halfMagnitude }

    /// How many buckets there are.
    package var count: Int { (doublings + 1) << halfMagnitude }

    /// The bucket that holds `value`; at or beyond `count` for a value out of range.
    package func bucket(of value: UInt64) -> Int {
        let mask = UInt64(firstBuckets - 1) << unitMagnitude
        let bits = UInt64.bitWidth - (value | mask).leadingZeroBitCount
        let doubling = bits - unitMagnitude - halfMagnitude - 1
        return (doubling << halfMagnitude) + Int(value >> (doubling + unitMagnitude))
    }

    /// The values that a bucket holds.
    package func values(in bucket: Int) -> ClosedRange<UInt64> {
        let doubling = Swift.max((bucket >> halfMagnitude) - 1, 0)
        let low = UInt64(bucket - (doubling << halfMagnitude)) << (doubling + unitMagnitude)
        return low...low + (1 << (doubling + unitMagnitude)) - 1
    }

    /// The value that stands for a bucket in means and deviations: its middle, rounded up.
    package func middle(of bucket: Int) -> UInt64 {
        let values = values(in: bucket)
        return values.lowerBound + (values.upperBound - values.lowerBound + 1) / 2
    }

    /// The range and the precision, such as `1…3600000000000 to 3 digits`.
    package var description: String { "\(lowest)…\(highest) to \(digits) digits" }
}
