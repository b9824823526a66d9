import Foundation
import Results
import Units

extension DemandProfile {
    /// The profile that settings describe, at an alarm's period.
    ///
    /// The dispersion is the one of that period's count, so it is taken as it is. One below 1 is
    /// taken for 1: fewer swings than Poisson are not modelled.
    package init(_ settings: ProfileSettings, period: Nanoseconds) {
        let mean = settings.mean.perSecond * period.seconds.value
        self.init(
            period: period, means: settings.shape.weights.map { mean * $0 },
            dispersion: max(1, settings.dispersion))
    }
}

extension DemandShape {
    /// What the 168 hours of a week, from Monday 00:00, ask for beside their mean: 1 on average.
    ///
    /// The diurnal shape of an hour whose middle is t o'clock is 1/10 + 9/10 ((1 + cos(2π (t − 14)
    /// / 24)) / 2)², greatest at two in the afternoon and a tenth of that at two in the night; a
    /// Saturday and a Sunday have 2/5 of it. Harmonics of the day are the usual first model of a
    /// seasonal series (Brockwell and Davis, Introduction to Time Series and Forecasting, 2016,
    /// 1.3.2); the numbers are a convention of ours for office hours.
    package var weights: [Double] {
        switch self {
        case .flat:
            return [Double](repeating: 1, count: DemandProfile.hours)
        case .diurnal:
            return Self.normalised((0..<DemandProfile.hours).map(Self.diurnalWeight))
        case .weekly(let weights):
            precondition(weights.count == DemandProfile.hours, "a week has 168 hours")
            return Self.normalised(weights)
        }
    }

    private static func diurnalWeight(ofHour hour: Int) -> Double {
        let (night, weekend, peak) = (0.1, 0.4, 14.0)
        let middle = Double(hour % 24) + 0.5
        let wave = (1 + cos(2 * .pi * (middle - peak) / 24)) / 2
        let weight = night + (1 - night) * wave * wave
        return hour / 24 < 5 ? weight : weekend * weight
    }

    private static func normalised(_ weights: [Double]) -> [Double] {
        let mean = weights.reduce(0, +) / Double(weights.count)
        precondition(
            mean > 0 && weights.allSatisfy { $0 >= 0 }, "weights are not negative nor all 0")
        return weights.map { $0 / mean }
    }
}
