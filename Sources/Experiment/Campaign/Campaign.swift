import Results
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
            for (mechanism, why) in await crews.anchor.opened?.refusals.sorted(by: <) ?? [] {
                observe(.note("\(mechanism) is not measured: \(why)"))
            }
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
        let runner = RoundRunner(scenario: plan.scenario, crews: crews, budget: budget)
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
                let setting = RoundRunner.Setting(
                    number: number, order: record.nextOrder, warmUp: plan.warmUp(of: cell),
                    duration: plan.duration(of: cell),
                    arrivalSeed: plan.arrivalSeed(ofRound: number, cell: group[0]))
                let outcomes = await runner.measure(group.map { plan.cells[$0] }, setting)
                // A round that Ctrl-C cut off says nothing about the anchor.
                guard !interruption.isSet else { return "it was interrupted" }
                // A comparison succeeds without the device, and what it refused from the start it
                // cannot do.
                let isRefusal =
                    outcomes.contains(where: \.isRefusal) && !record.hasMeasured(group)
                if cell.isAnchored, !isRefusal {
                    losses = outcomes.contains { $0.histograms == nil } ? losses + 1 : 0
                }
                try record.add(outcomes, toCells: group)
                for (index, outcome) in zip(group, outcomes) {
                    observe(
                        outcome.isRefusal
                            ? .refused(plan.cells[index], outcome.round, position: position)
                            : .finished(plan.cells[index], outcome.round, position: position))
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
}
