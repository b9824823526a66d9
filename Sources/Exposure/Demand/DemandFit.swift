import Foundation
import Latency
import Results
import Units

/// A profile that was fitted to a trace, and how well it describes it.
package struct DemandFit: Hashable, Sendable {
    /// The means by hour of the week and the dispersion.
    package let profile: DemandProfile
    /// Periods with a count in each hour of the week; 0 where the mean is taken from others.
    package let periods: [Int]
    /// How well the profile describes the trace.
    package let goodness: Goodness
    /// What a reader should know, in sentences.
    package let notes: [String]

    /// How well a profile describes a trace.
    package struct Goodness: Hashable, Sendable {
        /// Pearson's statistic over its degrees of freedom, were the counts Poisson: 1 where they
        /// are. It is the dispersion that was found, before it is held to 1 at least.
        package let pearson: Double
        /// Periods with a count less the means that were estimated.
        package let degreesOfFreedom: Int
        /// ln of the likelihood of the fitted distribution over that of the Poisson, a period.
        package let gainOverPoisson: Double
        /// How probable it is that counts of the profile lie as unevenly in its quantiles.
        package let uniformity: Double
        /// Correlation of a period's standardised count with the next one's.
        package let correlation: Double
        /// What the correlation of independent periods exceeds once in twenty times, at most.
        package let correlationBound: Double

        /// Whether periods hang together more than chance explains.
        package var isDependent: Bool { correlation > correlationBound }
    }

    /// The fit of a trace, its periods those of the alarm; nil where no period has a count.
    ///
    /// A mean is that of its hour's periods. The dispersion is Pearson's statistic over its degrees
    /// of freedom, pooled over all hours (McCullagh and Nelder, Generalized Linear Models, 1989,
    /// 4.5 and 9.2.4).
    package init?(_ trace: DemandTrace) {
        let hours = HourlyCounts(trace)
        guard hours.known > 0 else { return nil }
        let (means, borrowed) = hours.means()
        periods = hours.periods
        let freedom = hours.known - hours.periods.count { $0 > 0 }
        let residuals = trace.counts.enumerated().map { index, count -> Double? in
            let mean = means[hours.hour(of: index)]
            guard let count, mean > 0 else { return nil }
            return (Double(count) - mean) / mean.squareRoot()
        }
        let square = residuals.reduce(0.0) { $0 + ($1 ?? 0) * ($1 ?? 0) }
        let pearson = freedom > 0 ? square / Double(freedom) : 1
        profile = DemandProfile(period: trace.period, means: means, dispersion: max(1, pearson))
        let (correlation, pairs) = Self.correlation(residuals, hours, variance: pearson)
        let check = DistributionCheck(trace, hours, profile)
        goodness = Goodness(
            pearson: pearson, degreesOfFreedom: freedom, gainOverPoisson: check.gainOverPoisson,
            uniformity: check.uniformity, correlation: correlation,
            correlationBound: 1.645 / Double(max(1, pairs)).squareRoot())
        notes = Self.notes(trace, goodness, borrowed: borrowed)
    }

    /// The correlation of successive residuals, and how many pairs there are.
    ///
    /// Two of an hour with n counts have a covariance of −1/n of the variance by chance, as their
    /// own mean was taken off: that is put back.
    private static func correlation(
        _ residuals: [Double?], _ hours: HourlyCounts, variance: Double
    ) -> (value: Double, pairs: Int) {
        var (sum, pairs) = (0.0, 0)
        for index in residuals.indices.dropFirst() {
            guard let value = residuals[index], let before = residuals[index - 1] else { continue }
            sum += value * before
            pairs += 1
            let hour = hours.hour(of: index)
            if hour == hours.hour(of: index - 1) { sum += variance / Double(hours.periods[hour]) }
        }
        guard variance > 0, pairs > 0 else { return (0, pairs) }
        return (sum / Double(pairs) / variance, pairs)
    }

    private static func notes(
        _ trace: DemandTrace, _ goodness: Goodness, borrowed: Int
    ) -> [String] {
        var notes: [String] = []
        if borrowed > 0 {
            notes.append(
                "\(borrowed) of the 168 hours of the week have no counts; they have the mean of "
                    + "the same hour on other days, or of the whole trace.")
        }
        if goodness.degreesOfFreedom < 1 {
            notes.append("The trace is too short to tell a dispersion; Poisson is assumed.")
        } else if goodness.pearson < 1 {
            notes.append(
                "Counts vary less than Poisson (\(Significant.text(goodness.pearson)) of it); "
                    + "Poisson is assumed.")
        }
        if goodness.uniformity < 0.01 {
            notes.append(
                "The fitted distribution does not describe the counts (p = "
                    + "\(Significant.text(goodness.uniformity))): trust a replay of the trace more."
            )
        }
        if goodness.isDependent {
            notes.append(
                "Successive periods are correlated (\(Significant.text(goodness.correlation))): "
                    + "alarms on several periods are more frequent than the model says.")
        }
        return notes
    }
}

