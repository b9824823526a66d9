import Exposure
import Foundation

/// What was played, held against what a model says of the same thefts.
///
/// A right model is more than 99 % sure to pass a few thousand comparisons.
struct PlayedFigures {
    let outcomes: PlayedTheft.Outcomes
    let horizon: Double
    let dataset: Double
    /// Records by which a fluid may differ from whole calls.
    let slack: Double
    /// The share of its own figure by which the model's loss may be above what was played.
    let share: Double
    /// Whether the alarm ends some thefts and not others.
    let isWatched: Bool
    /// Thefts that the model drew for its own figures.
    let draws: Double

    /// ln(2 / δ) at δ = one in a million.
    private static let surprise = log(2e6)
    /// Standard deviations that a mean may be off, at the same δ.
    private static let deviations = 4.9

    /// The largest deviation of all that were held against it, in units of what is allowed.
    private(set) var worst = 0.0
    /// What deviates by more than it may, in words.
    private(set) var disagreements: [String] = []

    init(
        _ outcomes: PlayedTheft.Outcomes, horizon: Double, dataset: Double, slack: Double,
        share: Double, isWatched: Bool, draws: Int
    ) {
        (self.outcomes, self.horizon, self.dataset) = (outcomes, horizon, dataset)
        (self.slack, self.share, self.isWatched) = (slack, share, isWatched)
        self.draws = Double(draws)
    }

    /// As many thefts, played alone, would leave as much to chance as those of both sides do.
    private func thefts(_ played: Int) -> Double { 1 / (1 / Double(played) + 1 / draws) }

    /// Holds the model's figures against those played.
    mutating func compare(with model: Containment) {
        compareShare(model.isContained)
        compareMean("window", model.window.mean, range: horizon, slack: 1e-6) {
            Double($0.window_ns) / 1e9
        }
        if let alarm = model.alarm {
            compareMean("alarm", alarm.mean, range: horizon, slack: 1e-6) {
                $0.isContained ? $0.alarm_ns.map { Double($0) / 1e9 } : nil
            }
        }
        guard let loss = model.losses.first else { return }
        let bound = share * loss.records.mean
        compareMean(
            "loss", loss.records.mean, range: dataset, slack: slack, above: bound, \.records)
        // What legitimate calls open is told by its mean, not by how it spreads.
        guard model.strategy != .harvest else { return }
        compareQuantile("median loss", loss.records.p50, 0.5, slack: slack, \.records)
        compareQuantile("p95 loss", loss.records.p95, 0.95, slack: slack, \.records)
        compareQuantile("p95 window", model.window.p95, 0.95, slack: 1e-6) {
            Double($0.window_ns) / 1e9
        }
    }

    private mutating func note(_ name: String, _ deviation: Double, _ words: String) {
        worst = max(worst, deviation)
        if !(deviation <= 1) { disagreements.append("\(name): \(words)") }
    }

    /// The share that is contained, both sides taken for samples of one share (the G-test: Sokal
    /// and Rohlf, Biometry, 2012).
    private mutating func compareShare(_ model: Double) {
        let shares = [outcomes.played, outcomes.counted.more, outcomes.counted.fewer].map {
            Self.share(of: $0, where: \.isContained)
        }
        let (low, high) = (shares.min() ?? 0, shares.max() ?? 0)
        let nearest = min(max(model, low), high)
        let played = Double(outcomes.played.count)
        let common = (played * nearest + draws * model) / (played + draws)
        let bits =
            played * Self.divergence(nearest, from: common)
            + draws * Self.divergence(model, from: common)
        note("contained", bits / Self.surprise, "\(model) against \(shares)")
    }

    /// A mean of all outcomes that have the figure.
    private mutating func compareMean(
        _ name: String, _ model: Double, range: Double, slack: Double, above: Double = 0,
        _ figure: (PlayedTheft.Outcome) -> Double?
    ) {
        var (means, errors) = ([Double](), [Double]())
        for outcomes in [outcomes.played, outcomes.counted.more, outcomes.counted.fewer] {
            let figures = outcomes.compactMap(figure)
            guard figures.count > 1 else { return }
            let mean = figures.reduce(0, +) / Double(figures.count)
            let squares = figures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let count = thefts(figures.count)
            means.append(mean)
            // Student's quantile from the normal one (Cornish and Fisher, 1938).
            let z = Self.deviations
            let quantile = z + (z * z * z + z) / Double(4 * (figures.count - 1))
            // What happens once in more thefts than these is in no sample.
            errors.append(
                quantile * (squares / Double(figures.count - 1) / count).squareRoot()
                    + (isWatched ? Self.surprise * min(range, max(mean, model)) / count : 0))
        }
        let (low, high) = (means.min() ?? 0, means.max() ?? 0)
        let off = model < low ? low - model : max(0, model - high - above)
        let allowed = slack + (errors.max() ?? 0)
        note(name, off / allowed, "\(model) against \(means), \(allowed) allowed")
    }

    /// A figure that a share of the thefts stays below.
    private mutating func compareQuantile(
        _ name: String, _ model: Double, _ quantile: Double, slack: Double,
        _ figure: (PlayedTheft.Outcome) -> Double
    ) {
        let all = [outcomes.played, outcomes.counted.more, outcomes.counted.fewer]
        let below = all.map {
            Self.share(of: $0) { figure($0) < model * (1 - self.share) - slack }
        }
        let within = all.map { Self.share(of: $0) { figure($0) <= model + slack } }
        let count = thefts(outcomes.played.count)
        let least = below.min() ?? 0
        let most = within.max() ?? 1
        var bits = 0.0
        if least > quantile { bits = count * Self.divergence(least, from: quantile) }
        if most < quantile { bits = count * Self.divergence(most, from: quantile) }
        note(
            name, bits / Self.surprise,
            "\(model): \(least) below, \(most) up to it, not \(quantile)")
    }

    private static func share(
        of outcomes: [PlayedTheft.Outcome], where isMeant: (PlayedTheft.Outcome) -> Bool
    ) -> Double {
        Double(outcomes.count(where: isMeant)) / Double(outcomes.count)
    }

    /// The divergence of one share from another (Kullback and Leibler, 1951).
    private static func divergence(_ seen: Double, from expected: Double) -> Double {
        func term(_ seen: Double, _ expected: Double) -> Double {
            guard seen > 0 else { return 0 }
            return expected > 0 ? seen * log(seen / expected) : .infinity
        }
        return term(seen, expected) + term(1 - seen, 1 - expected)
    }
}
