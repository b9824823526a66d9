import Experiment
import Foundation
import Regression
import Results
import TextTable
import Units

/// A duel as the command was asked for it: plan, measure, keep.
struct DuelContest {
    let baseline: DuelContender
    let candidate: DuelContender
    let looks: DuelLooks
    let rule: GateRule
    let seed: UInt64
    private let tools = CampaignTools.own

    init(
        baseline: DuelContender, candidate: DuelContender, looks: DuelLooks, rule: GateRule,
        seed: UInt64
    ) {
        self.baseline = baseline
        self.candidate = candidate
        self.looks = looks
        self.rule = rule
        self.seed = seed
    }

    /// The cells that both have and that are chosen.
    ///
    /// - Throws: `ScenarioError`.
    func plan(_ choice: DuelPlan.Choice) throws -> DuelPlan {
        try DuelPlan(baseline: plan(of: baseline), candidate: plan(of: candidate), choice)
    }

    private func plan(of contender: DuelContender) throws(ScenarioError) -> Plan {
        try Plan(
            contender.resolved.scenario, anchorName: contender.resolved.anchor.shortName,
            processors: 1, seed: seed, hasNullModule: tools.nullModule != nil)
    }

    /// Prints the plan on standard output.
    func printPlan(_ plan: DuelPlan) {
        let table = TextTable<String> { [Column(title: "cell", value: $0)] }
        print(table.string(for: plan.pairs.flatMap(\.keys), style: Style.psql) ?? "")
        print(sentence(plan))
        for sentence in sentences(plan) { print(sentence) }
        print("Seed \(seed).")
    }

    private func sentence(_ plan: DuelPlan) -> String {
        let cells = plan.pairs.count == 1 ? "1 cell" : "\(plan.pairs.count) cells"
        let (first, most) = (looks.blocks[0], looks.most)
        func time(_ blocks: Int) -> String {
            Seconds(plan.blockTime.value * Double(blocks)).inWords
        }
        let length =
            first == most
            ? "\(first) blocks, about \(time(first))"
            : "\(first) to \(most) blocks, about \(time(first)) to \(time(most))"
        return "'\(baseline.name)' against '\(candidate.name)': \(cells), \(length)"
    }

    /// What a user has to know of each anchor before it is called.
    private func sentences(_ plan: DuelPlan) -> [String] {
        [
            (DuelRole.baseline, baseline, plan.baseline),
            (.candidate, candidate, plan.candidate),
        ].flatMap { role, contender, own in
            let calls = contender.resolved.isEmbedded ? [] : [own.callsInWords]
            let environment = contender.resolved.scenario.anchor.environment
            let variables = environment.isEmpty ? [] : ["environment \(environment.inWords)"]
            return (calls + variables + contender.resolved.notes).map { "\(role.rawValue): \($0)" }
        }
    }

    /// Measures into a new folder.
    ///
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    func run(
        _ plan: DuelPlan, in url: URL
    ) async throws -> (Comparison, DuelFolder, wasInterrupted: Bool) {
        let folder = try DuelFolder(creating: url)
        if !plan.pairs.isEmpty { Console.say(sentence(plan)) }
        for sentence in sentences(plan) { Console.say(sentence) }
        let printer = DuelPrinter()
        let (comparison, wasInterrupted) = try await Interruption.whileWatched(
            end: printer.end, discarding: folder.removeIfEmpty
        ) { interruption in
            let duel = Duel(
                baseline: baseline, candidate: candidate, plan, rule, looks, folder: folder,
                tools: tools, interruption: interruption, observe: printer.show)
            return try await duel.run()
        }
        // Anchors without a cell in common leave no run.
        folder.removeIfEmpty()
        return (comparison, folder, wasInterrupted)
    }
}
