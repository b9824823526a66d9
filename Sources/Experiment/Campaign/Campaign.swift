import Anchors
import Foundation
import Latency
import Load
import Results
import Throttling
import Units

/// One measurement from the plan to the last round: the parent's part of it.
package struct Campaign: Sendable {
    private let resolved: ResolvedScenario
    private var plan: Plan
    private let folder: RunFolder
    private let tools: CampaignTools
    private let interruption: Interruption
    private let observe: @Sendable (RunProgress) -> Void

    /// After so many rounds lost in a row the anchor is given up.
    private static let lossLimit = 5

    /// A campaign.
    ///
    /// - Parameters:
    ///   - tools: what it is carried out with.
    ///   - observe: told of every step.
    package init(
        _ resolved: ResolvedScenario, plan: Plan, folder: RunFolder, tools: CampaignTools,
        interruption: Interruption, observe: @escaping @Sendable (RunProgress) -> Void
    ) {
        self.resolved = resolved
        self.plan = plan
        self.folder = folder
        self.tools = tools
        self.interruption = interruption
        self.observe = observe
    }

    /// Measures every cell in every round, keeping each as it comes.
    ///
    /// - Parameter stored: the run that the folder holds, to go on with it; nil for a new one.
    /// - Returns: the run, partial where it was interrupted or the anchor was lost.
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    package func run(resuming stored: Run? = nil) async throws -> Run {
        observe(.preparing)
        let crews = try await CampaignCrews.muster(resolved, plan, tools)
        interruption.onSet { Task { await crews.killAll() } }
        defer { interruption.onSet(nil) }
        // A stored key may be of another length than the plan knew; what it is compared with must
        // be of the same.
        var campaign = self
        do {
            campaign.plan = try plan.withKeyBits(await crews.anchor.opened?.keyBits ?? [:])
        } catch {
            await crews.dismiss()
            throw error
        }
        return try await campaign.run(with: crews, resuming: stored)
    }

    private func run(with crews: CampaignCrews, resuming stored: Run?) async throws -> Run {
        do {
            var record = try CampaignRecord(
                plan, resolved, opened: await crews.anchor.opened, in: folder, resuming: stored)
            defer { record.discardIfEmpty() }
            if !plan.hasNullModule { record.note(Self.noFloor) }
            if let note = Self.retryNote(await crews.anchor.retries) { record.note(note) }
            let budget = try CallBudget(
                plan.scenario.limits.maxOperations, in: folder, known: record.calls)
            var partial = try await measure(crews, budget, &record)
            if partial == nil {
                let audits = BatchingAudits(plan, interruption: interruption, observe: observe)
                partial = try await audits.run(crews, budget, &record)
            }
            await crews.dismiss()
            return try end(&record, partial)
        } catch {
            await crews.killAll()
            await crews.dismiss()
            throw error
        }
    }

    private static func retryNote(_ retries: Int) -> String? {
        guard retries > 0 else { return nil }
        return "The anchor had to be tried again \(retries == 1 ? "once" : "\(retries) times") "
            + "until it was open, as happens while another process writes the token; no measured "
            + "call is concerned."
    }

    private static let noFloor =
        "What the harness itself costs was not measured: \(CampaignTools.nullModuleName) is not "
        + "beside the command."

    /// Keeps what there is, and says so where that is nothing.
    private func end(_ record: inout CampaignRecord, _ partial: String?) throws -> Run {
        if record.hasMeasuredAnchor { return try record.end(partial) }
        guard !interruption.isSet else {
            if record.rounds > 0 { _ = try record.end(partial) }
            throw ExperimentError.interrupted("stopped before anything was measured on the anchor")
        }
        _ = try record.end(partial ?? "no call on the anchor was completed")
        throw ExperimentError.device(
            "nothing could be measured: \(record.lastLoss ?? "no call was completed")")
    }

    /// Runs the rounds that are not there yet; tells why it ended early, nil where it did not.
    private func measure(
        _ crews: CampaignCrews, _ budget: CallBudget?, _ record: inout CampaignRecord
    ) async throws -> String? {
        let total = plan.groups.count * plan.scenario.rounds
        let left = Double(total - record.rounds) / Double(total)
        observe(.started(total: total, estimate: Seconds(plan.measuringTime.value * left)))
        var losses = 0
        for number in 1...plan.scenario.rounds {
            await crews.anchor.renew(draw: plan.heapDraw(ofRound: number))
            for group in plan.order(ofRound: number).map({ plan.groups[$0] })
            where !record.holds(round: number, of: group) {
                guard !interruption.isSet else { return "it was interrupted" }
                let cell = plan.cells[group[0]]
                if let budget, cell.isAnchored, budget.isSpent { return budget.sentence }
                let position = record.rounds + 1
                observe(.round(cell, number: number, position: position))
                let outcomes = await measureRound(group, number, record.nextOrder, budget, crews)
                // A round that Ctrl-C cut off says nothing about the anchor.
                guard !interruption.isSet else { return "it was interrupted" }
                // A comparison succeeds without the device.
                if cell.isAnchored {
                    losses = outcomes.contains { $0.histograms == nil } ? losses + 1 : 0
                }
                try record.add(outcomes, toCells: group)
                for (index, outcome) in zip(group, outcomes) {
                    observe(.finished(plan.cells[index], outcome.round, position: position))
                }
                if let end = outcomes.compactMap(\.end).first {
                    return "the device was given up (\(end))"
                }
                guard losses < Self.lossLimit else {
                    return "\(losses) rounds in a row were lost (\(record.lastLoss ?? ""))"
                }
            }
        }
        return nil
    }

    /// Runs one round of the cells that are measured in one go: an outcome for each of them.
    private func measureRound(
        _ group: [Int], _ number: Int, _ order: Int, _ budget: CallBudget?, _ crews: CampaignCrews
    ) async -> [RoundOutcome] {
        let cell = plan.cells[group[0]]
        let name = "throttle-\(number)-\(group[0])"
        do {
            let state = try throttleState(of: cell, at: crews.workspace.appending(path: name))
            defer { state.map { try? FileManager.default.removeItem(atPath: $0) } }
            let orders = orders(for: group, round: number, throttleState: state, budget, crews)
            let report = try await crews.crew(of: cell).measure(orders)
            return try RoundOutcome.classes(
                report, to: orders, number: number, order: order,
                processors: ProcessInfo.processInfo.activeProcessorCount)
        } catch {
            let loss = error as? RoundLoss ?? RoundLoss(reason: "\(error)")
            return group.map { _ in RoundOutcome(loss, number: number, order: order) }
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
        for group: [Int], round: Int, throttleState: String?, _ budget: CallBudget?,
        _ crews: CampaignCrews
    ) -> [MeasureOrder] {
        let cell = plan.cells[group[0]]
        guard let mechanism = RecordMechanism(rawValue: cell.mechanism),
            let operation = AnchoredOperation(rawValue: cell.operation)
        else {
            preconditionFailure("a plan holds known operations and mechanisms")
        }
        let errorLimit = plan.scenario.limits.abortAfterErrors
        return (0..<cell.processes).map { index in
            MeasureOrder(
                isBaseline: cell.isBaseline, operation: operation, mechanism: mechanism,
                keyBits: cell.keyBits, recordBytes: cell.recordBytes,
                records: cell.records ?? LoadedAnchor.recordsPerCaller,
                callers: share(index, of: cell.callers, among: cell.processes),
                attackers: cell.mixed.map {
                    share(index, of: $0.attackers, among: cell.processes)
                },
                warmUp: plan.warmUp(of: cell), duration: plan.duration(of: cell),
                arrivals: cell.open.map { rate in
                    MeasureOrder.ArrivalOrder(
                        rate: rate, seed: plan.arrivalSeed(ofRound: round, cell: group[0]),
                        part: index, parts: cell.processes)
                },
                throttle: throttleState.map { state in
                    MeasureOrder.ThrottleOrder(
                        policy: cell.throttle, state: state, units: cell.units,
                        clients: cell.mixed?.clients ?? 1, timesDecisions: index == 0)
                },
                onDenied: plan.scenario.onDenied,
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
