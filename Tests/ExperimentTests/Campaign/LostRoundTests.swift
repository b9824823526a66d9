import Experiment
import Foundation
import Glibc
import Results
import Testing

extension CampaignTests {
    @Suite("A round that a device or a worker takes with it costs no other round")
    struct LostRoundTests {
        /// An unthrottled cell, one that makes ten calls a round, and the comparison.
        private func scenario(
            _ site: Site, duration: String, rounds: Int = 1, processes: String = "[1]",
            warmUp: String = "0s", errors: Int = 20
        ) throws -> String {
            """
            anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm] }
            load: { closed: [2], processes: \(processes) }
            throttles: [none, { token-bucket: { rate: 1/s, burst: 10 } }]
            rounds: \(rounds)
            duration: \(duration)
            warm-up: \(warmUp)
            limits: { abort-after-errors: \(errors) }
            """
        }

        /// Expects that the unthrottled cells are INVALID for one reason, and the others intact.
        private func expect(
            _ reason: String, in run: Run, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            for result in run.cells {
                let isFlatOut = result.cell.isAnchored && result.cell.throttle == .none
                #expect(
                    result.verdict.reasons == (isFlatOut ? [reason] : []), "\(result.cell.key)",
                    sourceLocation: sourceLocation)
                #expect(
                    isFlatOut ? result.throughput == nil : result.operations > 0,
                    sourceLocation: sourceLocation)
            }
        }

        /// Quick enough for a test, slow enough for a machine that is busy.
        private static let limits = AnswerLimits(
            preparation: .seconds(60), grace: .seconds(8))

        @Test("a truncated plaintext is a wrong one")
        func truncated() async throws {
            let site = try Site(script: "truncate=#2000")
            let run = try await site.run(
                try scenario(site, duration: "30s").replacing(
                    "throttles: [none, { token-bucket: { rate: 1/s, burst: 10 } }]",
                    with: "throttles: [none]"))
            expect("wrong plaintext (1 of 1 rounds)", in: run)
            let result = try #require(run.cells.first { $0.cell.isAnchored })
            #expect(result.errors == [Round.wrongPlaintext: 1])
            let calls = try site.calls(.decryptInit)
            #expect(result.operations + 1 == calls)
        }

        @Test("a call that never returns: the worker is killed after its grace", arguments: [1, 2])
        func hang(_ processes: Int) async throws {
            let site = try Site(script: "hang=#300")
            let run = try await site.run(
                try scenario(site, duration: "1s", processes: "[\(processes)]"),
                limits: Self.limits)
            expect(
                "a worker process gave no answer within 9 seconds and was killed (1 of 1 rounds)",
                in: run)
            #expect(run.partial == nil)
            try site.expectNothingLeft()
        }

        @Test("a call that never returns in the warm-up ends with the preparation's limit")
        func hangInWarmUp() async throws {
            let site = try Site(script: "hang=#5")
            let yaml = try scenario(site, duration: "20ms", warmUp: "20ms").replacing(
                ", { token-bucket: { rate: 1/s, burst: 10 } }", with: "")
            let limits = AnswerLimits(preparation: .seconds(15), grace: .seconds(8))
            let error = try await #require(throws: ExperimentError.self) {
                try await site.run(yaml, limits: limits)
            }
            #expect(error.description.hasPrefix("nothing could be measured: a worker process gave"))
            try site.expectNothingLeft()
        }

        @Test(
            "a worker that is stopped or killed in the middle of a round",
            arguments: [SIGSTOP, SIGKILL])
        func signalled(_ signal: Int32) async throws {
            let site = try Site()
            let run = try await site.run(
                try scenario(site, duration: "3s"), limits: Self.limits
            ) { progress in
                guard case .round(let cell, _, _) = progress, cell.isAnchored,
                    cell.throttle == .none
                else { return }
                let before = (try? site.calls(.decryptInit)) ?? 0
                Thread.detachNewThread {
                    // The round is under way once its calls are counted.
                    let end = ContinuousClock.now + .seconds(60)
                    while (try? site.calls(.decryptInit)) ?? 0 < before + 10,
                        ContinuousClock.now < end
                    {
                        usleep(1_000)
                    }
                    guard let worker = try? site.workers().last else { return }
                    kill(worker.identifier, signal)
                }
            }
            let how =
                signal == SIGSTOP
                ? "gave no answer within 11 seconds and was killed" : "was killed by signal 9"
            expect("a worker process \(how) (1 of 1 rounds)", in: run)
            #expect(run.partial == nil)
            try site.expectNothingLeft()
        }

        @Test("sessions that are lost from some call on end each round at the limit of errors")
        func sessionLoss() async throws {
            let site = try Site(script: "fault=C_DecryptInit:CKR_SESSION_HANDLE_INVALID:#1000+")
            let run = try await site.run(
                try scenario(site, duration: "30s", rounds: 2).replacing(
                    ", { token-bucket: { rate: 1/s, burst: 10 } }", with: ""))
            let reason = "ended early after 20 failed calls: CKR_SESSION_HANDLE_INVALID"
            expect("\(reason) (2 of 2 rounds)", in: run)
            let result = try #require(run.cells.first { $0.cell.isAnchored })
            // Each round has a process of its own, whose module counts anew.
            #expect(result.rounds.map(\.operations) == [999, 999])
            let calls = try site.calls(.decryptInit)
            #expect(result.operations + result.errorCount == calls)
            #expect(run.partial == nil)
        }

        @Test(
            "a removed token is given up after a few rounds, and comparisons go on till then"
        )
        func removal() async throws {
            let site = try Site(script: "remove=#1000")
            // Where every process would make a key pair there is one for all rounds.
            let run = try await site.run(
                try scenario(site, duration: "30s", rounds: 9)
                    .replacing("aes-gcm", with: "rsa-oaep").replacing(";object=records", with: "")
                    .replacing(", { token-bucket: { rate: 1/s, burst: 10 } }", with: ""))
            let loss = "C_OpenSession answered CKR_DEVICE_REMOVED"
            #expect(run.partial == "5 rounds in a row were lost (\(loss))")
            let result = try #require(run.cells.first { $0.cell.isAnchored })
            #expect(result.rounds.count == 6 && !result.verdict.isValid)
            let first = try #require(result.rounds.first)
            #expect(first.operations == 999)
            #expect(first.errors.keys.sorted() == ["CKR_DEVICE_REMOVED"])
            for round in result.rounds.dropFirst() {
                #expect(round.verdict.reasons == [loss] && round.operations == 0)
            }
            #expect(run.cells.allSatisfy { $0.cell.isAnchored || $0.verdict.isValid })
        }

        @Test("a slow login is waited for, and no part of any figure")
        func slowLogin() async throws {
            let site = try Site(script: "login-delay=3s")
            let run = try await site.run(
                try scenario(site, duration: "500ms", processes: "[1, 2]"))
            for result in run.cells {
                #expect(result.verdict.isValid, "\(result.cell.key): \(result.verdict)")
                #expect(result.rounds.allSatisfy { $0.seconds < 3 })
            }
            #expect(try site.calls(.login) == 2)
        }

        @Test(
            "a login that fails is never tried again, for whatever reason",
            arguments: ["CKR_DEVICE_ERROR", "CKR_PIN_LOCKED", "CKR_PIN_INCORRECT"])
        func failingLogin(_ code: String) async throws {
            let site = try Site(script: "fault=C_Login:\(code):1.0")
            let error = try await #require(throws: ExperimentError.self) {
                try await site.run(try scenario(site, duration: "20ms", processes: "[1, 2]"))
            }
            guard case .login(let sentence) = error else { throw error }
            #expect(sentence.hasPrefix("C_Login answered \(code)"))
            #expect(try site.calls(.login) == 1)
            #expect(!FileManager.default.fileExists(atPath: site.output.path + "/run.json"))
            try site.expectNothingLeft()
        }

        @Test("a login that is refused in the middle of a run ends it, with what there is kept")
        func loginRefusedLater() async throws {
            // Rounds of at most 22 calls, two at least before the one in which the worker dies.
            let site = try Site(script: "service=fixed:5ms;crash=#50")
            let run = try await site.run(
                try scenario(site, duration: "100ms", rounds: 99).replacing(
                    ", { token-bucket: { rate: 1/s, burst: 10 } }", with: "")
            ) { progress in
                guard case .round = progress else { return }
                try? site.follow("pin=4321")
            }
            let sentence = try #require(run.partial)
            #expect(
                sentence.hasPrefix("the device was given up (C_Login answered CKR_PIN_INCORRECT"))
            #expect(try site.calls(.login) == 2)
            let stored = try Run(json: Data(contentsOf: site.output.appending(path: "run.json")))
            #expect(stored == run)
        }
    }
}
