import ArgumentParser
import Experiment
import Foundation
import Reporting
import Units

/// `anchorbench gate watch`.
struct GateWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show a gate's periods as they end, and write its metrics.",
        discussion: """
            Prints a line for each period, one second after its end, and on a terminal what the \
            running one has counted so far. Ends at Ctrl-C, with exit code 0.

            --csv and --emf add to a file what each period counted, every line exactly once: \
            started anew, it goes on behind the last line of the file, and catches up as far as \
            the gate's history reaches. A file that is new or empty gets all of that history. \
            --emf - prints the lines instead, from the running period on. --openmetrics writes \
            the counts since the gate was made, anew at each look.

              anchorbench gate watch gate.state
              anchorbench gate watch gate.state --csv gate.csv \\
                --openmetrics /var/lib/prometheus/node-exporter/anchorgate.prom
            """)

    @OptionGroup var reader: GateReader

    @Option(help: ArgumentHelp("How often to look.", valueName: "time"))
    var interval = "1s"

    @Option(
        help: ArgumentHelp(
            "Keep this file for node-exporter's textfile collector (*.prom).", valueName: "file"),
        completion: .file(extensions: ["prom"]))
    var openmetrics: String?

    @Option(
        help: ArgumentHelp(
            "Add lines of CloudWatch's Embedded Metric Format to this file; - prints them.",
            valueName: "file"),
        completion: .file())
    var emf: String?

    @Option(
        help: ArgumentHelp(
            "Add a row for each identity that called in a period to this file.",
            valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    @Option(
        name: .customLong("for"), help: ArgumentHelp("Watch for so long.", valueName: "time"))
    var length: String?

    func run() async throws {
        let interval = try Self.time(interval, "--interval", atLeast: .milliseconds(10))
        let length = try length.map { try Self.time($0, "--for", atLeast: .zero) }
        let first = try reader.snapshot()
        let printsLines = emf == "-"
        let watch = GateWatch(
            reader,
            printed: printsLines ? .embeddedMetrics : .periods,
            logs: try [
                csv.map { try PeriodFile($0, .table, "--csv") },
                printsLines
                    ? nil : emf.map { try PeriodFile($0, .embeddedMetrics, "--emf") },
            ].compactMap { $0 },
            textFile: openmetrics.map { TextFile($0, "--openmetrics") }, from: first)
        let interruption = Interruption()
        let signals = SignalWatch(interruption, saying: nil)
        defer { signals.end() }
        try await watch.run(every: interval, for: length, until: interruption)
    }

    private static func time(
        _ text: String, _ flag: String, atLeast least: Nanoseconds
    ) throws -> Duration {
        let time: Nanoseconds
        do {
            time = try Nanoseconds(parsing: text)
        } catch {
            throw ValidationError("\(flag): \(error)")
        }
        guard time >= least else {
            throw ValidationError("\(flag): '\(text)' is too short: take \(least) or more")
        }
        return .nanoseconds(time.count)
    }
}
