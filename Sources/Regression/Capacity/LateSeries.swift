import Results
import Units

/// Calls due and late over time, slice by slice: what a share of late calls is judged from.
///
/// Calls that meet in one queue are late together. So the slices are merged to batches that are
/// longer than such company lasts, and only the spread between batches counts.
struct LateSeries: Sendable {
    let due: [Double]
    let late: [Double]
    let slice: Nanoseconds

    /// The fewest batches that an interval is taken from.
    static let fewestBatches = 10
    /// The most batches: more of them add little to the t quantile, and are more alike.
    static let mostBatches = 40
    /// Correlation times in a batch, so that the ends of a batch weigh little.
    static let timesInBatch = 4.0

    init(_ counts: LateCounts) {
        self.init(
            due: counts.due.map { Double($0) }, late: counts.late.map { Double($0) },
            slice: counts.slice)
    }

    private init(due: [Double], late: [Double], slice: Nanoseconds) {
        (self.due, self.late, self.slice) = (due, late, slice)
    }

    var calls: Double { due.reduce(0, +) }
    var lateCalls: Double { late.reduce(0, +) }
    var length: Nanoseconds { Nanoseconds(slice.count * Int64(due.count)) }

    /// The share of late calls: a ratio of sums, as slices differ in calls.
    var share: Double { calls > 0 ? lateCalls / calls : 0 }

    /// The later half.
    var laterHalf: LateSeries {
        let from = due.count / 2
        return LateSeries(due: Array(due[from...]), late: Array(late[from...]), slice: slice)
    }

    /// What each slice had more of late calls than its calls would have at the common share.
    private var excess: [Double] {
        let share = share
        return zip(late, due).map { $0 - share * $1 }
    }

    /// The integrated autocorrelation time in slices, 1 for independent ones: 1 + 2 Σ ρ(k), summed
    /// up to the first lag of five such times (Sokal, Monte Carlo Methods in Statistical Mechanics,
    /// 1989); nil where the slices do not differ, infinite where the sum finds no end in half the
    /// series.
    var correlationSlices: Double? {
        let excess = excess
        let square = excess.reduce(0) { $0 + $1 * $1 }
        guard square > 1e-12 * max(1, lateCalls) else { return nil }
        var sum = 1.0
        for lag in 1..<max(2, excess.count / 2) {
            sum += 2 * Self.product(excess, lag: lag) / square
            if Double(lag) >= 5 * max(1, sum) { return max(1, sum) }
        }
        return .infinity
    }

    private static func product(_ values: [Double], lag: Int) -> Double {
        var sum = 0.0
        for index in lag..<max(lag, values.count) { sum += values[index] * values[index - lag] }
        return sum
    }

    /// The series in batches longer than its correlation; nil where fewer than ten such fit.
    ///
    /// Batches that follow their neighbours still are merged by twos.
    var batches: LateSeries? {
        let slices = Double(due.count)
        let times = correlationSlices ?? 1
        var count = min(Self.mostBatches, Int(slices / (times * Self.timesInBatch)))
        while count >= Self.fewestBatches {
            let merged = merged(to: count)
            if !merged.followsItself { return merged }
            count /= 2
        }
        return nil
    }

    /// Whether the correlation of neighbours is more than chance gives one series in twenty.
    private var followsItself: Bool {
        let excess = excess
        let square = excess.reduce(0) { $0 + $1 * $1 }
        guard square > 0 else { return false }
        let count = Double(excess.count)
        return Self.product(excess, lag: 1) / square > 1.645 / count.squareRoot() - 1 / count
    }

    private func merged(to count: Int) -> LateSeries {
        let bounds = (0...count).map { $0 * due.count / count }
        func sums(_ values: [Double]) -> [Double] {
            zip(bounds, bounds.dropFirst()).map { values[$0..<$1].reduce(0, +) }
        }
        return LateSeries(
            due: sums(due), late: sums(late),
            slice: Nanoseconds(slice.count * Int64(due.count) / Int64(count)))
    }

    /// The slices that have both calls late and calls in time.
    var mixedBatches: Int { zip(late, due).filter { $0 > 0 && $0 < $1 }.count }

    /// The variance between slices of what each has too many: Σ (late − share · due)² / (n − 1).
    var variance: Double {
        excess.reduce(0) { $0 + $1 * $1 } / Double(max(1, due.count - 1))
    }
}
