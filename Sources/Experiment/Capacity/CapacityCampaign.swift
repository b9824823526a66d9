import Load
import Regression
import Results
import Units

/// The measuring of a capacity from the closed loads to the last step of the search: the parent's
/// part of it.
package struct CapacityCampaign: Sendable {
    private let resolved: ResolvedScenario
    private let plan: CapacityPlan
    private let folder: RunFolder
    private let tools: CampaignTools
    private let interruption: Interruption
    private let observe: @Sendable (CapacityProgress) -> Void

    /// After so many rounds lost in a row the anchor is given up.
    private static let lossLimit = 3

    /// A campaign.
    ///
    /// - Parameters:
    ///   - folder: where `capacity.json` is kept, and brought up to date after every step.
    ///   - tools: what it is carried out with.
    ///   - observe: told of every step.
    package init(
        _ resolved: ResolvedScenario, plan: CapacityPlan, folder: RunFolder, tools: CampaignTools,
        interruption: Interruption, observe: @escaping @Sendable (CapacityProgress) -> Void
    ) {
        self.resolved = resolved
        self.plan = plan
        self.folder = folder
        self.tools = tools
        self.interruption = interruption
        self.observe = observe
    }

    /// What a campaign ended with.
    package struct Outcome: Sendable {
        /// What was measured; partial where the device was lost or somebody interrupted.
        package let run: CapacityRun
        /// Whether the device was given up before there was an answer.
        package let isDeviceLost: Bool
    }

    /// Measures until the search has its answer.
    ///
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    package func run() async throws -> Outcome {
        observe(.preparing)
        var measured = resolved
        measured.scenario = plan.scenario
        let crews = try await CampaignCrews.muster(measured, plan.closed, tools)
        interruption.onSet { Task { await crews.killAll() } }
        defer { interruption.onSet(nil) }
        do {
            let outcome = try await run(with: crews)
            await crews.dismiss()
            return outcome
        } catch {
            await crews.killAll()
            await crews.dismiss()
            throw error
        }
    }

    private func run(with crews: CampaignCrews) async throws -> Outcome {
        let opened = await crews.anchor.opened
        let closed = try plan.closed.withKeyBits(opened?.keyBits ?? [:])
        var record = CapacityRecord(plan, resolved, opened: opened, in: folder)
        let budget = try CallBudget(plan.scenario.limits.maxOperations, in: folder, known: 0)
        let runner = RoundRunner(scenario: plan.scenario, crews: crews, budget: budget)
        var end = try await measureClosed(closed, crews, runner, &record)
        if end == nil { end = try await search(closed, runner, &record) }
        guard record.hasMeasured else { throw nothingMeasured(record) }
        let run = try record.end(end?.reason)
        return Outcome(run: run, isDeviceLost: end?.isDeviceLost ?? false)
    }

    private func nothingMeasured(_ record: CapacityRecord) -> ExperimentError {
        folder.removeProgress()
        guard !interruption.isSet else {
            return .interrupted("stopped before anything was measured on the anchor")
        }
        return .device(
            "nothing could be measured: \(record.lastLoss ?? "no call was completed")")
    }

    /// Why a campaign ends before its time.
    private struct End {
        let reason: String
        var isDeviceLost = false

        static let interrupted = End(reason: "it was interrupted")
    }
}

extension CapacityCampaign {
    /// Runs the closed loads, each round of them in an order of its own; tells why it ended early.
    private func measureClosed(
        _ closed: Plan, _ crews: CampaignCrews, _ runner: RoundRunner,
        _ record: inout CapacityRecord
    ) async throws -> End? {
        let cells = plan.closedCells
        let total = cells.count * closed.scenario.rounds
        var (position, losses) = (0, 0)
        for number in 1...closed.scenario.rounds {
            await crews.anchor.renew(draw: closed.heapDraw(ofRound: number))
            for index in closed.order(ofRound: number).map({ closed.groups[$0][0] })
            where cells.contains(index) {
                if let end = stop(runner) { return end }
                let setting = RoundRunner.Setting(
                    number: number, order: record.nextOrder(),
                    warmUp: plan.scenario.warmUp, duration: closed.scenario.duration,
                    arrivalSeed: plan.settings.seed)
                let cell = closed.cells[index]
                let outcome = await runner.measure([cell], setting)[0]
                guard !interruption.isSet else { return .interrupted }
                position += 1
                record.add(outcome.round, ofClosed: cell)
                observe(
                    .closed(
                        ConcurrencyPoint(
                            callers: cell.callers, processes: cell.processes,
                            rounds: [outcome.round]),
                        position: position, of: total))
                losses = outcome.histograms == nil ? losses + 1 : 0
                if let end = givenUp(outcome, losses) { return end }
            }
        }
        try record.save()
        return nil
    }

