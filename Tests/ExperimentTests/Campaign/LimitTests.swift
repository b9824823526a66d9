import Experiment
import Foundation
import Results
import Testing
import Units

extension CampaignTests {
    @Suite("What protects a device holds, whatever happens")
    struct LimitTests {
        private func scenario(
            _ site: Site, limits: String, duration: String = "100ms", rounds: Int = 2,
            processes: String = "[1, 2]", warmUp: String = "auto", anchor: String = "",
            throttles: String = "[none]"
        ) throws -> String {
            """
            anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm]\(anchor) }
            load: { closed: [2], processes: \(processes) }
            throttles: \(throttles)
            rounds: \(rounds)
            duration: \(duration)
            warm-up: \(warmUp)
            limits: { \(limits) }
            """
        }

        @Test("no rate above the highest, sealing and warm-up included, of one process or of two")
        func rate() async throws {
            let site = try Site()
            let begin = ContinuousClock.now
            let run = try await site.run(
                try scenario(
                    site, limits: "max-rate: 500/s", duration: "400ms",
                    throttles: "[none, { token-bucket: { rate: 50/s, burst: 5 } }]"))
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            let sealed = try site.calls(.encrypt)
            let calls = try site.calls(.decryptInit)
            // Three cells of two callers in two rounds.
            #expect(sealed == 3 * 2 * 2 * 64)
            #expect(Double(sealed + calls) <= 500 * elapsed + 2)
            var shares: [Double] = []
            for result in run.cells {
                #expect(result.verdict.isValid, "\(result.cell.key): \(result.verdict)")
                guard result.cell.isAnchored else { continue }
                for round in result.rounds {
                    #expect(Double(round.operations) <= 500 * round.seconds + 2)
                    guard result.cell.throttle == .none else { continue }
                    shares.append(Double(round.operations) / round.seconds / 500)
                }
            }
            // And not much less, unless a throttle is in the path: a turn is lost where a busy
            // machine delays all callers, in some of the rounds.
            #expect(shares.contains { $0 > 0.5 }, "\(shares)")
        }

        @Test("a rate so low that few callers get a turn leaves turns for the rounds to come")
        func lowRate() async throws {
            let site = try Site()
            let yaml = try scenario(
                site, limits: "max-rate: 100/s", duration: "90ms", rounds: 3, processes: "[1]",
                warmUp: "0s")
            // Twelve callers, of whom no more than ten have a turn in a round.
            let run = try await site.run(yaml.replacing("closed: [2]", with: "closed: [12]"))
            let result = try #require(run.cells.first { $0.cell.isAnchored })
            #expect(result.rounds.count == 3)
            #expect(result.rounds.allSatisfy { $0.operations > 0 && $0.verdict.isValid })
        }

        @Test("never more calls than the whole run may make, and the round that ends them says so")
        func operations() async throws {
            let site = try Site()
            let run = try await site.run(
                try scenario(
                    site, limits: "max-operations: 500", duration: "30s", warmUp: "0s"))
            #expect(run.partial == "its limit of 500 calls was reached")
            let calls = try site.calls(.decryptInit)
            #expect(calls == 500)
            let anchored = run.cells.filter(\.cell.isAnchored)
            let operations = anchored.reduce(0) { $0 + $1.operations }
            #expect(operations == 500)
            let rounds = anchored.flatMap(\.rounds)
            // All went in one round, whose figures are those of a shorter one.
            let spent = try #require(rounds.first)
            #expect(rounds.count == 1 && spent.verdict.isValid && spent.seconds < 30)
            #expect(spent.verdict.remarks.contains("the limit of calls ended it early"))
        }

        @Test("a warm-up spends of the calls, too, and a comparison none")
        func operationsOfWarmUp() async throws {
            let site = try Site(script: "service=fixed:1ms")
            let run = try await site.run(
                try scenario(
                    site, limits: "max-operations: 300", duration: "50ms", rounds: 99,
                    processes: "[2]", warmUp: "50ms"))
            #expect(run.partial == "its limit of 300 calls was reached")
            #expect(try site.calls(.decryptInit) == 300)
            let anchored = try #require(run.cells.first { $0.cell.isAnchored })
            #expect(anchored.rounds.count > 1)
            #expect((1..<300).contains(anchored.operations))
        }

        @Test("a warm-up that would take all calls leaves half of them to be measured")
        func operationsOfFastDevice() async throws {
            let site = try Site()
            let run = try await site.run(
                try scenario(
                    site, limits: "max-operations: 1k", duration: "30s", processes: "[1]",
                    warmUp: "3s"))
            #expect(run.partial == "its limit of 1k calls was reached")
            #expect(try site.calls(.decryptInit) == 1_000)
            let anchored = try #require(run.cells.first { $0.cell.isAnchored })
            #expect(anchored.operations == 500 && anchored.verdict.isValid)
        }

        @Test("calls that a crash or a Ctrl-C takes with it are spent, and a resumed run knows it")
        func operationsAcrossLosses() async throws {
            let site = try Site(script: "service=fixed:1ms;crash=#100")
            let yaml = try scenario(
                site, limits: "max-operations: 700", duration: "60ms", rounds: 300,
                processes: "[1, 2]", warmUp: "0s")
            let interruption = Interruption()
            let first = try await site.run(yaml, interruption: interruption) { progress in
                // However few calls a busy machine lets a round make.
                guard case .round(let cell, _, _) = progress, cell.isAnchored,
                    let calls = try? site.calls(.decryptInit), calls > 100
                else { return }
                Task.detached {
                    try await Task.sleep(for: .milliseconds(20))
                    interruption.set()
                }
            }
            #expect(first.partial == "it was interrupted")
            let before = try site.calls(.decryptInit)
            try site.follow("service=fixed:1ms")
            let second = try await site.run(yaml, resuming: first)
            #expect(second.partial == "its limit of 700 calls was reached")
            let calls = try site.calls(.decryptInit)
            #expect(before > 100 && before < 700 && calls <= 700)
            // A worker that dies between taking a call and making it has spent it.
            #expect(calls >= 690, "\(calls)")
        }

        @Test(
            "failed calls of a warm-up count, so that a device is left alone at the limit",
            arguments: [1, 2])
        func errorsOfWarmUp(_ processes: Int) async throws {
            let site = try Site(script: "fault=C_Decrypt:CKR_DEVICE_ERROR:#50+")
            let yaml = try scenario(
                site, limits: "abort-after-errors: 10", duration: "20ms", rounds: 1,
                processes: "[\(processes)]", warmUp: "3s")
            let error = try await #require(throws: ExperimentError.self) {
                try await site.run(yaml)
            }
            #expect(
                error
                    == .device(
                        "nothing could be measured: ended early after 10 failed calls: "
                            + "CKR_DEVICE_ERROR"))
            // 49 calls of each process are answered; the other caller may be in a call that fails.
            let calls = try site.calls(.decryptInit)
            #expect(processes == 2 ? calls == 2 * (49 + 5) : (59...60).contains(calls), "\(calls)")
        }
    }
}
