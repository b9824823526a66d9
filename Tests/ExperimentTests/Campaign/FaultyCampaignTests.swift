import Experiment
import Foundation
import Results
import Testing
import Throttling
import Units

extension CampaignTests {
    @Suite("Campaigns on a device that fails")
    struct FaultyCampaignTests {
        /// One unthrottled cell on the scripted module, and its baseline.
        private func scenario(
            _ site: Site, closed: String = "[2]", duration: String = "100ms",
            more: String = "throttles: [none]"
        ) throws -> String {
            """
            anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm] }
            load: { closed: \(closed), processes: [1] }
            rounds: 1
            duration: \(duration)
            warm-up: 0s
            \(more)
            """
        }

        /// The sentence of a campaign that the device makes impossible.
        private func deviceError(_ site: Site, _ yaml: String) async throws -> String {
            let error = try await #require(throws: ExperimentError.self) {
                try await site.run(yaml)
            }
            switch error {
            case .device(let sentence), .login(let sentence): return sentence
            default: throw error
            }
        }

        private func anchored(_ run: Run) throws -> CellResult {
            try #require(run.cells.first { !$0.cell.isBaseline })
        }

        @Test("a module that wants a text with C_Initialize gets it from the scenario, as it is")
        func initialize() async throws {
            let text = "configdir=/a b flags=noCertDB,noModDB"
            let site = try Site(script: "initialize=\(text)")
            let missing = try await deviceError(site, try scenario(site))
            #expect(missing.contains("C_Initialize") && missing.contains("CKR_ARGUMENTS_BAD"))
            let yaml = try scenario(site).replacing(
                "mechanism:", with: "initialize: \"\(text)\", mechanism:")
            let run = try await site.run(yaml)
            #expect(try anchored(run).operations > 0)
            #expect(run.scenario.anchor.initialize == text)
            #expect(run.provenance.anchor["initialize"] == .value(text))
        }

        @Test("one wrong plaintext makes its cell INVALID and no other")
        func wrongPlaintext() async throws {
            let site = try Site(script: "garbage=#2000")
            // Long enough that the two-thousandth call is made on a busy machine, too.
            let run = try await site.run(try scenario(site, duration: "30s"))
            let result = try anchored(run)
            #expect(result.verdict.reasons == ["wrong plaintext (1 of 1 rounds)"])
            #expect(result.errors == [Round.wrongPlaintext: 1])
            #expect(result.throughput == nil)
            #expect(result.operations > 0)
            #expect(run.partial == nil)
            #expect(run.cells.filter { !$0.verdict.isValid }.count == 1)
        }

        @Test("a token that opens at the second try is measured, and a note says so")
        func retried() async throws {
            let site = try Site(script: "fault=C_OpenSession:CKR_TOKEN_NOT_RECOGNIZED:#1")
            let run = try await site.run(try scenario(site))
            #expect(try anchored(run).verdict.isValid)
            let note = try #require(run.notes.first { $0.contains("tried again once") })
            #expect(note.contains("until it was open"))
        }

        @Test("a vendor's code is counted under its name, and the rest stays intact")
        func vendorCode() async throws {
            let site = try Site(script: "fault=C_Decrypt:0x80000012:0.005")
            let run = try await site.run(
                try scenario(
                    site, duration: "2s",
                    more: """
                        throttles: [{ token-bucket: { rate: 100/s, burst: 10 } }]
                        limits: { abort-after-errors: 1000000 }
                        """))
            for result in run.cells where !result.cell.isBaseline {
                #expect(result.verdict.isValid, "\(result.cell.key)")
                let isBusy = result.cell.throttle == .none
                #expect(result.errors.isEmpty || Array(result.errors.keys) == [Self.vendorName])
                #expect(!isBusy || result.errorCount > 0, "\(result.operations) calls")
                #expect(result.operations > result.errorCount)
                #expect(result.service.count == result.operations)
            }
        }

        private static let vendorName = "CKR_VENDOR_DEFINED+0x12"

