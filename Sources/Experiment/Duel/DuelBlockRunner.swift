import Regression
import Results
import Units

/// Runs the blocks of a duel on the workers of both anchors.
struct DuelBlockRunner {
    let plan: DuelPlan
    let baseline: RoundRunner
    let candidate: RoundRunner
    let interruption: Interruption
    /// The place in the whole duel's order of the next round.
    private var order = 1

    init(
        _ plan: DuelPlan, baseline: RoundRunner, candidate: RoundRunner,
        interruption: Interruption
    ) {
        self.plan = plan
        self.baseline = baseline
        self.candidate = candidate
        self.interruption = interruption
    }

    /// A block of which every round can be used.
    struct Measured {
        /// What it gave in each cell, in the order of the plan's keys.
        var blocks: [DuelBlock]
        /// Its rounds for the run of each anchor, in the order of time.
        var rounds: [Entry] = []
    }

    /// What was measured in one go of one anchor.
    struct Entry {
        let role: DuelRole
        let outcomes: [RoundOutcome]
        /// Their places in that anchor's plan.
        let cells: [Int]
    }

    /// Why a block cannot be used.
    struct Loss: Error {
        /// Whose round was lost; nil for the module that does nothing.
        let role: DuelRole?
        let cell: String
        let reason: String
        /// Whether the round was run, and its figures may not be used.
        let isInvalid: Bool
        /// Whether calls failed or gave a wrong plaintext: what no host does, and an anchor that
        /// does it must not pass.
        let isAnchors: Bool
        /// Whether no other round must be tried.
        let isFinal: Bool

        var sentence: String {
            "\(role?.rawValue ?? CampaignTools.nullModuleName), \(cell): \(reason)"
        }
    }

    /// Runs one block of every cell.
    ///
    /// - Parameters:
    ///   - number: its number, from 1.
    ///   - kept: blocks before it that can be used, which have the numbers of the rounds before.
    /// - Returns: what it gave, or why it cannot be used.
    mutating func run(_ number: Int, kept: Int) async -> Result<Measured, Loss> {
        do throws(Loss) {
            return .success(try await block(number, kept: kept))
        } catch {
            return .failure(error)
        }
    }

    private mutating func block(_ number: Int, kept: Int) async throws(Loss) -> Measured {
        let draw = plan.baseline.heapDraw(ofRound: number)
        await baseline.crews.anchor.renew(draw: draw)
        await candidate.crews.anchor.renew(draw: draw)
        var measured = Measured(blocks: [])
        var found: [Int: [DuelBlock]] = [:]
        for group in plan.baseline.order(ofRound: number) {
            let cells = plan.baseline.groups[group]
            guard let index = plan.pairs.firstIndex(where: { $0.baseline == cells }) else {
                continue
            }
            found[index] = try await run(
                plan.pairs[index], number, kept: kept, &measured.rounds)
        }
        measured.blocks = plan.pairs.indices.flatMap { found[$0] ?? [] }
        return measured
    }

    /// The four rounds of one pair, with those of the module that does nothing.
    private mutating func run(
        _ pair: DuelPlan.Pair, _ number: Int, kept: Int, _ entries: inout [Entry]
    ) async throws(Loss) -> [DuelBlock] {
        let isMirrored = DuelBlock.isMirrored(number)
        let outer = isMirrored ? DuelRole.candidate : .baseline
        let inner = isMirrored ? DuelRole.baseline : .candidate
        var own: [DuelRole: [[Round]]] = [:]
        var beside: [DuelRole: [Round]] = [:]
        for role in [outer, inner, inner, outer] {
            let round = 2 * kept + 1 + (own[role]?.count ?? 0)
            let entry = try await measure(pair, role, block: number, round: round)
            entries.append(entry)
            own[role, default: []].append(entry.outcomes.map(\.round))
            guard let control = try await control(pair, role, block: number, round: round)
            else { continue }
            entries.append(control)
            beside[role, default: []].append(control.outcomes[0].round)
        }
        return pair.keys.indices.map { index in
            DuelBlock(
                number: number, isMirrored: isMirrored,
                rounds: Self.rounds(own.mapValues { $0.map { $0[index] } }),
                control: beside.isEmpty ? nil : Self.rounds(beside))
        }
    }

    private static func rounds(_ rounds: [DuelRole: [Round]]) -> DuelRounds {
        func pair(_ role: DuelRole) -> DuelRounds.Pair {
            let values = (rounds[role] ?? []).map { round in
                Dictionary(
                    uniqueKeysWithValues: Metric.allCases.compactMap { metric in
                        metric.value(of: round).map { (metric, $0) }
                    })
            }
            return DuelRounds.Pair(values[0], values[1])
        }
        func calls(_ role: DuelRole) -> CallCounts {
            CallCounts(summing: (rounds[role] ?? []).map { CallCounts($0) })
        }
        return DuelRounds(
            baseline: pair(.baseline), candidate: pair(.candidate),
            baselineCalls: calls(.baseline), candidateCalls: calls(.candidate))
    }

    private mutating func measure(
        _ pair: DuelPlan.Pair, _ role: DuelRole, block: Int, round: Int
    ) async throws(Loss) -> Entry {
        let (runner, plan) = side(role)
        let indices = role == .baseline ? pair.baseline : pair.candidate
        let cells = indices.map { plan.cells[$0] }
        let setting = RoundRunner.Setting(
            number: round, order: order, warmUp: plan.warmUp(of: cells[0]),
            duration: plan.duration(of: cells[0]),
            // The four rounds of a block have the same arrivals.
            arrivalSeed: self.plan.baseline.arrivalSeed(ofRound: block, cell: pair.baseline[0]))
        let outcomes = try await measure(cells, setting, on: runner, role)
        return Entry(role: role, outcomes: outcomes, cells: indices)
    }

    /// A short round of the module that does nothing beside one of an anchor, for whose run it
    /// counts; nil where there is no such module.
    private mutating func control(
        _ pair: DuelPlan.Pair, _ role: DuelRole, block: Int, round: Int
    ) async throws(Loss) -> Entry? {
        let plan = side(role).plan
        guard let index = self.plan.control(of: pair, in: plan) else { return nil }
        let setting = RoundRunner.Setting(
            number: round, order: order, warmUp: DuelPlan.controlWarmUp(plan),
            duration: DuelPlan.controlDuration(plan), arrivalSeed: 0)
        // Only the baseline's crews have it.
        let outcomes = try await measure([plan.cells[index]], setting, on: baseline, nil)
        return Entry(role: role, outcomes: outcomes, cells: [index])
    }

    private mutating func measure(
        _ cells: [Cell], _ setting: RoundRunner.Setting, on runner: RoundRunner, _ role: DuelRole?
    ) async throws(Loss) -> [RoundOutcome] {
        order += 1
        let outcomes = await runner.measure(cells, setting)
        for (cell, outcome) in zip(cells, outcomes) {
            let isLost = outcome.histograms == nil
            guard isLost || !outcome.round.verdict.isValid || interruption.isSet else { continue }
            throw Loss(
                role: role, cell: cell.classedKey,
                reason: outcome.round.verdict.reasons.joined(separator: "; "), isInvalid: !isLost,
                isAnchors: role != nil && outcome.round.errorCount > 0,
                isFinal: outcome.end != nil)
        }
        return outcomes
    }

    private func side(_ role: DuelRole) -> (runner: RoundRunner, plan: Plan) {
        role == .baseline ? (baseline, plan.baseline) : (candidate, plan.candidate)
    }
}
