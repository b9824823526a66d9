import ArgumentParser
import Cryptoki
import GateState
import Reporting

/// `anchorbench gate status`.
struct GateStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "What a gate guards, and what came to pass at it.",
        discussion: """
            Formats: text, a page for people; csv, a row for each identity and period in which it \
            called, the running period included; openmetrics, the counts since the gate was made, \
            in the text that promtool checks and node-exporter's collector reads; emf, the \
            periods that are over as CloudWatch's Embedded Metric Format. To read the state is \
            all that it takes.

              anchorbench gate status gate.state
              anchorbench gate status gate.state --format openmetrics | promtool check metrics
            """)

    /// What is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// A page for people.
        case text
        /// A row for each identity and period.
        case csv
        /// Prometheus text.
        case openmetrics
        /// Lines for CloudWatch.
        case emf
    }

    @OptionGroup var reader: GateReader

    @Option(help: "text, csv, openmetrics or emf.")
    var format = Format.text

    func run() throws {
        let snapshot = try reader.snapshot()
        let text =
            switch format {
            case .text:
                GateStatusPage(snapshot) { "\(ReturnCode(rawValue: $0))" }.text
            case .csv: GateTable(snapshot).text
            case .openmetrics: GateOpenMetrics(snapshot).text(.prometheus)
            case .emf: GateEmbeddedMetrics(snapshot).text
            }
        print(text, terminator: "")
    }
}
