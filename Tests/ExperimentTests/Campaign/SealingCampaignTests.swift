import Experiment
import Foundation
import Results
import Testing

extension CampaignTests {
    @Suite("A device that does not seal records as others do")
    struct SealingCampaignTests {
        private func run(_ script: String, _ deniedBy: String) async throws -> [CellResult] {
            let site = try Site(script: script)
            let run = try await site.run(
                """
                anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm, aes-ctr]\(deniedBy) }
                load: { closed: [1], processes: [1] }
                throttles: [none]
                rounds: 2
                duration: 20ms
                warm-up: 0s
                """)
            try site.expectNothingLeft()
            return run.cells.filter(\.cell.isAnchored)
        }

        @Test("busy, it costs no round where the scenario names its code, else it does")
        func denied() async throws {
            let script = "fault=C_Encrypt:CKR_FUNCTION_FAILED:#3"
            let named = try await run(script, ", denied-by: [CKR_FUNCTION_FAILED]")
            #expect(named.count == 2)
            for cell in named { #expect(cell.verdict.isValid && cell.operations > 0) }
            let reasons = try await run(script, "").flatMap(\.verdict.reasons)
            let lost = "C_Encrypt answered CKR_FUNCTION_FAILED ("
            #expect(reasons.contains { $0.hasPrefix(lost) }, "\(reasons)")
        }

        @Test("it is measured where it makes the IVs itself, and not where it makes none")
        func vectors() async throws {
            for word in ["zeroed", "appended", "zeroed:kept"] {
                let cells = try await run("iv=\(word)", "")
                let cell = try #require(cells.first { $0.cell.mechanism == "aes-gcm" })
                // Zeros that stay are no IV.
                guard word == "zeroed:kept" else {
                    #expect(cell.verdict.isValid && cell.operations > 0, "\(cell.verdict)")
                    continue
                }
                let reasons = cell.verdict.reasons
                #expect(cell.operations == 0)
                #expect(reasons.contains { $0.contains("breaks GCM for the key") }, "\(reasons)")
                #expect(cells.contains { $0.cell.mechanism == "aes-ctr" && $0.operations > 0 })
            }
        }
    }
}