/// The counts of a trace by hour of the week.
struct HourlyCounts {
    /// Periods with a count in each hour.
    private(set) var periods = [Int](repeating: 0, count: DemandProfile.hours)
    private var sums = [Double](repeating: 0, count: DemandProfile.hours)
    private let start_s: Int
    private let period_ns: Int

    init(_ trace: DemandTrace) {
        // 1 January 1970 was a Thursday.
        let week_s = 604_800
        let since = (Int(trace.start_s) % week_s + 3 * 86_400) % week_s
        start_s = since < 0 ? since + week_s : since
        period_ns = Int(trace.period.count)
        for (index, count) in trace.counts.enumerated() {
            guard let count else { continue }
            periods[hour(of: index)] += 1
            sums[hour(of: index)] += Double(count)
        }
    }

    /// Periods with a count.
    var known: Int { periods.reduce(0, +) }

    /// The hour of the week in which a period begins.
    func hour(of index: Int) -> Int {
        (start_s + index * (period_ns / 1_000_000_000)) / 3_600 % DemandProfile.hours
    }

    /// The means, and how many of them come from other hours for want of counts.
    func means() -> (means: [Double], borrowed: Int) {
        let all = sums.reduce(0, +) / Double(max(1, known))
        var borrowed = 0
        let means = (0..<DemandProfile.hours).map { hour -> Double in
            if periods[hour] > 0 { return sums[hour] / Double(periods[hour]) }
            borrowed += 1
            // The same hour of days of the same kind, then of any day.
            let kin = (0..<7).map { $0 * 24 + hour % 24 }
            let alike = kin.filter { ($0 / 24 < 5) == (hour / 24 < 5) }
            return mean(of: alike) ?? mean(of: kin) ?? all
        }
        return (means, borrowed)
    }

    private func mean(of hours: [Int]) -> Double? {
        let count = hours.reduce(0) { $0 + periods[$1] }
        return count > 0 ? hours.reduce(0) { $0 + sums[$1] } / Double(count) : nil
    }
}

/// Whether counts lie in the quantiles of their fitted distributions as they should.
///
/// By the randomised probability integral transform (Dunn and Smyth, Randomized Quantile Residuals,
/// 1996), which is uniform for counts of the model, in ten classes with a chi-square test.
private struct DistributionCheck {
    /// How probable it is that counts of the model lie as unevenly.
    let uniformity: Double
    /// ln of the likelihood over that of the Poisson, a period.
    let gainOverPoisson: Double

    private static let classes = 10
    private static let looked = 20_000

    init(_ trace: DemandTrace, _ hours: HourlyCounts, _ profile: DemandProfile) {
        var generator = SeededGenerator(seed: 1)
        var seen = [Double](repeating: 0, count: Self.classes)
        var (gain, number) = (0.0, 0.0)
        let stride = max(1, trace.counts.count / Self.looked)
        for index in Swift.stride(from: 0, to: trace.counts.count, by: stride) {
            let hour = hours.hour(of: index)
            guard let count = trace.counts[index].map(UInt64.init), profile.means[hour] > 0 else {
                continue
            }
            let counts = profile.distribution(inHour: hour)
            let (term, upTo) = (counts.probability(of: count), counts.probability(upTo: count))
            let share = upTo - Double.random(in: 0..<1, using: &generator) * term
            seen[min(Self.classes - 1, max(0, Int(share * Double(Self.classes))))] += 1
            let poisson = CountDistribution(mean: counts.mean).probability(of: count)
            gain += log(max(term, 1e-300)) - log(max(poisson, 1e-300))
            number += 1
        }
        gainOverPoisson = number > 0 ? gain / number : 0
        let expected = number / Double(Self.classes)
        let square = seen.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
        let freedom = Double(Self.classes - 1)
        uniformity =
            number > 0 ? incompleteGamma(freedom / 2, square / expected / 2).upper : 1
    }
}