    /// Measures what the search asks for until it has its answer; tells why it ended early.
    private func search(
        _ closed: Plan, _ runner: RoundRunner, _ record: inout CapacityRecord
    ) async throws -> End? {
        guard let peak = record.run.concurrency.peak, let rate = peak.throughput?.estimate else {
            return End(reason: "no closed load gave a valid round (\(record.lastLoss ?? "none"))")
        }
        observe(.peak(rate, peak))
        var cell = plan.openCell
        cell.setKeyBits(closed.cells[plan.closedCells[0]].keyBits)
        cell.processes = min(plan.settings.processes ?? peak.processes, cell.callers)
        var search = CapacitySearch(promise: plan.promise, settings: plan.search(peak: rate))
        record.set(search.resultSoFar, cell)
        var losses = 0
        while let step = search.next() {
            if let end = stop(runner) { return end }
            observe(.step(step))
            let outcome = await measure(step, of: cell, runner, order: record.nextOrder())
            guard !interruption.isSet else { return .interrupted }
            losses = outcome.histograms == nil ? losses + 1 : 0
            guard losses == 0 else {
                record.note(lost: outcome.round)
                observe(.note("step \(step.number) was lost: \(outcome.round.verdict.reasonText)"))
                if let end = givenUp(outcome, losses) { return end }
                continue
            }
            search.tell(StepOutcome(outcome, plan.promise) { search.isKept($0, in: step) })
            record.add(outcome.round, ofStep: step.number)
            record.set(search.resultSoFar, cell)
            if let last = search.steps.last { observe(.judged(last, outcome.round)) }
            try record.save()
        }
        record.set(search.resultSoFar, cell)
        return nil
    }

    private func measure(
        _ step: SearchStep, of cell: Cell, _ runner: RoundRunner, order: Int
    ) async -> RoundOutcome {
        var (cell, seeds) = (cell, SeededGenerator(seed: plan.settings.seed &+ UInt64(order)))
        cell.open = OpenRate(step.rate, .poisson)
        let setting = RoundRunner.Setting(
            number: step.number, order: order, warmUp: plan.scenario.warmUp,
            duration: step.length, arrivalSeed: seeds.next(),
            lateWatch: MeasureOrder.LateWatch(plan.promise, slice: step.slice))
        return await runner.measure([cell], setting)[0]
    }

    /// Why no round may follow; nil where one may.
    private func stop(_ runner: RoundRunner) -> End? {
        if interruption.isSet { return .interrupted }
        guard let budget = runner.budget, budget.isSpent else { return nil }
        return End(reason: budget.sentence)
    }

    /// Why the device is given up after a round; nil where it is not.
    private func givenUp(_ outcome: RoundOutcome, _ losses: Int) -> End? {
        if let end = outcome.end {
            return End(reason: "the device was given up (\(end))", isDeviceLost: true)
        }
        guard losses >= Self.lossLimit else { return nil }
        return End(
            reason: "\(losses) rounds in a row were lost (\(outcome.round.verdict.reasonText))",
            isDeviceLost: true)
    }
}

extension MeasureOrder.LateWatch {
    /// What breaks a promise: callers count what is longer than a limit, and times are whole
    /// nanoseconds.
    init(_ promise: Promise, slice: Nanoseconds) {
        let longest = promise.includesLimit ? promise.limit : promise.limit - Nanoseconds(1)
        self.init(limit: longest, slice: slice)
    }
}