        @Test("a device that fails too often ends its round early, at the limit of errors")
        func manyErrors() async throws {
            let site = try Site(script: "fault=C_Decrypt:0x80000012:0.5")
            // An hour is planned: only the limit ends it.
            let run = try await site.run(
                try scenario(
                    site, duration: "1h",
                    more: "throttles: [none]\nlimits: { abort-after-errors: 40 }"))
            let result = try anchored(run)
            #expect(
                result.verdict.reasons == [
                    "ended early after 40 failed calls: \(Self.vendorName) (1 of 1 rounds)"
                ])
            // The other caller may have been in a call that failed, too.
            #expect((40...41).contains(result.errorCount))
            #expect(result.throughput == nil)
        }

        @Test(
            "a device on which no call succeeds is no measurement, and the sentence names the code")
        func onlyErrors() async throws {
            let site = try Site(script: "fault=C_Decrypt:0x80000012:1.0")
            let sentence = try await deviceError(site, scenario(site))
            #expect(sentence.hasPrefix("nothing could be measured"))
            #expect(sentence.contains(Self.vendorName), "\(sentence)")
            try site.expectNothingLeft()
        }

        @Test("a crash costs its round alone: the cell says how the worker ended, the run goes on")
        func crash() async throws {
            let site = try Site(script: "crash=#100")
            let run = try await site.run(
                try scenario(
                    site, closed: "[1, 2]", duration: "3s",
                    more: "throttles: [{ token-bucket: { rate: 1/s, burst: 10 } }]"))
            #expect(run.partial == nil && run.cells.count == 4)
            // Each worker lives for a hundred calls, which only an unthrottled cell makes.
            for result in run.cells {
                let isFlatOut = result.cell.throttle == .none && !result.cell.isBaseline
                let crashed = ["a worker process was killed by signal 6 (1 of 1 rounds)"]
                #expect(
                    result.verdict.reasons == (isFlatOut ? crashed : []), "\(result.cell.key)")
                #expect((result.operations > 0) != isFlatOut)
            }
            #expect(try site.workers().count >= 2)
            try site.expectNothingLeft()
        }

        @Test("a wrong PIN is tried exactly once, and the sentence says why no more")
        func wrongPIN() async throws {
            let site = try Site(pin: "4321")
            let sentence = try await deviceError(site, scenario(site))
            #expect(sentence.contains("CKR_PIN_INCORRECT") && sentence.contains("lock"))
            #expect(!sentence.contains("4321"))
            #expect(try site.calls(.login) == 1)
            #expect(try site.calls(.decrypt) == 0)
            try site.expectNothingLeft()
        }

        @Test("an unknown key is told without a figure")
        func missingKey() async throws {
            let site = try Site()
            let yaml = try scenario(site).replacing("object=records", with: "object=nothing")
            _ = try await deviceError(site, yaml)
            #expect(!FileManager.default.fileExists(atPath: site.output.path + "/run.json"))
        }

        @Test("two processes draw on one throttle: both together stay within its envelope")
        func sharedThrottle() async throws {
            let site = try Site()
            let run = try await site.run(
                """
                anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm] }
                load: { closed: [2], processes: [1, 2] }
                throttles: [{ token-bucket: { rate: 1/s, burst: 40 } }]
                throttles-at: all
                rounds: 1
                duration: 1s
                """)
            let throttled = run.cells.filter { $0.cell.throttle != .none }
            #expect(throttled.map(\.cell.processes) == [1, 2])
            for round in throttled.flatMap(\.rounds) {
                // A state for each process would have admitted eighty at once.
                #expect(round.admitted > 0)
                #expect(Double(round.admitted) <= 40 + round.seconds)
            }
            try site.expectNothingLeft()
        }

        @Test("workers log in once each, whatever the number of their callers")
        func oneLoginAWorker() async throws {
            let site = try Site()
            _ = try await site.run(try scenario(site, closed: "[1, 8]"))
            #expect(try site.workers().count == 1)
            #expect(try site.calls(.login) == 1)
            #expect(try site.calls(.initialize) == 1)
        }
    }
}
