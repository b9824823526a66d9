/// P(D > count) of one distribution of counts, looked up where millions of draws ask for it.
///
/// Exact at every count where there are few of them; straight lines between evenly spaced counts
/// elsewhere, which is right to about 1e-5.
struct TailTable: Hashable, Sendable {
    /// The distribution.
    let distribution: CountDistribution
    /// Counts at or below this one are exceeded for certain; a whole number.
    private let low: Double
    /// From one entry to the next; a whole number.
    private let step: Double
    private let tails: [Double]

    private static let entries = 400
    /// What lies beyond the ends of the table is left out.
    private static let negligible = 1e-9

    /// The table of a distribution.
    init(_ distribution: CountDistribution) {
        self.distribution = distribution
        let mean = UInt64(distribution.mean)
        var (below, above) = (UInt64(0), mean)
        if distribution.probability(above: 0) < 1 - Self.negligible {
            below = 0
        } else {
            below = Self.last(before: mean) {
                distribution.probability(above: $0) >= 1 - Self.negligible
            }
        }
        var reach: UInt64 = 1
        while distribution.probability(above: mean + reach) > Self.negligible { reach *= 2 }
        above = mean + reach
        low = Double(below) - 1
        let step = max(1, (Double(above) - low) / Double(Self.entries)).rounded(.up)
        self.step = step
        let (first, count) = (low, Int(((Double(above) - low) / step).rounded(.up)))
        tails = (0...count).map { index in
            let count = first + Double(index) * step
            return count < 0 ? 1 : distribution.probability(above: UInt64(count))
        }
    }

    /// The last count of 0..<end of which something holds that holds of 0.
    private static func last(before end: UInt64, where holds: (UInt64) -> Bool) -> UInt64 {
        var (yes, no) = (UInt64(0), max(1, end))
        while no - yes > 1 {
            let middle = yes + (no - yes) / 2
            if holds(middle) { yes = middle } else { no = middle }
        }
        return yes
    }

    /// P(D > count), for the draws; 1 below zero.
    func above(_ count: Double) -> Double {
        let place = (count - low) / step
        guard place > 0 else { return 1 }
        let index = Int(min(place, 1e9))
        guard index + 1 < tails.count else { return 0 }
        guard step > 1 else { return tails[index] }
        return tails[index] + (place - Double(index)) * (tails[index + 1] - tails[index])
    }

    /// P(D > count) to all digits; 1 below zero.
    func exactlyAbove(_ count: Double) -> Double {
        guard count >= 0 else { return 1 }
        return count < 1e18 ? distribution.probability(above: UInt64(count)) : 0
    }

    /// E[max(0, limit − D)]: straight lines between whole limits.
    func meanLeft(below limit: Double) -> Double {
        guard limit > 0 else { return 0 }
        let whole = UInt64(min(limit, 1e18))
        let left = distribution.meanLeft(below: whole)
        let rest = limit - Double(whole)
        guard rest > 0 else { return left }
        return left + rest * (distribution.meanLeft(below: whole + 1) - left)
    }
}
