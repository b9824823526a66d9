import Foundation
import Latency
import Results
import Units

extension FalseAlarms {
    /// By the model of a fitted profile, with an interval for the trace's limited length.
    ///
    /// A parametric bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 6.5):
    /// each hour's mean is drawn around the fitted one with the error of its number of periods,
    /// the dispersion with that of its degrees of freedom. Hours without counts are taken to be as
    /// well known as one period tells. Says nothing of dependence between periods.
    package init(
        of fit: DemandFit, under rule: AlarmRule, draws: Int = 200, seed: UInt64 = 1
    ) {
        let profile = fit.profile
        let perMonth = Self.perMonth(of: profile, under: rule)
        var generator = SeededGenerator(seed: seed)
        let freedom = Double(max(1, fit.goodness.degreesOfFreedom))
        let rates = (0..<draws).map { _ in
            let means = zip(profile.means, fit.periods).map { mean, periods in
                Self.drawnMean(mean, profile.dispersion, max(1, periods), &generator)
            }
            // Pearson's statistic is nearly a chi-square of its degrees of freedom.
            let ratio = 2 * CountDistribution.gamma(freedom / 2, &generator) / freedom
            let dispersion = fit.goodness.pearson > 1 ? max(1, profile.dispersion * ratio) : 1
            let drawn = DemandProfile(
                period: profile.period, means: means, dispersion: dispersion)
            return Self.perMonth(of: drawn, under: rule)
        }.sorted()
        let (low, high) = (rates[draws * 25 / 1_000], rates[draws - 1 - draws * 25 / 1_000])
        self.init(
            perMonth: perMonth, interval: min(low, perMonth)...max(high, perMonth),
            method: "by a profile fitted to the trace, periods taken to be independent, with the "
                + "interval of a parametric bootstrap")
    }

    /// A mean that the fitted one may really be, gamma-distributed around it.
    private static func drawnMean(
        _ mean: Double, _ dispersion: Double, _ periods: Int, _ generator: inout SeededGenerator
    ) -> Double {
        guard mean > 0 else { return 0 }
        let scale = dispersion / Double(periods)
        return CountDistribution.gamma(mean / scale, &generator) * scale
    }
}
