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

    init(_ options: ScenarioOptions) throws {
        self.options = options
        resolved = try options.resolve()
        plan = try Plan(
            resolved.scenario, anchorName: resolved.anchor.shortName,
            processors: ProcessInfo.processInfo.activeProcessorCount,
            seed: options.seed ?? .random(in: 0...UInt64(UInt32.max)))
    }

    /// Prints the plan on standard output.
    func printPlan() {
        let table = TextTable<Cell> { cell in
            [
                Column(title: "cell", value: cell.key),
                Column(title: "callers", value: cell.callers, align: .right),
                Column(title: "processes", value: cell.processes, align: .right),
                Column(title: "rounds", value: plan.scenario.rounds, align: .right),
                Column(title: "a round", value: plan.duration(of: cell), align: .right),
            ]
        }
        print(table.string(for: plan.cells, style: Style.psql) ?? "")
        print(
            "\(plan.cells.count) cells on \(resolved.anchor.redacted), about "
                + "\(plan.measuringTime.inWords) of measuring, seed \(plan.seed)")
        for note in resolved.notes { print(note) }
    }

    /// Measures into a new folder.
    ///
    /// - Throws: `ExperimentError` where nothing could be measured or kept.
    func run() async throws -> (run: Run, folder: RunFolder, wasInterrupted: Bool) {
        let folder = try RunFolder(creating: outputFolder)
        Console.say(
            "\(plan.cells.count) cells × \(plan.scenario.rounds) rounds on "
                + "\(resolved.anchor.redacted): about \(plan.measuringTime.inWords)")
        let interruption = Interruption()
        let watch = SignalWatch(interruption)
        let printer = ProgressPrinter()
        let campaign = Campaign(
            resolved, plan: plan, folder: folder, executable: "/proc/self/exe",
            interruption: interruption, observe: printer.show)
        let run: Run
        do {
            run = try await campaign.run()
        } catch {
            printer.end()
            watch.end()
            folder.removeIfEmpty()
            throw error
        }
        printer.end()
        watch.end()
        return (run, folder, interruption.isSet)
    }

    /// The exit code of a finished run.
    func exitCode(_ run: Run, wasInterrupted: Bool) -> ExitCode {
        if wasInterrupted { return ExitCode(130) }
        let isInvalid = run.cells.contains { !$0.verdict.isValid }
        return options.strict && isInvalid ? ExitCode(12) : .success
    }

    private var outputFolder: URL {
        if let output = options.output { return URL(fileURLWithPath: output) }
        let style = Date.ISO8601FormatStyle(
            dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted,
            timeZone: .gmt)
        let time = Date().formatted(style).replacing("T", with: "-").replacing("Z", with: "")
        return URL(fileURLWithPath: "results")
            .appending(path: "\(time)-\(resolved.scenario.name)", directoryHint: .isDirectory)
    }
}
