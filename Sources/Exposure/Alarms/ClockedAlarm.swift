import Results

/// An alarm with its clock: it is fed the counts of successive grains, and evaluated when the clock
/// says, looking back from there.
///
/// A sliding window sees many series of periods, one for each grain at which a period can end; each
/// has its own history, and all have one state.
package struct ClockedAlarm: Hashable, Sendable {
    /// The clock.
    package let clock: AlarmClock
    /// What the alarm says now.
    package private(set) var state = AlarmState.insufficientData
    /// Operations in the period that ends with the last grain; nil where nothing is known of it.
    package private(set) var newest: Double?

    private var histories: [AlarmHistory]
    private var sum: RollingSum
    private var known: BitRing
    private var knownGrains = 0
    /// The history to which the next grain belongs, and the grains since the last evaluation.
    private var phase = 0
    private var sinceEvaluation = 0

    /// An alarm that has seen nothing, at an evaluation.
    package init(_ clock: AlarmClock) {
        self.clock = clock
        let grains = clock.grainsInPeriod
        histories = [AlarmHistory](repeating: AlarmHistory(clock.rule), count: grains)
        sum = RollingSum(length: grains)
        known = BitRing(length: grains)
    }

    /// Takes the operations of a grain, nil where nothing is known of it.
    ///
    /// - Returns: the state where the alarm is evaluated at its end; nil where it is not.
    @discardableResult
    package mutating func receive(_ count: Double?) -> AlarmState? {
        newest = period(endingWith: count)
        histories[phase].record(newest.map(clock.rule.isBreached))
        defer { phase = phase + 1 == histories.count ? 0 : phase + 1 }
        sinceEvaluation += 1
        guard sinceEvaluation == clock.grainsInStep else { return nil }
        sinceEvaluation = 0
        if let verdict = histories[phase].verdict(clock.rule.settings.missing) { state = verdict }
        return state
    }

    /// The count of the period that a grain ends: that of its grains of which something is known.
    private mutating func period(endingWith count: Double?) -> Double? {
        knownGrains += (count == nil ? 0 : 1) - (known[clock.grainsInPeriod - 1] ? 1 : 0)
        known.push(count != nil)
        let total = sum.push(count ?? 0)
        return knownGrains > 0 ? total : nil
    }
}

/// The sum of the last so many values, of which none is ever subtracted: nothing of a value is left
/// behind by rounding.
struct RollingSum: Hashable, Sendable {
    /// The values of the block that is being filled, and their sum.
    private var block: [Double]
    private var filled = 0
    private var prefix = 0.0
    /// Of the block before it, the sums from each value to its end.
    private var suffixes: [Double]

    /// A sum of zeros.
    init(length: Int) {
        block = [Double](repeating: 0, count: length)
        suffixes = block
    }

    /// Adds a value and forgets the oldest.
    mutating func push(_ value: Double) -> Double {
        block[filled] = value
        prefix += value
        filled += 1
        guard filled == block.count else { return prefix + suffixes[filled] }
        var suffix = 0.0
        for index in block.indices.reversed() {
            suffix += block[index]
            suffixes[index] = suffix
        }
        (filled, prefix) = (0, 0)
        return suffix
    }
}
