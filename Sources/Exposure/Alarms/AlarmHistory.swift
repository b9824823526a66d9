import Results

/// The datapoints that an alarm may look at, the evaluation range, with what must be counted of
/// them; a datapoint costs the same however long the range is.
struct AlarmHistory: Hashable, Sendable {
    /// Periods that are retrieved: more than N, in case some are missing. The documentation gives
    /// the number for N = 3 alone, where it is 5.
    let range: Int
    private let evaluationPeriods: Int
    private let datapointsToAlarm: Int
    /// Which periods have a datapoint, and which of those breach.
    private var isReal: BitRing
    private var isBreaching: BitRing
    /// Real and breaching points in the range, and real ones among the newest M − 1.
    private var reals = 0
    private var breaches = 0
    private var recentReals = 0

    /// Points that are retrieved beyond N.
    private static let extra = 2

    /// A range of nothing but missing points.
    init(_ rule: AlarmRule) {
        precondition(
            1...rule.evaluationPeriods ~= rule.datapointsToAlarm, "an alarm is M of N ≥ M ≥ 1")
        evaluationPeriods = rule.evaluationPeriods
        datapointsToAlarm = rule.datapointsToAlarm
        range = evaluationPeriods + Self.extra
        isReal = BitRing(length: range)
        isBreaching = BitRing(length: range)
    }

    /// Goes on by one period: whether it breached, nil for a missing one.
    mutating func record(_ breaching: Bool?) {
        let (real, breaching) = (breaching != nil, breaching ?? false)
        reals += (real ? 1 : 0) - (isReal[range - 1] ? 1 : 0)
        breaches += (breaching ? 1 : 0) - (isBreaching[range - 1] ? 1 : 0)
        if datapointsToAlarm > 1 {
            recentReals += (real ? 1 : 0) - (isReal[datapointsToAlarm - 2] ? 1 : 0)
        }
        isReal.push(real)
        isBreaching.push(breaching)
    }

    /// What the range says; nil where the alarm keeps its state.
    func verdict(_ missing: MissingData) -> AlarmState? {
        // Enough real points: the newest N decide, and no missing one is filled in.
        if reals >= evaluationPeriods { return alarm(breaches - breachesBeyond) }
        switch missing {
        case .breaching: return alarm(breaches + evaluationPeriods - reals)
        case .notBreaching: return alarm(breaches)
        case .missing, .ignore: return sparseVerdict(missing)
        }
    }

    private func alarm(_ breaching: Int) -> AlarmState {
        breaching >= datapointsToAlarm ? .alarm : .quiet
    }

    /// Breaching points among the real ones that are older than the newest N.
    private var breachesBeyond: Int {
        var (surplus, beyond, age) = (reals - evaluationPeriods, 0, range - 1)
        while surplus > 0 {
            if isReal[age] {
                surplus -= 1
                if isBreaching[age] { beyond += 1 }
            }
            age -= 1
        }
        return beyond
    }

    /// The verdict on fewer than N real points where missing ones are not filled in, with the rule
    /// for "premature" alarms: breaching points alone, the oldest of them M periods old or more,
    /// are an alarm, however few they are.
    ///
    /// One point within bounds anywhere in the range prevents that, as in the documented row
    /// `0 - X - -` of 2 out of 3.
    private func sparseVerdict(_ missing: MissingData) -> AlarmState? {
        let kept: AlarmState? = missing == .ignore ? nil : .alarm
        if reals == 0 { return missing == .ignore ? nil : .insufficientData }
        if breaches >= datapointsToAlarm { return .alarm }
        let isPremature = breaches == reals && reals > recentReals
        return isPremature ? kept : .quiet
    }
}
