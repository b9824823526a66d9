import Results
import Throttling
import Units

/// Every projection of a run: one for each mechanism, record size, throttle and number of
/// identities, of a thief who is as fast as HSM and throttle allow.
package struct ExposureModel: Sendable {
    /// The projections in the order of the scenario.
    package let projections: [Projection]
    /// Sizes of data sets to tell of.
    package let datasets: [RecordCount]
    /// Windows to tell of.
    package let windows: [Nanoseconds]
    /// What could not be projected and why, in sentences.
    package let gaps: [String]
    /// Each subject behind any throttle.
    let defences: [Defence]

    /// What a thief gets of one mechanism and record size behind any throttle.
    struct Defence: Sendable {
        /// How the records are sealed.
        let subject: String
        /// The projection behind a throttle, for a thief of one identity.
        let projection: @Sendable (Policy) -> Projection
    }

    /// Projects a run by the settings of its own scenario.
    package init(_ run: Run) {
        let settings = run.scenario.exposure
        datasets = settings.datasets
        windows = settings.windows
        var projections: [Projection] = []
        var gaps: [String] = []
        var defences: [Defence] = []
        for cell in Self.subjects(of: run) {
            let (mechanism, recordBytes) = (cell.mechanism, cell.recordBytes)
            guard
                let rates = MeasuredRates(
                    of: run, mechanism: mechanism, recordBytes: recordBytes,
                    callers: settings.callers)
            else {
                gaps.append(
                    "Nothing is projected for \(cell.subject): no valid unthrottled closed "
                        + "load of at most \(settings.callers) callers was measured"
                        + Self.refusal(of: cell, in: run) + ".")
                continue
            }
            let audit = run.batchingAudit(mechanism: mechanism, recordBytes: recordBytes)
            let subject = Projection.Subject(
                rates: rates,
                baseline: ServiceRate.baseline(
                    of: run, mechanism: mechanism, recordBytes: recordBytes),
                audit: audit)
            let opened = settings.recordsPerOperation ?? audit?.recordsPerOperation ?? 1
            defences.append(
                Defence(subject: cell.subject) { throttle in
                    Projection(
                        of: subject, throttle: throttle, identities: 1,
                        recordsPerOperation: opened)
                })
            for throttle in run.scenario.throttles {
                let demand = Demand(in: run, of: cell.subject, under: throttle)
                projections += settings.identities.map { identities in
                    Projection(
                        of: subject, throttle: throttle, identities: identities,
                        recordsPerOperation: opened, demand: demand)
                }
            }
        }
        self.projections = projections
        self.gaps = gaps
        self.defences = defences
    }

    /// Why nothing at all was measured of a subject, where every round gives the same reason.
    private static func refusal(of cell: Cell, in run: Run) -> String {
        let rounds = run.cells
            .filter { $0.cell.isAnchored && $0.cell.subject == cell.subject }.flatMap(\.rounds)
        let reasons = Set(rounds.flatMap(\.verdict.reasons))
        guard let reason = reasons.first, reasons.count == 1,
            rounds.allSatisfy({ !$0.verdict.isValid })
        else { return "" }
        return " (\(reason))"
    }

    /// The anchored subjects in the order of the cells, each once.
    private static func subjects(of run: Run) -> [Cell] {
        var seen: Set<String> = []
        return run.cells.map(\.cell)
            .filter { $0.isAnchored && seen.insert($0.subject).inserted }
    }
}
