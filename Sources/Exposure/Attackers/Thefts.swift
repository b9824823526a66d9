import Foundation
import Units

/// How each theft of a sample ended.
struct Thefts: Sendable {
    /// Seconds from the first call to the alarm that ended it; infinite for none.
    var alarms: [Double]
    /// Seconds from the first call to the last.
    var windows: [Double]
    /// Records taken of a data set without end.
    var records: [Double]

    /// Thefts that no alarm ends before the horizon.
    init(unending count: Int, horizon: Double, records: [Double]) {
        alarms = [Double](repeating: .infinity, count: count)
        windows = [Double](repeating: horizon, count: count)
        self.records = records
    }

    /// Thefts that end after an alarm at these times, and none after the horizon.
    init(
        alarms times: [Double], sample: TheftSample, horizon: Double,
        records: (_ theft: Int, _ window: Double) -> Double
    ) {
        windows = times.indices.map { min(horizon, times[$0] + sample.delays[$0]) }
        alarms = times.indices.map {
            times[$0] + sample.delays[$0] < horizon ? times[$0] : .infinity
        }
        self.records = windows.indices.map { [windows] in records($0, windows[$0]) }
    }

    /// The share that an alarm ended.
    var contained: Double {
        Double(alarms.count { $0.isFinite }) / Double(alarms.count)
    }

    /// The mean of the records.
    var meanRecords: Double { records.reduce(0, +) / Double(records.count) }
}

extension Summary {
    /// The distribution of values of the thefts of a sample, infinite ones left out.
    ///
    /// - Returns: nil where all are.
    init?(_ values: [Double]) {
        let finite = values.filter(\.isFinite)
        guard !finite.isEmpty else { return nil }
        let sorted = finite.sorted()
        let strata = (0..<TheftSample.strata).compactMap { stratum in
            var (sum, count) = (0.0, 0)
            for theft in stride(from: stratum, to: values.count, by: TheftSample.strata)
            where values[theft].isFinite {
                sum += values[theft]
                count += 1
            }
            return count > 0 ? sum / Double(count) : nil
        }
        let mean = finite.reduce(0, +) / Double(finite.count)
        self.init(
            mean: mean, p50: sorted[Self.rank(0.5, of: sorted.count)],
            p95: sorted[Self.rank(0.95, of: sorted.count)],
            // Equal but for rounding where the phase makes no difference.
            worstPhase: max(mean, strata.max() ?? mean))
    }

    /// The place of the nearest rank.
    static func rank(_ share: Double, of count: Int) -> Int {
        min(count - 1, max(0, Int((share * Double(count)).rounded(.up)) - 1))
    }
}
