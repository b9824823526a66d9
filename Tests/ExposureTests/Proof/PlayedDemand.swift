import Foundation
import Units

/// Counts of a period as a table of their distribution function, summed up term by term from zero:
/// Poisson, or negative binomial where the variance is more than the mean.
struct PlayedCounts {
    /// P(D ≤ count), by count.
    private let cumulative: [Double]

    init(mean: Double, dispersion: Double) {
        var term =
            dispersion > 1 ? pow(dispersion, -mean / (dispersion - 1)) : Foundation.exp(-mean)
        var (sum, count, table) = (term, 0.0, [term])
        while sum < 1 - 1e-13, count < 50 * (mean + 20) * dispersion {
            count += 1
            // The ratio of neighbouring terms of either distribution.
            if dispersion > 1 {
                let size = mean / (dispersion - 1)
                term *= (count - 1 + size) / count * (1 - 1 / dispersion)
            } else {
                term *= mean / count
            }
            sum += term
            table.append(sum)
        }
        cumulative = table
    }

    /// P(D ≤ count).
    func probability(upTo count: Int) -> Double {
        count < 0 ? 0 : count < cumulative.count ? cumulative[count] : 1
    }

    /// A drawn count.
    func draw(using generator: inout SeededGenerator) -> Int {
        let share = Double.random(in: 0..<1, using: &generator)
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > share { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// What legitimate callers ask for, period by period of a clock that began on a Monday at midnight.
struct PlayedDemand {
    /// p.
    let period_ns: Int
    private let hours: [PlayedCounts]

    static let hour_ns = 3_600_000_000_000
    static let week_ns = 168 * hour_ns

    /// Counts a period, 168 means or one for all of them.
    init(means: [Double], dispersion: Double, period_ns: Int) {
        self.period_ns = period_ns
        var known: [Double: PlayedCounts] = [:]
        hours = means.map { mean in
            let counts = known[mean] ?? PlayedCounts(mean: mean, dispersion: dispersion)
            known[mean] = counts
            return counts
        }
    }

    /// Whether all hours are alike.
    var isSteady: Bool { hours.count == 1 }

    /// D of the period that begins so many periods after midnight; negative before it.
    func counts(ofPeriod number: Int) -> PlayedCounts {
        guard hours.count > 1 else { return hours[0] }
        let start_ns = ((number * period_ns) % Self.week_ns + Self.week_ns) % Self.week_ns
        return hours[start_ns / Self.hour_ns]
    }
}

/// A length of time between a least and a most, drawn from the beta distribution that is usual for
/// three estimates (Malcolm, Roseboom, Clark and Fazar, 1959).
struct PlayedDelay {
    let low_ns: Int
    let likely_ns: Int
    let high_ns: Int

    /// A drawn length.
    func draw_ns(using generator: inout SeededGenerator) -> Int {
        guard high_ns > low_ns else { return low_ns }
        let width = Double(high_ns - low_ns)
        let up = gamma(1 + 4 * Double(likely_ns - low_ns) / width, &generator)
        let down = gamma(1 + 4 * Double(high_ns - likely_ns) / width, &generator)
        return low_ns + Int(width * up / (up + down))
    }

    /// A gamma variate of a shape of at least 1 (Marsaglia and Tsang, 2000).
    private func gamma(_ shape: Double, _ generator: inout SeededGenerator) -> Double {
        let d = shape - 1.0 / 3
        let c = 1 / sqrt(9 * d)
        while true {
            let x = generator.normal()
            let v = pow(1 + c * x, 3)
            guard v > 0 else { continue }
            let share = 1 - Double.random(in: 0..<1, using: &generator)
            if log(share) < x * x / 2 + d * (1 - v + log(v)) { return d * v }
        }
    }
}

extension SeededGenerator {
    /// A standard normal variate (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = sqrt(-2 * log(1 - Double.random(in: 0..<1, using: &self)))
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}
