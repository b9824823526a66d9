import Exposure
import Results
import Units

/// CloudWatch's evaluation written from its documentation alone, sentence by sentence, over whole
/// arrays and without a thought for speed.
struct AlarmReference {
    let needed: Int
    let periods: Int
    let missing: MissingData
    private(set) var state = AlarmState.insufficientData
    private var points: [Bool?] = []

    init(needed: Int, periods: Int, missing: MissingData) {
        (self.needed, self.periods, self.missing) = (needed, periods, missing)
    }

    mutating func receive(_ point: Bool?) -> AlarmState {
        points.append(point)
        // "CloudWatch attempts to retrieve a higher number of data points than the number specified
        // as Evaluation Periods": 5 for 3 in every documented table.
        var range = Array(points.suffix(periods + 2))
        range = [Bool?](repeating: nil, count: periods + 2 - range.count) + range
        state = evaluate(range)
        return state
    }

    /// Takes a state over, as where it was set by hand.
    mutating func adopt(_ state: AlarmState) { self.state = state }

    /// The state that the points of the evaluation range give, oldest first.
    func evaluate(_ range: [Bool?]) -> AlarmState {
        let existing = range.compactMap { $0 }
        // "If [...] the total number of existing data points [...] is equal to or more than the
        // alarm's Evaluation Periods, CloudWatch evaluates the alarm state based on the most recent
        // real data points [...] the value you set for how to treat missing data is not needed".
        if existing.count >= periods { return judge(existing.suffix(periods)) }
        let lacking = periods - existing.count
        switch missing {
        // "fills in the missing data points with the result you specified [...] all real data
        // points in the evaluation range are included [...] only as few times as possible".
        case .breaching: return judge(existing + [Bool](repeating: true, count: lacking))
        case .notBreaching: return judge(existing + [Bool](repeating: false, count: lacking))
        case .missing:
            // "If all data points in the alarm evaluation range are missing, the alarm transitions
            // to INSUFFICIENT_DATA."
            if existing.isEmpty { return .insufficientData }
            return isPremature(range) ? .alarm : judge(existing[...])
        case .ignore:
            // "The current alarm state is maintained": also where the alarm would be premature, by
            // row 5 of both tables, unless enough points breach without that rule.
            if existing.isEmpty { return state }
            if judge(existing[...]) == .alarm { return .alarm }
            return isPremature(range) ? state : .quiet
        }
    }

    private func judge(_ points: some Collection<Bool>) -> AlarmState {
        points.count { $0 } >= needed ? .alarm : .quiet
    }

    /// "If the oldest breaching data point during the evaluation range is at least as old as the
    /// value of Datapoints to Alarm, and all of the more recent data points are either breaching or
    /// missing": and no older point is within bounds either, by row 3 of the second table.
    private func isPremature(_ range: [Bool?]) -> Bool {
        guard !range.contains(false), let oldest = range.firstIndex(of: true) else { return false }
        return range.count - oldest >= needed
    }
}

/// An alarm on more than ten operations a minute.
func alarm(
    _ needed: Int, of periods: Int, missing: MissingData = .notBreaching,
    comparison: AlarmComparison = .greaterThan, period: Nanoseconds = .seconds(60),
    window: AlarmWindow = .sliding, threshold: UInt64 = 10
) -> AlarmRule {
    AlarmSettings(
        period: period, threshold: nil, comparison: comparison, evaluationPeriods: periods,
        datapointsToAlarm: needed, missing: missing, window: window
    ).rule(at: RecordCount(threshold))
}

/// Whether points breach, nil for missing ones, with the given shares.
func randomPoints(
    _ count: Int, missing: Double, breaching: Double, using generator: inout SeededGenerator
) -> [Bool?] {
    (0..<count).map { _ in
        guard Double.random(in: 0..<1, using: &generator) >= missing else { return nil }
        return Double.random(in: 0..<1, using: &generator) < breaching
    }
}
