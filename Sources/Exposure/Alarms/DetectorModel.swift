import Foundation
import Results
import Units

/// What the detectors beside the alarm make of thefts under one throttle.
package struct DetectorModel: Sendable {
    /// One detector and the thieves it meets.
    package struct Reading: Sendable {
        /// What the detector is, with its settings.
        package let name: String
        /// False alarms in a month of 30 days; nil where they depend on what nobody has said.
        package let falseAlarmsPerMonth: Double?
        /// When each thief is noticed on average, and what he holds by then.
        package let notices: [Notice]
    }

    /// When a detector notices a thief.
    package struct Notice: Sendable {
        /// The thief.
        package let strategy: Strategy
        /// Seconds from his first call: the mean, or the median for canaries; never where he does
        /// nothing that the detector sees.
        package let after: Seconds
        /// Records that he holds by then.
        package let records: Double
    }

    /// The detectors in the order of a scenario's keys.
    package let readings: [Reading]

    /// The detectors of a scenario on the thefts of a detection; none without detectors.
    ///
    /// The charts see the demand of a mean hour, standardised, and a thief who adds the same to
    /// every period; their delays are average run lengths, a period to each.
    package init(
        _ settings: DetectorSettings?, _ detection: Detection, demand: DemandProfile?,
        dataset: RecordCount
    ) {
        guard let settings else {
            readings = []
            return
        }
        let thieves = detection.containments.filter { $0.strategy != .best }
        var readings: [Reading] = []
        if settings.canaries > 0 {
            let canaries = Canaries(count: settings.canaries, among: dataset)
            let met = canaries.records(untilMetWith: Probability(0.5))
            readings.append(
                Reading(
                    name: "\(RecordCount(settings.canaries)) canaries", falseAlarmsPerMonth: 0,
                    notices: thieves.map { Self.notice($0, at: met, dataset) }))
        }
        if let budget = settings.budget {
            let fires = CumulativeBudget(budget)
                .firesAt(identities: detection.projection.identities)
            readings.append(
                Reading(
                    name: "budget of \(budget) a client", falseAlarmsPerMonth: nil,
                    // Whoever adds no call spends the budgets of others.
                    notices: thieves.filter { $0.strategy != .harvest }
                        .map { Self.notice($0, at: fires, dataset) }))
        }
        if let demand, let ewma = settings.ewma {
            readings.append(
                Self.chart(
                    "EWMA, λ \(Significant.text(ewma.weight)), L \(Significant.text(ewma.limit))",
                    thieves, detection, demand, dataset
                ) { EWMADetector.averageRunLength(ewma, over: $0) })
        }
        if let demand, let cusum = settings.cusum {
            readings.append(
                Self.chart(
                    "CUSUM, k \(Significant.text(cusum.reference)), "
                        + "h \(Significant.text(cusum.decision))",
                    thieves, detection, demand, dataset
                ) { CUSUMDetector.averageRunLength(cusum, over: $0) })
        }
        self.readings = readings
    }

    /// The notice of a detector that fires once so many records are open.
    private static func notice(
        _ thief: Containment, at records: Double, _ dataset: RecordCount
    ) -> Notice {
        guard records.isFinite, records <= Double(dataset.count) else {
            return Notice(strategy: thief.strategy, after: .never, records: Double(dataset.count))
        }
        return Notice(
            strategy: thief.strategy, after: thief.time(until: records, of: dataset),
            records: records)
    }

    private static func chart(
        _ name: String, _ thieves: [Containment], _ detection: Detection,
        _ demand: DemandProfile, _ dataset: RecordCount,
        _ runLength: (StandardisedCount) -> Double
    ) -> Reading {
        let period = demand.period.seconds.value
        let usual = CountDistribution(
            mean: demand.perSecond * period, dispersion: demand.dispersion)
        let notices = thieves.map { thief in
            let added =
                thief.strategy == .harvest
                ? 0
                : thief.recordsPerSecond * period
                    / Double(max(1, detection.projection.recordsPerOperation))
            guard added > 0 else {
                return Notice(strategy: thief.strategy, after: .never, records: 0)
            }
            let after = Seconds(runLength(StandardisedCount(usual, added: added)) * period)
            return Notice(
                strategy: thief.strategy, after: after,
                records: thief.unstopped(within: after, of: dataset))
        }
        let months = runLength(StandardisedCount(usual)) * period / FalseAlarms.month.value
        return Reading(name: name, falseAlarmsPerMonth: 1 / months, notices: notices)
    }
}

extension Containment {
    /// The least time until the thief holds so many records of a data set, if nobody stops him.
    func time(until records: Double, of dataset: RecordCount) -> Seconds {
        if let course { return course.time(until: records) }
        // The inverse of what is distinct of records that are opened at random.
        let size = Double(dataset.count)
        guard recordsPerSecond > 0, records < size else { return records > 0 ? .never : .zero }
        return Seconds(-size * log1p(-records / size) / recordsPerSecond)
    }
}
