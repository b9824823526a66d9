import Foundation
import GateState
import Testing
import Throttling
import Units

@Suite("The harness measures a module through the gate")
struct HarnessTests {
    /// Rows of a run's cells by the end of their keys, each by its columns.
    private func measure(
        _ clients: Openers, _ anchor: String
    ) throws -> [[String: Substring]] {
        let scenario = clients.folder.appending(path: "scenario.yaml")
        try """
        name: through-the-gate
        anchor:
          uri: 'pkcs11:token=scripted?module-path=\(try BuiltParts.gate())&pin-source=env:GATE_PIN'
          mechanism: aes-gcm
          environment: { ANCHORGATE_STATE: '\(clients.state)', ANCHORGATE_IDENTITY: bench }
        \(anchor)
        load: { closed: [1], processes: [1] }
        throttles: [none]
        rounds: 2
        duration: 200ms
        warm-up: 10ms
        """.write(to: scenario, atomically: true, encoding: .utf8)
        let run = clients.folder.appending(path: "run-\(UUID().uuidString)").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try BuiltParts.command())
        process.arguments = ["measure", scenario.path, "--output", run]
        process.environment = ["GATE_PIN": "1234", "PATH": "/usr/bin:/bin"]
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
        let text = try String(contentsOfFile: run + "/cells.csv", encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline)
        let names = lines[0].split(separator: ",", omittingEmptySubsequences: false)
        return lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return Dictionary(uniqueKeysWithValues: zip(names.map(String.init), fields))
        }
    }

    /// The row of the calls behind a gate that admits a thousand a second, which are more at no
    /// time; on a busy machine of the first measurement that came near it.
    private func rowNearThePace(
        _ clients: Openers, _ anchor: String
    ) throws -> [String: Substring] {
        for _ in 1...3 {
            let rows = try measure(clients, anchor)
            let row = try #require(rows.first { $0["cell"]?.hasSuffix("/session-key") == true })
            let rate = try #require(row["throughput_per_second"].flatMap { Double($0) })
            // Each of two rounds may have a whole bucket beside its pace.
            #expect(rate <= 1_020 && row["errors"] == "0", "\(row)")
            if rate >= 500 { return row }
        }
        throw Slow()
    }

    /// The gate's pace was never reached.
    private struct Slow: Error {}

    @Test("what the gate refuses is denied and no error, where the scenario names its code")
    func denied() throws {
        let clients = try Openers {
            $0.policy = Policy(
                .tokenBucket(TokenBucket(rate: Rate(1_000), burst: RecordCount(1))), onLimit: .deny)
            $0.chargesEncryption = false
        }
        let row = try rowNearThePace(clients, "  denied-by: [CKR_FUNCTION_FAILED]")
        let operations = try #require(row["operations"].flatMap { Int($0) })
        let denied = try #require(row["denied"].flatMap { Int($0) })
        #expect(operations > 0 && denied > operations && row["verdict"] == "VALID", "\(row)")
        let identity = try #require(try clients.snapshot().identities.first)
        #expect(identity.name == "bench")
        // The warm-up's calls pass the gate as well.
        #expect(identity.total.throttled >= UInt64(denied))
        #expect(identity.total.admitted >= UInt64(operations))
    }

    @Test("a gate that makes calls wait gives its rate")
    func waits() throws {
        let clients = try Openers {
            $0.policy = Policy(
                .tokenBucket(TokenBucket(rate: Rate(1_000), burst: RecordCount(1))))
            $0.chargesEncryption = false
        }
        let row = try rowNearThePace(clients, "")
        #expect(row["denied"] == "0", "\(row)")
    }
}
