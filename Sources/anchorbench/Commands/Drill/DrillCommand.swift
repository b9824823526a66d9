import ArgumentParser
import Drill
import Experiment
import Foundation
import Reporting
import Results
import Units

/// `anchorbench drill`.
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Stage a theft against a real database, and see what the alarm makes of it.",
        discussion: """
            Fills a database whose every row only the anchor opens, lets front ends serve it and a \
            thief in, each a process of its own that calls through the gate; counts, alarm, \
            notification and revocation are real. What the models foretell is written down before \
            and stands beside what happened. Alarms and people are played faster than they are \
            (--speed); devices, throttles and users are not.

              anchorbench drill --quick
              anchorbench drill --throttle '{ token-bucket: { rate: 300/s, burst: 50 } }'
              anchorbench drill mine.yaml --database postgres://drill@/drills
              anchorbench drill --strategy creep --budget 600 --demand 20/s --front-ends 4 \\
                --alarm '{ period: 60s, threshold: 24k, evaluation-periods: 3 }'
              anchorbench drill --mechanism aes-cbc-pad --batch 64 \\
                --notify-command 'logger -t anchorbench "$ANCHORBENCH_ALARM"'

            Standard output gets the findings, and as its last line the report's path. Exit codes: \
            0 once the report is written, 69 where a part could not be played to its end, 130 \
            after Ctrl-C; what was played until then is kept.
            """)

    @OptionGroup var options: DrillOptions

    @Option(help: ArgumentHelp("Rows of the database.", valueName: "n"))
    var rows: String?

    @Option(
        help: ArgumentHelp(
            "'sqlite', or the URL of a PostgreSQL database in which a schema of the drill's own is "
                + "made and dropped.", valueName: "url"))
    var database = "sqlite"

    @Option(
        help: ArgumentHelp(
            "sprint: flat out; creep: the same little all the time; fill: up to the threshold; "
                + "pulse: flat out as often as the alarm forgives.", valueName: "name"))
    var strategy = "sprint"

    @Option(
        help: ArgumentHelp(
            "Records that the thief joins in one call, of aes-cbc-pad or aes-cbc.", valueName: "n"))
    var batch: UInt64 = 1

    @Option(
        help: ArgumentHelp("Calls that the thief holds open at once.", valueName: "n"))
    var callers = 4

    @Option(
        help: ArgumentHelp("Front ends that go on serving users.", valueName: "n"))
    var frontEnds = 2

    @Option(
        help: ArgumentHelp(
            "How many times as fast alarms and people are played; by default 60, or as fast as "
                + "the gate counts.", valueName: "factor"))
    var speed: Double?

    @Option(
        help: ArgumentHelp("Thefts behind each defence.", valueName: "n"))
    var repetitions: Int?

    @Option(
        help: ArgumentHelp("How long a thief goes on whom nobody stops.", valueName: "time"))
    var watch: String?

    @Option(
        help: ArgumentHelp(
            "A command of the shell that is told of each alarm, as JSON in ANCHORBENCH_ALARM and "
                + "on its standard input.", valueName: "command"))
    var notifyCommand: String?

    @Option(
        help: ArgumentHelp("An address that each alarm is posted to as JSON.", valueName: "url"))
    var notifyWebhook: String?

    @Flag(help: "Leave the database there, in the drill's folder or in its schema.")
    var keep = false

    @Flag(help: "Fewer rows and fewer, shorter thefts: a first look within a minute.")
    var quick = false

    @Option(
        help: "Seed of phases, delays, rows and orders; by default a new one.")
    var seed: UInt64?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The folder; by default results/<time>-drill.", valueName: "folder"),
        completion: .directory)
    var output: String?

    @Flag(help: "Print the plan and stage nothing.")
    var dryRun = false

    func validate() throws {
        let counts: [(String, Int, ClosedRange<Int>)] = [
            ("--callers", callers, 1...256), ("--front-ends", frontEnds, 1...32),
            ("--repetitions", repetitions ?? 1, 1...90),
            ("--batch", Int(clamping: batch), 1...4_096),
        ]
        for (flag, count, allowed) in counts where !allowed.contains(count) {
            throw ValidationError(
                "\(flag) \(count): take \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        do {
            _ = try StoreAddress(parsing: database, folder: "/", unique: "drill")
        } catch {
            throw ValidationError("--database: \(error)")
        }
        if notifyCommand != nil, notifyWebhook != nil {
            throw ValidationError("name --notify-command or --notify-webhook, not both")
        }
        if let address = notifyWebhook,
            !address.hasPrefix("http://"), !address.hasPrefix("https://")
        {
            throw ValidationError(
                "--notify-webhook '\(address)': it begins with http:// or https://")
        }
    }

    private func settings() throws -> DrillSettings {
        var settings = DrillSettings(seed: seed ?? .random(in: 0...UInt64(UInt32.max)))
        if quick { settings.makeQuick() }
        if let rows {
            settings.rows = try Self.parsed("--rows", rows) { try RecordCount(parsing: $0) }
            guard (1...10_000_000).contains(settings.rows.count) else {
                throw ValidationError("--rows \(rows): take 1 to 10M")
            }
        }
        if let watch {
            settings.watch = try Self.parsed("--watch", watch) { try Nanoseconds(parsing: $0) }
            guard
                (Nanoseconds.milliseconds(100)...Nanoseconds.seconds(86_400))
                    .contains(settings.watch)
            else { throw ValidationError("--watch \(watch): take 100ms to 1d") }
        }
        settings.database = database
        settings.strategy = strategy
        settings.recordsPerCall = batch
        settings.callers = callers
        settings.frontEnds = frontEnds
        settings.speed = speed
        settings.repetitions = repetitions ?? settings.repetitions
        settings.notification =
            notifyCommand.map { .command($0) } ?? notifyWebhook.map { .webhook($0) }
        settings.keepsDatabase = keep
        return settings
    }

    private static func parsed<Value>(
        _ flag: String, _ text: String, _ parse: (String) throws -> Value
    ) throws -> Value {
        do {
            return try parse(text)
        } catch {
            throw ValidationError("\(flag): \(error)")
        }
    }

    func run() async throws {
        let plan = try DrillPlan(
            options.resolve(), settings(), isBuiltIn: options.hasBuiltInThrottles)
        guard !dryRun else { return show(plan) }
        let folder = try RunFolder(creating: outputFolder, for: Drill.name)
        Console.say(
            "\(plan.inWords): about \(plan.duration.seconds.inWords), seed \(plan.settings.seed)")
        for note in plan.notes { Console.say(note) }
        let (run, wasInterrupted) = try await Interruption.whileWatched(
            end: {}, discarding: folder.removeIfEmpty
        ) { interruption in
            let drill = Drill(
                plan, tools: .own, folder: folder, interruption: interruption
            ) { Console.say($0) }
            return try await drill.run()
        }
        let report = DrillReport(run)
        for file in report.files { try folder.write(file.text, to: file.name) }
        if let ending = run.ending { Console.say("the drill ended early: \(ending)") }
        print(report.summary)
        print(folder.url.appending(path: "report.md").relativePath)
        if wasInterrupted { throw ExitCode(130) }
        throw run.ending == nil ? ExitCode.success : ExitCode(69)
    }

    private func show(_ plan: DrillPlan) {
        print("\(plan.inWords): about \(plan.duration.seconds.inWords), seed \(plan.settings.seed)")
        for note in plan.notes { print(note) }
    }

    private var outputFolder: URL {
        if let output { return URL(fileURLWithPath: output) }
        return Measurement.newFolder(named: "drill")
    }
}
