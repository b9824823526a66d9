import Foundation
import Results
import Units

extension Attack {
    /// Thefts that add no call and keep what legitimate ones open: N (1 − e^(−n/N)) distinct
    /// records of n that are opened at random, k with a call where a shared data key opens so many.
    ///
    /// No alarm ends them. All of a data set is taken to be open once less than one record of it is
    /// expected to be missing: n = N ln N.
    func harvest(_ datasets: [RecordCount]) -> Containment {
        let opened = openedRecords()
        let window = Summary(mean: horizon, p50: horizon, p95: horizon, worstPhase: horizon)
        let perSecond = (demand?.perSecond ?? 0) * projection.recordsPerLegitimateCall
        return Containment(
            strategy: .harvest, isContained: 0, alarm: nil, window: window,
            losses: datasets.map { dataset in
                let size = Double(dataset.count)
                let records = opened.map { size > 0 ? -size * expm1(-$0 / size) : 0 }
                let value = value.map { curve in
                    records.reduce(0) { $0 + curve.share(of: $1, in: dataset) }
                        / Double(records.count)
                }
                let all = size > 1 ? size * log(size) : size
                let summary = Summary(records) ?? .none
                return ContainedLoss(
                    dataset: dataset, records: summary,
                    low: projection.supplies(at: .low) == nil ? nil : summary.mean,
                    high: projection.supplies(at: .high) == nil ? nil : summary.mean,
                    allLeave: Double(records.count { $0 > size - 1 }) / Double(records.count),
                    timeToAll: perSecond > 0 ? Seconds(all / perSecond) : .never,
                    valueShare: value)
            }, recordsPerSecond: perSecond)
    }

    /// The mean of what is harvested of a data set without end.
    var meanOpenedRecords: Double {
        openedRecords().reduce(0, +) / Double(sample.count)
    }

    /// Records, distinct or not, that legitimate calls open until the horizon of each theft.
    private func openedRecords() -> [Double] {
        guard let demand else { return [Double](repeating: 0, count: sample.count) }
        let perHour = demand.means.map { $0 * 3_600 / demand.period.seconds.value }
        let sums = perHour.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
        // Calls until an hour of the first or any later week.
        func calls(until hours: Double) -> Double {
            let week = Double(DemandProfile.hours)
            let weeks = (hours / week).rounded(.down)
            let rest = hours - weeks * week
            let hour = min(DemandProfile.hours - 1, Int(rest))
            return weeks * sums[DemandProfile.hours] + sums[hour]
                + (rest - Double(hour)) * perHour[hour]
        }
        return sample.starts.map { start in
            let begin = start * Double(DemandProfile.hours)
            return (calls(until: begin + horizon / 3_600) - calls(until: begin))
                * projection.recordsPerLegitimateCall
        }
    }
}
