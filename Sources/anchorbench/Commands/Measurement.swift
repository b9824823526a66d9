import ArgumentParser
import Experiment
import Foundation
import Results
import TextTable
import Units

/// What `run` and `measure` share: plan, measure, keep.
struct Measurement {
    private let resolved: ResolvedScenario
    private let plan: Plan
    private let options: ScenarioOptions

    /// The run to go on with, and its folder; nil for a new one.
    private let stored: (run: Run, folder: RunFolder)?
    private let tools = CampaignTools.own

    /// A measurement by a scenario; with `resume` the rest of a run that did not come to its end.
    ///
    /// - Parameter forGate: whether a gate is to find regressions in it, which takes many rounds.
    init(_ options: ScenarioOptions, resume: String? = nil, forGate: Bool = false) throws {
        self.options = options
        stored = try resume.map { path in
            let folder = try RunFolder(opening: URL(fileURLWithPath: path))
            return (try folder.load(), folder)
        }
        var resolved = try Self.resolve(options, resuming: stored?.run)
        let (stored, tools) = (stored, tools)
        func plan() throws -> Plan {
            try Plan(
                resolved.scenario, anchorName: resolved.anchor.shortName,
                // The comparison has as many callers as it was begun with.
                processors: stored?.run.cells.first { $0.cell.isBaseline }?.cell.callers
                    ?? ProcessInfo.processInfo.activeProcessorCount,
                seed: stored?.run.seed ?? options.seed ?? .random(in: 0...UInt64(UInt32.max)),
                hasNullModule: stored.map { $0.run.cells.contains(where: \.cell.isFloor) }
                    ?? (tools.nullModule != nil))
        }
        var planned = try plan()
        if forGate {
            let needed = planned.roundsForGate
            if options.rounds == nil {
                resolved.scenario.rounds = needed
                planned = try plan()
            } else if resolved.scenario.rounds < needed {
                Console.say(
                    "\(resolved.scenario.rounds) rounds are too few for a gate: 'compare' needs "
                        + "\(needed) to find a regression at all among \(planned.testsOfGate) "
                        + "tests; leave --rounds out")
            }
        }
        self.resolved = resolved
        self.plan = planned
    }

    /// What to say where a run has all its rounds; nil where there is something left to measure.
    ///
    /// - Throws: `ExperimentError.missingInput`, `RunError`.
    static func nothingLeft(of path: String) throws -> String? {
        let folder = try RunFolder(opening: URL(fileURLWithPath: path))
        guard try folder.load().partial == nil else { return nil }
        // A kill at the very end may have left them.
        folder.removeProgress()
        return "'\(path)' is whole: there is nothing left to measure"
    }

    private static func resolve(
        _ options: ScenarioOptions, resuming stored: Run?
    ) throws -> ResolvedScenario {
        guard let stored else { return try options.resolve() }
        guard options.changesScenario else { return try ScenarioReader.resume(stored.scenario) }
        let resolved = try options.resolve()
        guard resolved.scenario == stored.scenario else {
            throw ValidationError(
                "the scenario is not the one that the run was begun with: give the same file and "
                    + "flags, or none")
        }
        return resolved
    }

    /// Prints the plan on standard output.
    func printPlan() {
        let table = TextTable<Cell> { cell in
            [
                Column(title: "cell", value: cell.classedKey),
                Column(title: "callers", value: cell.callers, align: .right),
                Column(title: "processes", value: cell.processes, align: .right),
                Column(title: "rounds", value: plan.scenario.rounds, align: .right),
                Column(title: "a round", value: plan.duration(of: cell), align: .right),
            ]
        }
        print(table.string(for: plan.cells, style: Style.psql) ?? "")
        print(
            "\(plan.groups.count) cells on \(resolved.anchor.redacted), about "
                + "\(plan.measuringTime.inWords) of measuring, seed \(plan.seed)")
        print(plan.callsInWords)
        print(plan.comparisonsInWords)
        let environment = resolved.scenario.anchor.environment
        if !environment.isEmpty { print("The module's environment: \(environment.inWords)") }
        for note in resolved.notes { print(note) }
    }

    /// Measures into a new folder.
    ///
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    func run() async throws -> (run: Run, folder: RunFolder, wasInterrupted: Bool) {
        let folder = try stored?.folder ?? RunFolder(creating: outputFolder)
        Console.say(
            "\(plan.groups.count) cells × \(plan.scenario.rounds) rounds on "
                + "\(resolved.anchor.redacted): about \(plan.measuringTime.inWords)")
        if !resolved.isEmbedded { Console.say(plan.callsInWords) }
        let printer = ProgressPrinter()
        let (run, wasInterrupted) = try await Interruption.whileWatched(
            end: printer.end, discarding: folder.removeIfEmpty
        ) { interruption in
            let campaign = Campaign(
                resolved, plan: plan, folder: folder, tools: tools, interruption: interruption,
                observe: printer.show)
            return try await campaign.run(resuming: stored?.run)
        }
        return (run, folder, wasInterrupted)
    }

    /// The exit code of a finished run.
    func exitCode(_ run: Run, wasInterrupted: Bool) -> ExitCode {
        if wasInterrupted { return ExitCode(130) }
        let isInvalid = run.cells.contains { !$0.verdict.isValid }
        return options.strict && isInvalid ? ExitCode(12) : .success
    }

    private var outputFolder: URL {
        if let output = options.output { return URL(fileURLWithPath: output) }
        return Self.newFolder(named: resolved.scenario.name)
    }

    /// `results/<time>-<name>`.
    static func newFolder(named name: String) -> URL {
        let style = Date.ISO8601FormatStyle(
            dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted,
            timeZone: .gmt)
        let time = Date().formatted(style).replacing("T", with: "-").replacing("Z", with: "")
        return URL(fileURLWithPath: "results")
            .appending(path: "\(time)-\(name)", directoryHint: .isDirectory)
    }
}
