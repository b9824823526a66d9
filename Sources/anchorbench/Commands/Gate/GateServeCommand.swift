import ArgumentParser
import Experiment
import Foundation
import GateState
import Reporting

/// `anchorbench gate serve`.
struct GateServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer the scrapes of Prometheus with a gate's counts.",
        discussion: """
            Answers /metrics with the counts of that moment, as OpenMetrics where the request \
            prefers it, else as Prometheus text; with 503 and the reason where the state cannot be \
            read. There is no password: whoever reaches the port reads the names and counts of all \
            identities. Ends at Ctrl-C, with exit code 0.

              anchorbench gate serve gate.state
              anchorbench gate serve gate.state --host 0.0.0.0 --port 9464
            """)

    @OptionGroup var reader: GateReader

    @Option(help: ArgumentHelp("0 takes a free one, and says which.", valueName: "n"))
    var port: UInt16 = 9464

    @Option(help: ArgumentHelp("The IP address to listen at.", valueName: "address"))
    var host = "127.0.0.1"

    func run() async throws {
        _ = try reader.snapshot()
        let endpoint = try ScrapeEndpoint(host: host, port: port, reader: reader)
        let interruption = Interruption()
        let signals = SignalWatch(interruption, saying: nil)
        defer { signals.end() }
        try await endpoint.serve(until: interruption) { address in
            // At once: whoever started this waits for the line.
            try? FileHandle.standardOutput.write(
                contentsOf: Data("http://\(address)/metrics\n".utf8))
        }
    }
}
