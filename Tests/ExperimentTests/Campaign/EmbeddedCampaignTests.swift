import Experiment
import Foundation
import Results
import Synchronization
import Testing
import Throttling
import Units

extension CampaignTests {
    @Suite("Campaigns on the embedded token")
    struct EmbeddedCampaignTests {
        private let scenario = """
            anchor: { uri: softhsm, mechanism: [aes-gcm, rsa-oaep] }
            load: { closed: [3], processes: [1, 2] }
            throttles: [none]
            rounds: 2
            duration: 500ms
            warm-up: 5ms
            """

        @Test("every planned cell is measured in every round, and nothing is left behind")
        func measuresAll() async throws {
            let site = try Site()
            let run = try await site.run(scenario)
            #expect(run.partial == nil)
            // For each mechanism one process, two processes and the baseline.
            #expect(run.cells.map(\.cell.processes) == [1, 2, 1, 1, 2, 1])
            for result in run.cells {
                #expect(result.verdict.isValid, "\(result.cell.key): \(result.verdict.reasons)")
                #expect(result.rounds.map(\.number) == [1, 2], "\(result.cell.key)")
                #expect(result.rounds.allSatisfy { $0.operations > 0 && $0.seconds > 0 })
                #expect(result.service.count == result.operations)
                #expect(result.errors.isEmpty)
                let rate = try #require(result.throughput)
                #expect(rate.estimate > 0 && rate.low != nil)
            }
            #expect(Set(run.cells.flatMap(\.rounds).map(\.order)).count == run.cells.count * 2)
            #expect(run.cells.filter { !$0.cell.isBaseline }.allSatisfy { $0.cell.callers == 3 })
            try site.expectNothingLeft()
        }

        @Test("what was kept reads back as what was measured")
        func keepsTheRun() async throws {
            let site = try Site()
            let run = try await site.run(
                """
                anchor: { mechanism: [aes-gcm] }
                load: { closed: [1], processes: [1] }
                rounds: 1
                duration: 50ms
                """)
            let folder = try RunFolder(opening: site.output)
            #expect(try folder.load() == run)
            let names = try FileManager.default.contentsOfDirectory(atPath: site.output.path)
            #expect(
                names.sorted() == ["cells.csv", "histograms.hlog", "rounds.csv", "run.json"])
            let cells = try String(
                contentsOf: site.output.appending(path: "cells.csv"), encoding: .utf8)
            #expect(cells == run.cellsTable.text)
            #expect(run.provenance.anchor["token_serial_sha256"]?.value?.count == 64)
            #expect(run.provenance.run["ended"]?.value != nil)
        }

        @Test("a throttled cell stays within its envelope, and a denied caller is counted")
        func throttled() async throws {
            let site = try Site()
            let run = try await site.run(
                """
                anchor: { mechanism: [aes-gcm] }
                load: { closed: [2], processes: [1] }
                throttles:
                  - { token-bucket: { rate: 200/s, burst: 10 } }
                  - { fixed-window: { limit: 3, window: 1h }, on-limit: deny }
                on-denied: spin
                rounds: 1
                duration: 2s
                """)
            let throttled = run.cells.filter { $0.cell.throttle != .none }
            #expect(throttled.count == 2)
            for result in throttled {
                let round = try #require(result.rounds.first)
                let most = result.cell.throttle.envelopeFromEpoch()
                    .admissions(within: Seconds(round.seconds))
                #expect(round.admitted > 0 && Double(round.admitted) <= most)
                #expect(round.operations == round.admitted)
                #expect((round.denied > 0) == (result.cell.throttle.onLimit == .deny))
            }
            #expect(throttled.last?.operations == 3)
        }

        @Test("progress tells of every round once, in the order of the plan")
        func tellsProgress() async throws {
            let seen = Mutex<[String]>([])
            let site = try Site()
            let run = try await site.run(
                """
                anchor: { mechanism: [aes-gcm] }
                load: { closed: [1, 2], processes: [1] }
                throttles: [none]
                rounds: 2
                duration: 10ms
                warm-up: 0s
                """,
                observe: { progress in
                    switch progress {
                    case .preparing: seen.withLock { $0.append("preparing") }
                    case .started(let total, _): seen.withLock { $0.append("started \(total)") }
                    case .round(_, _, let position): seen.withLock { $0.append("> \(position)") }
                    case .finished(_, let round, let position):
                        #expect(round.order == position)
                        seen.withLock { $0.append("< \(position)") }
                    case .refused(let cell, _, _): Issue.record("\(cell.key) was refused")
                    case .note: break
                    }
                })
            let rounds = (1...6).flatMap { ["> \($0)", "< \($0)"] }
            #expect(seen.withLock { $0 } == ["preparing", "started 6"] + rounds)
            #expect(run.cells.allSatisfy { $0.rounds.count == 2 })
        }

        @Test("an interrupted run keeps what it has and says that it is partial")
        func interrupted() async throws {
            let site = try Site()
            let interruption = Interruption()
            let run = try await site.run(
                scenario, interruption: interruption,
                observe: { progress in
                    if case .finished(_, _, let position) = progress, position == 4 {
                        interruption.set()
                    }
                })
            #expect(run.partial == "it was interrupted")
            #expect(run.cells.reduce(0) { $0 + $1.rounds.count } == 4)
            #expect(run.cells.contains { $0.verdict.reasons == ["not run"] })
            #expect(try RunFolder(opening: site.output).load() == run)
            try site.expectNothingLeft()
        }
    }
}
