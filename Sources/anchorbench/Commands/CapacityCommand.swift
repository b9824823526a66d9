import ArgumentParser
import Experiment
import Foundation
import Regression
import Reporting
import Results
import Units

/// `anchorbench capacity`.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "The highest rate of calls at which an anchor keeps a promise.",
        discussion: """
            First closed loads, for how the device scales with callers; then open loads of Poisson \
            arrivals, whose rate rises until the promise is broken and is halved in until both \
            ends lie near. Every rate is judged with an error that is known, and what the load \
            generator could not do is never called the anchor's. Takes two to three minutes; \
            standard output gets the findings, and as its last line the report's path.

              anchorbench capacity --slo 'p99<20ms'
              anchorbench capacity --slo 'p99.9<50ms' --demand 200/s --mechanism rsa-oaep
              anchorbench capacity mine.yaml --slo 'p99<20ms' --throttle \\
                '{ token-bucket: { rate: 500/s, burst: 100 } }'

            Exit codes: 0 with an answer, 10 where no rate meets the promise, 11 where the \
            time was not enough for an answer, 69 where the device gave none, 130 after Ctrl-C.
            """)

    @OptionGroup var options: CapacityOptions

    @Option(
        help: ArgumentHelp(
            "The promise: a percentile of the response times and its limit, such as p99<20ms.",
            valueName: "promise"))
    var slo: String

    @Option(
        help: ArgumentHelp(
            "Most calls under way at once in the open loads.", valueName: "n"))
    var callers = OpenLoad.usualCallers

    @Option(
        help: ArgumentHelp(
            "Processes that the open loads' callers are spread over; by default as many as do "
                + "most in the closed loads.", valueName: "n"))
    var processes: Int?

    @Option(
        help: ArgumentHelp(
            "How near to each other the rates that keep and break the promise shall be.",
            valueName: "share"))
    var resolution = "5%"

    @Flag(help: "Short rounds: a first look in half a minute, not a result.")
    var quick = false

    @Option(help: "Seed of arrivals and orders; by default a new one.")
    var seed: UInt64?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The folder; by default results/<time>-capacity.", valueName: "folder"),
        completion: .directory)
    var output: String?

    @Flag(help: "Print the plan and measure nothing.")
    var dryRun = false

    func validate() throws {
        guard callers >= 1 else {
            throw ValidationError("--callers \(callers): an open load needs at least one caller")
        }
        guard processes ?? 1 >= 1 else {
            throw ValidationError("--processes \(processes ?? 0): callers need a process")
        }
        do {
            _ = try Promise(parsing: slo)
        } catch {
            throw ValidationError("--slo: \(error)")
        }
        _ = try share()
    }

    private func share() throws -> Double {
        guard let share = try? Probability(parsing: resolution), (0.005...0.5).contains(share.value)
        else {
            throw ValidationError(
                "--resolution \(resolution): write it as 5% or 0.05, from 0.5% to 50%")
        }
        return share.value
    }

    func run() async throws {
        let resolved = try options.resolve()
        var settings = CapacityPlan.Settings(
            try Promise(parsing: slo), seed: seed ?? .random(in: 0...UInt64(UInt32.max)))
        settings.throttle = resolved.scenario.throttles.first { $0 != .none } ?? .none
        (settings.callers, settings.processes) = (callers, processes)
        settings.resolution = try share()
        settings.effort = quick ? .quick : .usual
        let plan = try CapacityPlan(resolved, settings)
        guard !dryRun else { return show(plan, resolved) }
        try await measure(plan, resolved)
    }

    private func show(_ plan: CapacityPlan, _ resolved: ResolvedScenario) {
        print(
            "\(plan.inWords) of \(resolved.anchor.redacted): at most about "
                + "\(plan.measuringTime.inWords) of measuring, seed \(plan.settings.seed)")
        print(plan.callsInWords)
        for note in resolved.notes { print(note) }
    }

    private func measure(_ plan: CapacityPlan, _ resolved: ResolvedScenario) async throws {
        let folder = try RunFolder(creating: outputFolder, for: "capacity.json")
        Console.say(
            "\(plan.inWords) of \(resolved.anchor.redacted): at most about "
                + plan.measuringTime.inWords)
        if !resolved.isEmbedded { Console.say(plan.callsInWords) }
        let printer = CapacityPrinter()
        let (outcome, wasInterrupted) = try await Interruption.whileWatched(
            end: printer.end, discarding: folder.removeIfEmpty
        ) { interruption in
            let campaign = CapacityCampaign(
                resolved, plan: plan, folder: folder, tools: .own, interruption: interruption,
                observe: printer.show)
            return try await campaign.run()
        }
        let report = CapacityReport(outcome.run)
        for file in report.files { try folder.write(file.text, to: file.name) }
        print(report.summary)
        print(folder.url.appending(path: "report.md").relativePath)
        throw code(outcome, wasInterrupted: wasInterrupted)
    }

    private func code(_ outcome: CapacityCampaign.Outcome, wasInterrupted: Bool) -> ExitCode {
        if wasInterrupted { return ExitCode(130) }
        guard !outcome.isDeviceLost, let result = outcome.run.result else { return ExitCode(69) }
        if result.finding == .none { return ExitCode(10) }
        return result.capacity == nil ? ExitCode(11) : .success
    }

    private var outputFolder: URL {
        if let output { return URL(fileURLWithPath: output) }
        return Measurement.newFolder(named: "capacity")
    }
}
