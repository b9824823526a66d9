import Results
import Throttling
import Units

/// Every projection of a run: one for each mechanism, record size, throttle, attacker and number of
/// identities.
package struct ExposureModel: Sendable {
    /// The projections in the order of the scenario.
    package let projections: [Projection]
    /// Sizes of data sets to tell of.
    package let datasets: [RecordCount]
    /// Windows to tell of.
    package let windows: [Nanoseconds]
    /// What could not be projected and why, in sentences.
    package let gaps: [String]

    /// Projects a run by the settings of its own scenario.
    package init(_ run: Run) {
        let settings = run.scenario.exposure
        datasets = settings.datasets
        windows = settings.windows
        var projections: [Projection] = []
        var gaps: [String] = []
        for cell in Self.subjects(of: run) {
            let (mechanism, recordBytes) = (cell.mechanism, cell.recordBytes)
            guard
                let rates = MeasuredRates(
                    of: run, mechanism: mechanism, recordBytes: recordBytes,
                    callers: settings.callers)
            else {
                gaps.append(
                    "Nothing is projected for \(cell.subject): no valid unthrottled closed "
                        + "load of at most \(settings.callers) callers was measured.")
                continue
            }
            let audit = run.batchingAudit(mechanism: mechanism, recordBytes: recordBytes)
            let subject = Projection.Subject(
                rates: rates,
                baseline: ServiceRate.baseline(
                    of: run, mechanism: mechanism, recordBytes: recordBytes),
                audit: audit)
            for throttle in run.scenario.throttles {
                let demand = Demand(in: run, of: cell.subject, under: throttle)
                for attacker in settings.attackers {
                    projections += settings.identities.map { identities in
                        Projection(
                            of: subject, throttle: throttle, attacker: attacker,
                            identities: identities,
                            recordsPerOperation: settings.recordsPerOperation
                                ?? audit?.recordsPerOperation ?? 1, demand: demand)
                    }
                }
            }
        }
        self.projections = projections
        self.gaps = gaps
    }

    /// The anchored subjects in the order of the cells, each once.
    private static func subjects(of run: Run) -> [Cell] {
        var seen: Set<String> = []
        return run.cells.map(\.cell)
            .filter { $0.isAnchored && seen.insert($0.subject).inserted }
    }
}
