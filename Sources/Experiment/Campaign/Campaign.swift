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
    private let plan: Plan
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
        do {
            var record = try CampaignRecord(
                plan, resolved, opened: await crews.anchor.opened, in: folder, resuming: stored)
            if !plan.hasNullModule { record.note(Self.noFloor) }
            if let note = Self.retryNote(await crews.anchor.retries) { record.note(note) }
            let partial = try await measure(crews, &record)
            await crews.dismiss()
            guard record.hasMeasuredAnchor else {
                throw ExperimentError.device(
                    "nothing could be measured: \(record.lastLoss ?? "no call was completed")")
            }
            return try record.end(partial)
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

    /// Runs the rounds that are not there yet; tells why it ended early, nil where it did not.
    private func measure(
        _ crews: CampaignCrews, _ record: inout CampaignRecord
    ) async throws -> String? {
        let total = plan.cells.count * plan.scenario.rounds
        observe(.started(total: total, estimate: plan.measuringTime))
        var losses = 0
        for number in 1...plan.scenario.rounds {
            for index in plan.order(ofRound: number)
            where !record.holds(round: number, of: index) {
                guard !interruption.isSet else { return "it was interrupted" }
                guard let quota = quota(of: plan.cells[index], after: record.calls) else {
                    return "its limit of \(limitText) calls was reached"
                }
                let position = record.rounds + 1
                observe(.round(plan.cells[index], number: number, position: position))
                let outcome = await measureRound(index, number, position, quota, crews)
                // A round that Ctrl-C cut off says nothing about the anchor.
                guard !interruption.isSet else { return "it was interrupted" }
                losses = outcome.histograms == nil ? losses + 1 : 0
                try record.add(outcome, toCell: index)
                observe(.finished(plan.cells[index], outcome.round, position: position))
                guard losses < Self.lossLimit else {
                    return "\(losses) rounds in a row were lost (\(record.lastLoss ?? ""))"
                }
            }
        }
        return nil
    }

    private func measureRound(
        _ index: Int, _ number: Int, _ order: Int, _ quota: CallQuota, _ crews: CampaignCrews
    ) async -> RoundOutcome {
        let cell = plan.cells[index]
        let name = "throttle-\(number)-\(index)"
        do {
            let state = try throttleState(
                cell.throttle, at: crews.workspace.appending(path: name))
            defer { state.map { try? FileManager.default.removeItem(atPath: $0) } }
            let before = HostReading.now()
            let reports = try await crews.crew(of: cell).measure(
                orders(for: index, round: number, throttleState: state, quota, crews))
            return try RoundOutcome(
                reports, of: cell, number: number, order: order,
                errorLimit: plan.scenario.limits.abortAfterErrors,
                host: HostChange(from: before, to: .now()),
                processors: ProcessInfo.processInfo.activeProcessorCount)
        } catch {
            let reason = (error as? RoundLoss)?.reason ?? "\(error)"
            return RoundOutcome(lost: reason, number: number, order: order)
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
        for cellIndex: Int, round: Int, throttleState: String?, _ quota: CallQuota,
        _ crews: CampaignCrews
    ) -> [MeasureOrder] {
        let cell = plan.cells[cellIndex]
        guard let mechanism = RecordMechanism(rawValue: cell.mechanism),
            let operation = AnchoredOperation(rawValue: cell.operation)
        else {
            preconditionFailure("a plan holds known operations and mechanisms")
        }
        let limits = plan.scenario.limits
        return (0..<cell.processes).map { index in
            let extra = index < cell.callers % cell.processes ? 1 : 0
            return MeasureOrder(
                isBaseline: cell.isBaseline, operation: operation, mechanism: mechanism,
                keyBits: cell.keyBits, recordBytes: cell.recordBytes,
                callers: cell.callers / cell.processes + extra,
                warmUp: plan.scenario.warmUp, duration: plan.duration(of: cell),
                arrivals: cell.open.map { rate in
                    MeasureOrder.ArrivalOrder(
                        rate: rate, seed: plan.arrivalSeed(ofRound: round, cell: cellIndex),
                        part: index, parts: cell.processes)
                },
                throttle: cell.throttle, throttleState: throttleState,
                onDenied: plan.scenario.onDenied, errorLimit: limits.abortAfterErrors,
                pace: cell.isAnchored ? crews.pace : nil, callsPerCaller: quota.callsPerCaller)
        }
    }
}

extension Campaign {
    /// How many calls each caller of a round may make.
    private struct CallQuota {
        /// Nil for no bound.
        let callsPerCaller: UInt64?
    }

    /// The share of each caller in what is left of the run's calls; nil where that is not one.
    private func quota(of cell: Cell, after calls: UInt64) -> CallQuota? {
        guard let most = plan.scenario.limits.maxOperations, cell.isAnchored else {
            return CallQuota(callsPerCaller: nil)
        }
        let left = most.count - min(calls, most.count)
        let share = left / UInt64(cell.callers)
        return share > 0 ? CallQuota(callsPerCaller: share) : nil
    }

    private var limitText: String {
        plan.scenario.limits.maxOperations.map { "\($0)" } ?? "no"
    }
}
