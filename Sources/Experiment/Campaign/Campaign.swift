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
    private let executable: String
    private let interruption: Interruption
    private let observe: @Sendable (RunProgress) -> Void

    /// After so many rounds lost in a row the anchor is given up.
    private static let lossLimit = 5

    /// A campaign.
    ///
    /// - Parameters:
    ///   - executable: the program that runs as a worker when called with `worker`.
    ///   - observe: told of every step.
    package init(
        _ resolved: ResolvedScenario, plan: Plan, folder: RunFolder, executable: String,
        interruption: Interruption, observe: @escaping @Sendable (RunProgress) -> Void
    ) {
        self.resolved = resolved
        self.plan = plan
        self.folder = folder
        self.executable = executable
        self.interruption = interruption
        self.observe = observe
    }

    /// Measures every cell in every round, saving after each.
    ///
    /// - Returns: the run, partial where it was interrupted or the anchor was lost.
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    package func run() async throws -> Run {
        observe(.preparing)
        let access = try await AnchorAccess.prepare(
            resolved.anchor, resolved.scenario.anchor, executable: executable)
        defer { access.remove() }
        let crew = Crew(access, size: plan.processes)
        interruption.onSet { Task { await crew.killAll() } }
        defer { interruption.onSet(nil) }
        do {
            try await crew.muster(plan.processes)
            var record = CampaignRecord(
                plan, resolved, opened: await crew.opened, retries: await crew.retries)
            try await measure(crew, access, &record)
            await crew.dismiss()
            guard record.hasMeasuredAnchor else {
                throw ExperimentError.device(
                    "nothing could be measured: \(record.lastLoss ?? "no call was completed")")
            }
            return record.run
        } catch {
            await crew.killAll()
            await crew.dismiss()
            throw error
        }
    }

    private func measure(
        _ crew: Crew, _ access: AnchorAccess, _ record: inout CampaignRecord
    ) async throws {
        let total = plan.cells.count * plan.scenario.rounds
        observe(.started(total: total, estimate: plan.measuringTime))
        var (position, losses) = (0, 0)
        for number in 1...plan.scenario.rounds {
            for index in plan.order(ofRound: number) {
                guard !interruption.isSet else {
                    return try record.end(in: folder, "it was interrupted")
                }
                position += 1
                let cell = plan.cells[index]
                observe(.round(cell, number: number, position: position))
                let outcome = await measureRound(cell, number, position, crew, access)
                // A round that Ctrl-C cut off says nothing about the anchor.
                guard !interruption.isSet else {
                    return try record.end(in: folder, "it was interrupted")
                }
                losses = outcome.histograms == nil ? losses + 1 : 0
                try record.add(outcome, toCell: index, in: folder)
                observe(.finished(cell, outcome.round, position: position))
                guard losses < Self.lossLimit else {
                    return try record.end(
                        in: folder,
                        "\(losses) rounds in a row were lost (\(record.lastLoss ?? ""))")
                }
            }
        }
        try record.end(in: folder, nil)
    }

    private func measureRound(
        _ cell: Cell, _ number: Int, _ order: Int, _ crew: Crew, _ access: AnchorAccess
    ) async -> RoundOutcome {
        let name = "throttle-\(number)-\(order)"
        do {
            let state = try throttleState(cell.throttle, at: access.workspace.appending(path: name))
            defer { state.map { try? FileManager.default.removeItem(atPath: $0) } }
            let reports = try await crew.measure(orders(for: cell, throttleState: state))
            return try RoundOutcome(
                reports, number: number, order: order, errorLimit: plan.scenario.abortAfterErrors)
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
    private func orders(for cell: Cell, throttleState: String?) -> [MeasureOrder] {
        guard let mechanism = RecordMechanism(rawValue: cell.mechanism),
            let operation = AnchoredOperation(rawValue: cell.operation)
        else {
            preconditionFailure("a plan holds known operations and mechanisms")
        }
        return (0..<cell.processes).map { index in
            let extra = index < cell.callers % cell.processes ? 1 : 0
            return MeasureOrder(
                isBaseline: cell.isBaseline, operation: operation, mechanism: mechanism,
                keyBits: cell.keyBits, recordBytes: cell.recordBytes,
                callers: cell.callers / cell.processes + extra,
                warmUp: plan.scenario.warmUp, duration: plan.duration(of: cell),
                throttle: cell.throttle, throttleState: throttleState,
                onDenied: plan.scenario.onDenied, errorLimit: plan.scenario.abortAfterErrors)
        }
    }
}
