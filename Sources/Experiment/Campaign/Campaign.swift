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
        campaign.plan = plan.withKeyBits(await crews.anchor.opened?.keyBits ?? [:])
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
            let partial = try await measure(crews, budget, &record)
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
        let total = plan.cells.count * plan.scenario.rounds
        let left = Double(total - record.rounds) / Double(total)
        observe(.started(total: total, estimate: Seconds(plan.measuringTime.value * left)))
        var losses = 0
        for number in 1...plan.scenario.rounds {
            await crews.anchor.renew(draw: plan.heapDraw(ofRound: number))
            for index in plan.order(ofRound: number)
            where !record.holds(round: number, of: index) {
                guard !interruption.isSet else { return "it was interrupted" }
                let isAnchored = plan.cells[index].isAnchored
                if let budget, isAnchored, budget.isSpent { return budget.sentence }
                let position = record.rounds + 1
                observe(.round(plan.cells[index], number: number, position: position))
                let outcome = await measureRound(index, number, record.nextOrder, budget, crews)
                // A round that Ctrl-C cut off says nothing about the anchor.
                guard !interruption.isSet else { return "it was interrupted" }
                // A comparison succeeds without the device.
                if isAnchored { losses = outcome.histograms == nil ? losses + 1 : 0 }
                try record.add(outcome, toCell: index)
                observe(.finished(plan.cells[index], outcome.round, position: position))
                if let end = outcome.end { return "the device was given up (\(end))" }
                guard losses < Self.lossLimit else {
                    return "\(losses) rounds in a row were lost (\(record.lastLoss ?? ""))"
                }
            }
        }
        return nil
    }

    private func measureRound(
        _ index: Int, _ number: Int, _ order: Int, _ budget: CallBudget?, _ crews: CampaignCrews
    ) async -> RoundOutcome {
        let cell = plan.cells[index]
        let name = "throttle-\(number)-\(index)"
        do {
            let state = try throttleState(
                cell.throttle, at: crews.workspace.appending(path: name))
            defer { state.map { try? FileManager.default.removeItem(atPath: $0) } }
            let orders = orders(
                for: index, round: number, throttleState: state, budget, crews)
            let report = try await crews.crew(of: cell).measure(orders)
            return try RoundOutcome(
                report, to: orders, number: number, order: order,
                processors: ProcessInfo.processInfo.activeProcessorCount)
        } catch {
            let loss = error as? RoundLoss ?? RoundLoss(reason: "\(error)")
            return RoundOutcome(loss, number: number, order: order)
        }
    }

    /// A fresh state for the round's throttle; nil without one.
    private func throttleState(_ policy: Policy, at url: URL) throws -> String? {
        let word: UInt64
        switch policy.limit {
        case .none: return nil
        case .tokenBucket(let bucket): word = bucket.initialWord
        case .fixedWindow(let fixed): word = fixed.initialWord
        }
        try SharedState.create(at: url.path, initialWord: word)
        return url.path
    }

    /// The callers of a cell spread over its processes as evenly as they go.
    private func orders(
        for cellIndex: Int, round: Int, throttleState: String?, _ budget: CallBudget?,
        _ crews: CampaignCrews
    ) -> [MeasureOrder] {
        let cell = plan.cells[cellIndex]
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
                warmUp: plan.warmUp(of: cell), duration: plan.duration(of: cell),
                arrivals: cell.open.map { rate in
                    MeasureOrder.ArrivalOrder(
                        rate: rate, seed: plan.arrivalSeed(ofRound: round, cell: cellIndex),
                        part: index, parts: cell.processes)
                },
                throttle: cell.throttle, throttleState: throttleState,
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
