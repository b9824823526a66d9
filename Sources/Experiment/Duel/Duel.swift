import Regression
import Results
import Units

/// A duel from the muster of both anchors to the verdict.
package struct Duel: Sendable {
    private let baseline: DuelContender
    private let candidate: DuelContender
    private let plan: DuelPlan
    private let rule: GateRule
    private let looks: DuelLooks
    private let folder: DuelFolder
    private let tools: CampaignTools
    private let interruption: Interruption
    private let observe: @Sendable (DuelProgress) -> Void

    /// A duel of two anchors.
    ///
    /// - Parameters:
    ///   - plan: of the cells that both have.
    ///   - tools: what it is carried out with.
    ///   - observe: told of every step.
    package init(
        baseline: DuelContender, candidate: DuelContender, _ plan: DuelPlan, _ rule: GateRule,
        _ looks: DuelLooks, folder: DuelFolder, tools: CampaignTools, interruption: Interruption,
        observe: @escaping @Sendable (DuelProgress) -> Void
    ) {
        self.baseline = baseline
        self.candidate = candidate
        self.plan = plan
        self.rule = rule
        self.looks = looks
        self.folder = folder
        self.tools = tools
        self.interruption = interruption
        self.observe = observe
    }

    /// Runs blocks until the duel is decided, or there are no more to be had.
    ///
    /// - Returns: the judged comparison.
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    package func run() async throws -> Comparison {
        guard !plan.pairs.isEmpty else { return begun(plan).judged() }
        observe(.preparing)
        let baseline = try await muster(.baseline, plan.baseline)
        do {
            let candidate = try await muster(.candidate, plan.candidate)
            do {
                return try await run(baseline, candidate)
            } catch {
                await candidate.killAll()
                await candidate.dismiss()
                throw error
            }
        } catch {
            await baseline.killAll()
            await baseline.dismiss()
            throw error
        }
    }

    private func contender(_ role: DuelRole) -> DuelContender {
        role == .baseline ? baseline : candidate
    }

    private func muster(_ role: DuelRole, _ plan: Plan) async throws -> CampaignCrews {
        do {
            return try await CampaignCrews.muster(
                contender(role).resolved, plan, tools, hasFloor: role == .baseline)
        } catch let error as ExperimentError {
            throw error.concerning(role)
        }
    }

    private func run(
        _ baseline: CampaignCrews, _ candidate: CampaignCrews
    ) async throws -> Comparison {
        interruption.onSet {
            Task {
                await baseline.killAll()
                await candidate.killAll()
            }
        }
        defer { interruption.onSet(nil) }
        let opened = (await baseline.anchor.opened, await candidate.anchor.opened)
        let refusals = (opened.0?.refusals ?? [:], opened.1?.refusals ?? [:])
        var plan = self.plan.without(
            baseline: Set(refusals.0.keys), candidate: Set(refusals.1.keys))
        if plan.pairs.isEmpty, !self.plan.pairs.isEmpty {
            let reasons = refusals.0.merging(refusals.1) { first, _ in first }
            throw ExperimentError.device(
                "nothing is left that both can do: "
                    + reasons.sorted(by: <).map { "\($0): \($1)" }.joined(separator: "; "))
        }
        for (role, refused) in [(DuelRole.baseline, refusals.0), (.candidate, refusals.1)] {
            for (mechanism, why) in refused.sorted(by: <) {
                observe(.note("\(role.rawValue): \(mechanism) is not measured: \(why)"))
            }
        }
        plan = try plan.withKeyBits(
            baseline: opened.0?.keyBits ?? [:], candidate: opened.1?.keyBits ?? [:])
        var comparison = begun(plan).judged()
        if !plan.pairs.isEmpty {
            var records = DuelRecords()
            defer { records.discardIfEmpty() }
            records.begin(.baseline, try await record(.baseline, plan.baseline, baseline))
            records.begin(.candidate, try await record(.candidate, plan.candidate, candidate))
            var tally = DuelTally(begun(plan), cells: plan.pairs.flatMap(\.keys), looks: looks)
            let end = try await measure(plan, baseline, candidate, &tally, &records)
            comparison = try end.judge(tally)
            let runs = try records.end(end, rounds: 2 * tally.kept)
            comparison.baselineOrigin = (runs[.baseline]?.provenance).flatMap { RunOrigin($0) }
            comparison.candidateOrigin = (runs[.candidate]?.provenance).flatMap { RunOrigin($0) }
        }
        await baseline.dismiss()
        await candidate.dismiss()
        return comparison
    }

    /// Runs blocks; tells how it ended.
    private func measure(
        _ plan: DuelPlan, _ baseline: CampaignCrews, _ candidate: CampaignCrews,
        _ tally: inout DuelTally, _ records: inout DuelRecords
    ) async throws -> DuelEnd {
        observe(.started(looks, blockTime: plan.blockTime))
        let first = try runner(.baseline, plan.baseline, baseline)
        let second = try runner(.candidate, plan.candidate, candidate)
        var runner = DuelBlockRunner(
            plan, baseline: first, candidate: second, interruption: interruption)
        var schedule = DuelSchedule(looks)
        var losses: [DuelBlockRunner.Loss] = []
        while true {
            let number = schedule.next
            observe(.block(number: number, kept: tally.kept))
            let answer: DuelSchedule.Answer
            switch await runner.run(number, kept: tally.kept) {
            case _ where interruption.isSet: return DuelEnd(.interrupted, losses)
            case .success(let block):
                // A round that the limit of calls cut short is none.
                let spent = [first, second].compactMap(\.budget).first(where: \.isSpent)
                if let spent { return DuelEnd(.spent(spent.sentence), losses) }
                answer = try keep(block, &schedule, &tally, &records)
            case .failure(let loss):
                losses.append(loss)
                observe(.lost(number: number, reason: loss.sentence))
                answer = loss.isFinal ? .stop(.losses) : schedule.lose()
            }
            guard case .stop(let reason) = answer else { continue }
            return DuelEnd(reason == .losses ? .lost : .complete, losses)
        }
    }

    /// Puts a block on the disk, and looks at what there is.
    private func keep(
        _ block: DuelBlockRunner.Measured, _ schedule: inout DuelSchedule,
        _ tally: inout DuelTally, _ records: inout DuelRecords
    ) throws -> DuelSchedule.Answer {
        tally.add(block.blocks)
        try records.add(block.rounds)
        try folder.write(tally)
        let found = tally.evidence(isOver: false)
        observe(.finished(kept: tally.kept, found.evidence))
        let answer = schedule.keep { found.judged().verdict }
        if answer == .goOn, looks.blocks.contains(tally.kept) {
            observe(.undecided(kept: tally.kept))
        }
        return answer
    }

    private func runner(
        _ role: DuelRole, _ plan: Plan, _ crews: CampaignCrews
    ) throws -> RoundRunner {
        let limit = plan.scenario.limits.maxOperations
        return RoundRunner(
            scenario: plan.scenario, crews: crews,
            budget: try CallBudget(limit, in: folder[role], known: 0))
    }

    private func record(
        _ role: DuelRole, _ plan: Plan, _ crews: CampaignCrews
    ) async throws -> CampaignRecord {
        var record = try CampaignRecord(
            plan, contender(role).resolved, opened: await crews.anchor.opened, in: folder[role],
            resuming: nil)
        let other = contender(role == .baseline ? .candidate : .baseline).name
        record.note(
            "Its rounds alternated with those of '\(other)': this is the \(role.rawValue) of a "
                + "duel.")
        return record
    }

    /// The comparison before anything was measured.
    private func begun(_ plan: DuelPlan) -> Comparison {
        var comparison = Comparison(
            kind: .duel, baseline: baseline.name, candidate: candidate.name, rule: rule)
        comparison.missing = plan.missing
        comparison.extra = plan.extra
        return comparison
    }
}
