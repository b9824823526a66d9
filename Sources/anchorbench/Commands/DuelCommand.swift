import ArgumentParser
import Experiment
import Foundation
import Regression
import Reporting
import Results
import Units

/// `anchorbench duel`.
struct DuelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duel",
        abstract: "Has an anchor become slower? Two anchors in turns, in one job: a CI gate.",
        discussion: """
            Baseline and candidate are scenario files, PKCS#11 URIs or 'softhsm'. Their rounds \
            alternate in blocks of four, baseline, candidate, candidate, baseline, with a module \
            that does nothing beside each, so that neither drift nor a busy machine is taken for \
            a difference. After --blocks blocks, halfway to --most-blocks and there it is judged; \
            it ends as soon as it is decided. The runs of both are kept below the output folder.

              anchorbench duel baseline.yaml candidate.yaml
              anchorbench duel softhsm softhsm --candidate-env MALLOC_ARENA_MAX=1
              anchorbench duel --mechanism aes-gcm \\
                'pkcs11:token=t?module-path=/opt/v1/lib.so&pin-source=env:HSM_PIN' \\
                'pkcs11:token=t?module-path=/opt/v2/lib.so&pin-source=env:HSM_PIN'

            PASS takes costs that lie within the tolerance, with 99 % confidence, and a machine \
            on which the same anchor differs from itself by less. REGRESSED is a cost beyond it, \
            or calls that fail more often than the baseline's.

            Exit codes: 0 PASS, 10 REGRESSED, 11 INCONCLUSIVE (0 with --allow-inconclusive), 12 \
            INVALID, 64 wrong usage, 65 a bad scenario, 66 something that was named is missing, \
            69 the device, 73 the output cannot be written, 130 stopped by Ctrl-C.
            """)

    @Argument(
        help: "A scenario file, a PKCS#11 URI or 'softhsm'.",
        completion: .file(extensions: ["yaml", "yml"]))
    var baseline: String

    @Argument(
        help: "The same; an address beside a file takes all else from that file.",
        completion: .file(extensions: ["yaml", "yml"]))
    var candidate: String

    @OptionGroup var options: DuelOptions

    @Option(
        help: ArgumentHelp(
            "A variable for the baseline's module, NAME=VALUE; stored and printed; may be "
                + "repeated.", valueName: "setting"))
    var baselineEnv: [String] = []

    @Option(
        help: ArgumentHelp(
            "The same for the candidate's.", valueName: "setting"))
    var candidateEnv: [String] = []

    @Option(
        help: ArgumentHelp(
            "'all', or keys of cells by commas; by default the first without a throttle.",
            valueName: "keys"))
    var cells: String?

    @Option(
        help: ArgumentHelp("Blocks before the first look, at least 8.", valueName: "n"))
    var blocks = 20

    @Option(
        help: ArgumentHelp("Blocks at most; by default twice the first.", valueName: "n"))
    var mostBlocks: Int?

    @OptionGroup var gate: GateOptions

    @Flag(help: "Also print the verdict as annotations of a GitHub job.")
    var annotations = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The duel's folder; by default results/<time>-duel.", valueName: "folder"),
        completion: .directory)
    var output: String?

    @Option(
        help: "Seed of the cells' order and of arrivals; by default a new one.")
    var seed: UInt64?

    @Flag(help: "Print the plan and measure nothing.")
    var dryRun = false

    func validate() throws {
        guard blocks >= DuelLooks.fewestBlocks else {
            throw ValidationError(
                "--blocks \(blocks): with fewer than \(DuelLooks.fewestBlocks) blocks nothing can "
                    + "be shown; give it \(DuelLooks.fewestBlocks) or more")
        }
        guard blocks <= Self.mostBlocks else {
            throw ValidationError("--blocks \(blocks): at most \(Self.mostBlocks)")
        }
        if let mostBlocks, !(blocks...Self.mostBlocks).contains(mostBlocks) {
            throw ValidationError(
                "--most-blocks \(mostBlocks) must lie between --blocks, \(blocks), and "
                    + "\(Self.mostBlocks)")
        }
        if case .keys(let keys) = choice, keys.isEmpty {
            throw ValidationError(
                "--cells '\(cells ?? "")' names no cell: say 'all', or keys by commas, as "
                    + "--dry-run prints them")
        }
    }

    /// Beyond this a duel tells no more that anybody acts upon.
    private static let mostBlocks = 500

    func run() async throws {
        let looks = DuelLooks(first: blocks, most: mostBlocks ?? min(2 * blocks, Self.mostBlocks))
        let (first, second) = (DuelArgument(text: baseline), DuelArgument(text: candidate))
        let contest = DuelContest(
            baseline: try first.contender(
                beside: second, role: .baseline, options, rounds: 2 * looks.most,
                environment: baselineEnv),
            candidate: try second.contender(
                beside: first, role: .candidate, options, rounds: 2 * looks.most,
                environment: candidateEnv),
            looks: looks, rule: gate.rule,
            seed: seed ?? .random(in: 0...UInt64(UInt32.max)))
        let plan = try contest.plan(choice)
        guard !dryRun else { return contest.printPlan(plan) }
        let url = output.map { URL(fileURLWithPath: $0) } ?? Measurement.newFolder(named: "duel")
        let (comparison, folder, wasInterrupted) = try await contest.run(plan, in: url)
        let report = ComparisonReport(
            comparison, allowsInconclusive: gate.allowInconclusive)
        for file in report.files { try folder.top.write(file.text, to: file.name) }
        tell(report.text)
        if annotations { tell(report.annotations) }
        print(folder.top.url.appending(path: "summary.md").relativePath)
        Console.say(report.finalLine)
        guard !wasInterrupted else { throw ExitCode(130) }
        throw ExitCode(comparison.verdict.exitCode(allowsInconclusive: gate.allowInconclusive))
    }

    private func tell(_ text: String) {
        guard !text.isEmpty else { return }
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }

    private var choice: DuelPlan.Choice {
        guard let cells else { return .first }
        let keys = cells.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        return cells == "all" ? .all : .keys(keys)
    }
}
