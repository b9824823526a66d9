import Results

/// One figure of a defence: what was predicted of it beside what was measured.
struct DrillComparison {
    /// The figure.
    let figure: DrillFigure
    /// What was predicted; nil where the models say nothing of it, or it never comes.
    let predicted: DrillPrediction.Figure?
    /// What was measured, of the thefts in which it happened; nil without any.
    let measured: MeanOfThefts?
    /// The thefts that say something of it, and those in which it happened.
    let thefts: Int
    let happened: Int
    /// The most records that a thief held in one of them.
    private let most: UInt64

    /// What a prediction of records lost is held to.
    static let tolerated = 0.9...1.1

    /// Compares one figure over the thefts of a defence.
    init(_ figure: DrillFigure, of act: DrillAct) {
        self.figure = figure
        predicted = figure.predicted(in: act.prediction)
        let thefts = figure.thefts(of: act)
        let values = thefts.compactMap(figure.measured).filter(\.isFinite)
        measured = MeanOfThefts(values)
        self.thefts = thefts.count
        happened = values.count
        most = thefts.map(\.lost).max() ?? 0
    }

    /// Predicted over measured; nil where either is missing or not above zero.
    ///
    /// Nor has it one where a canary or a budget saw only some of the thieves: those whom it saw
    /// are the unlucky ones. An alarm's time is predicted of those whom it ends.
    var ratio: Double? {
        guard let predicted = predicted?.mean, let measured = measured?.mean, predicted > 0,
            measured > 0, happened == thefts || !figure.isEvent || figure == .alarm
        else { return nil }
        return predicted / measured
    }

    /// Whether a prediction of records lost is further off than is tolerated.
    var isOff: Bool {
        guard figure == .recordsLost, let ratio else { return false }
        return !Self.tolerated.contains(ratio)
    }

    /// Whether the difference that was measured may as well be none: its interval holds zero, or
    /// it lies below.
    var showsNoDifference: Bool {
        guard figure == .wait, let measured else { return false }
        return (measured.low ?? measured.mean) <= 0
    }

    /// What such a difference is called.
    static let noDifference = "no difference that shows"

    /// `1,530 (1,490 to 1,570)`, or "none".
    var predictedText: String {
        guard let predicted else { return figure.isEvent ? "none" : "—" }
        // A slower thief needs longer, so that the bounds may come the other way round.
        let bounds = [predicted.low, predicted.high].compactMap(\.self)
        return text(predicted.mean, bounds.min(), bounds.max())
    }

    /// The mean over the thefts with its interval, or "none".
    var measuredText: String {
        guard thefts > 0 else { return "—" }
        guard let measured else { return figure.isEvent ? "none" : "—" }
        let all = text(measured.mean, measured.low, measured.high)
        return happened < thefts ? "\(all), in \(happened) of \(thefts)" : all
    }

    private func text(_ mean: Double, _ low: Double?, _ high: Double?) -> String {
        let mean = figure.text(mean)
        guard let low = low.map(figure.text), let high = high.map(figure.text),
            low != mean || high != mean
        else { return mean }
        return "\(mean) (\(low) to \(high))"
    }

    /// The ratio, or in words why there is none.
    var verdict: String {
        if showsNoDifference { return predicted?.mean == 0 ? "as predicted" : Self.noDifference }
        if let ratio { return DrillWording.ratio(ratio) }
        guard thefts > 0 else { return "no theft to compare" }
        switch (predicted, measured) {
        case (nil, nil): return figure.isEvent ? "as predicted" : "—"
        case (nil, _):
            return figure.isEvent
                ? "not predicted, but happened in \(happened) of \(thefts)" : "not predicted"
        case (_?, nil): return missed
        case (let predicted?, let measured?):
            guard predicted.mean > 0 || measured.mean > 0 else { return "as predicted" }
            guard measured.mean > 0 else { return "predicted, but not measured" }
            guard predicted.mean > 0 else { return "measured, but not predicted" }
            return "seen in \(happened) of \(thefts) only"
        }
    }

    private var missed: String {
        guard figure.isEvent else { return "not measured" }
        guard figure.unit == .records, Double(most) < predicted?.mean ?? 0 else {
            return "predicted, but did not happen"
        }
        return "not reached: he held \(DrillWording.records(Double(most))) at most"
    }
}

extension DrillAct {
    /// The comparisons that say something where canaries and budgets may be missing from a stage.
    func comparisons(on stage: DrillStage) -> [DrillComparison] {
        DrillFigure.allCases.map { DrillComparison($0, of: self) }.filter { comparison in
            let isKnown = comparison.predicted != nil || comparison.measured != nil
            return switch comparison.figure {
            case .canary: isKnown || stage.canaries > 0
            case .budget: isKnown || stage.budget != nil
            case .deniedShare, .wait: isKnown
            case .alarm, .containment, .recordsLost: true
            }
        }
    }
}
