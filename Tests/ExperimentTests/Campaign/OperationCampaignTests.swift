import Experiment
import Foundation
import Results
import Testing

extension CampaignTests {
    @Suite("Campaigns that unwrap and authenticate")
    struct OperationCampaignTests {
        private let rest = """
            load: { closed: [2], processes: [1, 2] }
            throttles: [none, { token-bucket: { rate: 200/s, burst: 10 } }]
            rounds: 1
            duration: 700ms
            warm-up: 5ms
            """

        @Test(
            "every cell is measured on the embedded token, and its row names the operation",
            arguments: ["unwrap", "mac"])
        func embedded(_ operation: String) async throws {
            let site = try Site()
            let run = try await site.run("anchor: { operation: \(operation) }\n\(rest)")
            #expect(run.partial == nil)
            #expect(run.cells.count == (operation == "unwrap" ? 8 : 4))
            for result in run.cells {
                #expect(result.verdict.isValid, "\(result.cell.key): \(result.verdict.reasons)")
                #expect(result.operations > 0 && result.errors.isEmpty, "\(result.cell.key)")
                #expect(result.cell.operation == operation)
            }
            let header = try #require(run.cellsTable.text.split(separator: "\r\n").first)
            let column = try #require(header.split(separator: ",").firstIndex(of: "operation"))
            for row in run.cellsTable.text.split(separator: "\r\n").dropFirst() {
                let fields = row.split(separator: ",", omittingEmptySubsequences: false)
                #expect(fields[column] == operation)
            }
            try site.expectNothingLeft()
        }

        @Test("a session key of the user's token is made for the operation, or a stored one found")
        func scripted() async throws {
            for (operation, object) in [
                ("unwrap", "records-wrap"), ("unwrap", nil), ("mac", "records-mac"), ("mac", nil),
            ] {
                let site = try Site()
                let mechanism = operation == "unwrap" ? "aes-key-wrap" : "hmac-sha256"
                let uri = try site.uri(object: object ?? "")
                    .replacing(object == nil ? ";object=" : "", with: "")
                let run = try await site.run(
                    "anchor: { uri: '\(uri)', operation: \(operation), mechanism: \(mechanism) }\n"
                        + rest)
                for result in run.cells {
                    #expect(result.verdict.isValid, "\(result.cell.key): \(result.verdict.reasons)")
                    #expect(result.operations > 0, "\(result.cell.key)")
                }
                let kind = run.cells.compactMap(\.cell.keyKind).first
                #expect(kind == (object == nil ? .session : .token))
            }
        }

        @Test(
            "token and key are found by everything that the URI says, or the run says what is there"
        )
        func everyAttribute() async throws {
            let site = try Site()
            let module = try BuildFolder.scriptedModule()
            let path =
                "token=scripted;manufacturer=anchorbench;serial=%31;model=scripted;slot-id=0;"
                + "slot-description=Scripted%20slot;library-version=1;id=%04;type=secret-key"
            let query =
                "module-path=\(module.deletingLastPathComponent().path)"
                + "&module-name=ScriptedToken&pin-source=file:\(site.pinFile.path)&x-note=1"
            let anchor = "uri: 'pkcs11:\(path)?\(query)', operation: mac"
            let run = try await site.run("anchor: { \(anchor) }\n\(rest)")
            #expect(run.cells.allSatisfy { $0.verdict.isValid && $0.operations > 0 })
            #expect(run.scenario.anchor.uri.contains("serial=(hidden)"))
            #expect(run.scenario.anchor.uri.contains("id=(hidden)"))
            let other = try Site()
            let error = try await #require(throws: ExperimentError.self) {
                try await other.run(
                    "anchor: { \(anchor.replacing("serial=%31", with: "serial=2")) }\n\(rest)")
            }
            #expect(error.description.contains("serial '2'"))
            #expect(error.description.contains("present: 'scripted' (manufacturer 'anchorbench', "))
        }

        @Test("a wrong data key makes its cell INVALID")
        func wrongKey() async throws {
            let site = try Site(script: "garbage=0.01")
            let uri = try site.uri(object: "records-wrap")
            let run = try await site.run(
                "anchor: { uri: '\(uri)', operation: unwrap, mechanism: aes-key-wrap }\n" + rest)
            let reasons = run.cells.map(\.verdict.reasons)
            #expect(reasons.contains { $0 == ["wrong plaintext (1 of 1 rounds)"] }, "\(reasons)")
        }
    }
}
