import Anchors
import Foundation
import Load
import Results
import Throttling
import Units

/// Runs rounds of cells on the worker processes of a campaign.
struct RoundRunner: Sendable {
    /// The scenario that the cells are from.
    let scenario: Scenario
    /// The workers.
    let crews: CampaignCrews
    /// The bound on the calls of the whole run; nil for none.
    let budget: CallBudget?

    /// What one round is.
    struct Setting: Sendable {
        /// The round's number, from 1.
        var number: Int
        /// Its place in the whole run's order, from 1.
        var order: Int
        /// Nil until the service times of each caller have settled.
        var warmUp: Nanoseconds?
        /// How long it is measured.
        var duration: Nanoseconds
        /// Of an open load's arrivals.
        var arrivalSeed: UInt64
        /// What the calls of an open load are held against; nil where nothing is promised.
        var lateWatch: MeasureOrder.LateWatch?
    }

    /// Runs one round of the cells that are measured in one go: an outcome for each of them.
    ///
    /// - Parameter cells: one, or the classes of a mixed load.
    func measure(_ cells: [Cell], _ setting: Setting) async -> [RoundOutcome] {
        let cell = cells[0]
        let name = "throttle-\(setting.number)-\(setting.order)"
        do {
            let state = try throttleState(of: cell, at: crews.workspace.appending(path: name))
            defer { state.map { try? FileManager.default.removeItem(atPath: $0) } }
            let orders = orders(for: cell, setting, throttleState: state)
            let report = try await crews.crew(of: cell).measure(orders)
            return try RoundOutcome.classes(
                report, to: orders, number: setting.number, order: setting.order,
                processors: ProcessInfo.processInfo.activeProcessorCount)
        } catch {
            let loss = error as? RoundLoss ?? RoundLoss(reason: "\(error)")
            return cells.map { _ in
                RoundOutcome(loss, number: setting.number, order: setting.order)
            }
        }
    }

    /// A fresh state for the throttle of a cell's round; nil without one.
    private func throttleState(of cell: Cell, at url: URL) throws -> String? {
        guard cell.throttle.limit != .none else { return nil }
        try SharedState.create(
            at: url.path, for: cell.throttle, clients: cell.mixed?.identities ?? 1)
        return url.path
    }

    /// The callers of a cell spread over its processes as evenly as they go.
    private func orders(
        for cell: Cell, _ setting: Setting, throttleState: String?
    ) -> [MeasureOrder] {
        guard let mechanism = RecordMechanism(rawValue: cell.mechanism),
            let operation = AnchoredOperation(rawValue: cell.operation)
        else {
            preconditionFailure("a plan holds known operations and mechanisms")
        }
        let errorLimit = scenario.limits.abortAfterErrors
        return (0..<cell.processes).map { index in
            MeasureOrder(
                isBaseline: cell.isBaseline, operation: operation, mechanism: mechanism,
                keyBits: cell.keyBits, recordBytes: cell.recordBytes,
                records: cell.records ?? LoadedAnchor.recordsPerCaller,
                callers: share(index, of: cell.callers, among: cell.processes),
                attackers: cell.mixed.map {
                    share(index, of: $0.attackers, among: cell.processes)
                },
                warmUp: setting.warmUp, duration: setting.duration,
                arrivals: cell.open.map { rate in
                    MeasureOrder.ArrivalOrder(
                        rate: rate, seed: setting.arrivalSeed, part: index, parts: cell.processes)
                },
                lateWatch: setting.lateWatch,
                throttle: throttleState.map { state in
                    MeasureOrder.ThrottleOrder(
                        policy: cell.throttle, state: state, units: cell.units,
                        clients: cell.mixed?.clients ?? 1, timesDecisions: index == 0)
                },
                onDenied: scenario.onDenied,
                deniedBy: cell.isAnchored ? scenario.anchor.deniedBy : [],
                errorLimit: max(1, share(index, of: errorLimit, among: cell.processes)),
                pace: cell.isAnchored ? crews.pace : nil,
                budget: cell.isAnchored ? budget?.order : nil)
        }
    }

    /// A part of a whole number spread as evenly as it goes.
    private func share(_ index: Int, of whole: Int, among parts: Int) -> Int {
        whole / parts + (index < whole % parts ? 1 : 0)
    }
}
