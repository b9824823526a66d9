import ArgumentParser
import Experiment
import Foundation
import Regression
import Reporting
import Results
import Units

/// `anchorbench compare`.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Has anything become slower between two stored runs? A gate for CI.",
        // The one made from the options is longer than a terminal is wide.
        usage: "anchorbench compare <baseline> <candidate> [<options>]\n"
            + "       anchorbench compare --baseline auto <candidate> [<options>]\n"
            + "       anchorbench compare --self-test <run> [<options>]",
        discussion: """
            Nothing is measured. Of each cell that both runs hold, and each metric, the rounds are \
            two samples: their cost ratio with its interval, tested against the tolerance, all \
            tests together at 0.01. Measure both with --for-gate, so that there are rounds enough.

              PASS          exit 0, nothing costs more than the tolerance, with 99 %
                            confidence, and the same anchor differs from itself by less
              REGRESSED     exit 10, something does, or more calls fail than did
              INCONCLUSIVE  exit 11 (0 with --allow-inconclusive), neither is shown
              INVALID       exit 12, a cell is INVALID, the runs were made under unlike
                            conditions, or they have nothing in common

            Where the module that does nothing moved too, the host or the harness changed, and \
            nothing can be put down to the anchor: that is INCONCLUSIVE even where something is \
            slower. What became better is reported and not gated.

            --baseline auto finds the baseline in a store that fits into git: by the candidate's \
            conditions and cells, whatever the module and its variables. With --record the \
            candidate is added to the store's history.csv, and where it passed, or is the first, \
            it becomes the baseline; the first of its kind is INCONCLUSIVE. Where there is no \
            baseline and none is recorded, the exit code is 66.

            --self-test draws from the rounds of one run, to see that the gate is silent where \
            nothing changed and speaks where something did: exit 0, else 12.

              anchorbench compare results/main results/branch
              anchorbench compare results/main results/branch --tolerance 10% \\
                --metrics throughput,service-p50 --output gate --annotations
              anchorbench compare results/old results/new --new-module
              anchorbench compare --baseline auto results/new --record --label 3f2a1c
              anchorbench compare --self-test results/main
            """)

    /// What is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// Verdict, reasons and tables for people.
        case text
        /// The same as Markdown.
        case markdown
        /// All that is known, for programs.
        case json
        /// JUnit XML, a test case for each test.
        case junit
    }

    @Argument(help: "The folder of the run to compare with.", completion: .directory)
    var baseline: String?

    @Argument(help: "The folder of the run to judge.", completion: .directory)
    var candidate: String?

    @OptionGroup var gate: GateOptions

    @OptionGroup var stored: BaselineOptions

    @Flag(help: "Compare runs of unlike conditions all the same; the report says so.")
    var allowDifferentHost = false

    @Flag(help: "The module is what changed: its SHA-256 may differ.")
    var newModule = false

    @Option(
        help: ArgumentHelp(
            "Try the gate on the rounds of this run instead.", valueName: "run"),
        completion: .directory)
    var selfTest: String?

    @Option(help: "Seed of the draws of --self-test.")
    var seed: UInt64 = 1

    @Option(help: "text, markdown, json or junit.")
    var format = Format.text

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Also write summary.md, comparison.json and junit.xml there.", valueName: "folder"),
        completion: .directory)
    var output: String?

    @Flag(help: "Also print GitHub workflow commands, which annotate a pull request.")
    var annotations = false

    func validate() throws {
        if selfTest != nil {
            guard baseline == nil, stored.source == nil else {
                throw ValidationError("--self-test takes the place of the two runs: name one")
            }
            guard format == .text, output == nil, !annotations, !gate.allowInconclusive else {
                throw ValidationError(
                    "--self-test prints one sentence: leave --format, --output, --annotations and "
                        + "--allow-inconclusive out")
            }
        } else if stored.source != nil {
            guard baseline != nil, candidate == nil else {
                throw ValidationError(
                    "--baseline auto takes the place of the baseline: name the run to judge alone")
            }
        } else if baseline == nil || candidate == nil {
            throw ValidationError(
                "name the folders of two runs, the baseline first, or one with --self-test")
        } else if let baseline, let candidate, Self.folder(baseline) == Self.folder(candidate) {
            throw ValidationError(
                "'\(baseline)' and '\(candidate)' are the same run: name two")
        }
    }

    func run() async throws {
        if let selfTest { return try tryGate(on: selfTest) }
        let paths = [baseline, candidate].compactMap { $0 }
        // Reading is most of what a comparison costs.
        let runs = try Processors().map(paths.count) { index in
            Result { try Self.run(at: paths[index]) }
        }.map { try $0.get() }
        if stored.source == nil, runs[0].isCopy(of: runs[1]) {
            throw RunError(
                "'\(paths[0])' and '\(paths[1])' hold the same run, one copied from the other: "
                    + "name two")
        }
        let (comparison, failure) =
            stored.source == nil
            ? (compared(runs[0], runs[1]), nil)
            : try stored.compared(runs[0], rule: gate.rule, by: compared)
        let report = ComparisonReport(
            comparison, allowsInconclusive: gate.allowInconclusive)
        if let output {
            let folder = try RunFolder(forOutputAt: URL(fileURLWithPath: output))
            for file in report.files { try folder.write(file.text, to: file.name) }
        }
        tell(report)
        if let failure { throw failure }
        throw ExitCode(
            comparison.verdict.exitCode(allowsInconclusive: gate.allowInconclusive))
    }

    /// Where a path leads, so that two names of one folder are seen to be that.
    private static func folder(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    private func compared(_ baseline: GateRun, _ candidate: GateRun) -> Comparison {
        Comparison(
            baseline, candidate, rule: gate.rule, allowsDifferences: allowDifferentHost,
            // A store is there to see what a new module costs.
            changing: newModule || stored.source != nil
                ? [MeasuringEnvironment.moduleCondition] : [])
    }

    private func tell(_ report: ComparisonReport) {
        let text =
            switch format {
            case .text: report.text
            case .markdown: report.markdown
            case .json: report.json
            case .junit: report.junit
            }
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
        if annotations {
            print(
                report.annotations,
                terminator: report.annotations.isEmpty || report.annotations.hasSuffix("\n")
                    ? "" : "\n")
        }
        Console.say(report.finalLine)
    }

    private static func run(at path: String) throws -> GateRun {
        try RunFolder(opening: URL(fileURLWithPath: path), to: "compare").gateRun(named: path)
    }

    private func tryGate(on path: String) throws {
        let run = try Self.run(at: path)
        var generator = SeededGenerator(seed: seed)
        let test = try SelfTest(run, rule: gate.rule, using: &generator)
        print(test.sentence)
        guard test.isPassed else { throw ExitCode(GateVerdict.invalid.exitCode()) }
    }
}
