import Experiment
import Foundation
import Results
import Synchronization
import Testing
import Throttling
import Units

extension CampaignTests {
    @Suite("Campaigns of users and attackers")
    struct MixedCampaignTests {
        /// Users and attackers on the scripted module, whose calls take a millisecond each.
        private func scenario(
            _ site: Site, throttles: String, mixed: String, processes: String = "[1]",
            duration: String = "1s", more: String = ""
        ) throws -> String {
            """
            anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm] }
            record-bytes: [16]
            load: { closed: [2], processes: \(processes), mixed: [\(mixed)] }
            throttles: \(throttles)
            rounds: 2
            duration: \(duration)
            warm-up: 0s
            \(more)
            """
        }

        private static let users =
            "{ legitimate: { rate: 100/s, arrivals: constant, clients: 2, callers: 4 }, "
            + "attackers: 2 }"

        /// The two classes of a throttle's mixed cell, users first.
        private func pair(
            _ run: Run, _ keyForm: String, sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> (users: CellResult, attackers: CellResult) {
            let cells = run.cells.filter {
                $0.cell.mixed != nil && $0.cell.throttle.keyForm == keyForm
            }
            try #require(cells.count == 2, sourceLocation: sourceLocation)
            return (cells[0], cells[1])
        }

        @Test("each class has its own figures, and both were measured at one time")
        func classes() async throws {
            let site = try Site(script: "service=fixed:1ms; servers=9")
            let run = try await site.run(
                scenario(
                    site,
                    throttles: """
                        [none, { token-bucket: { rate: 20/s, burst: 1 }, on-limit: deny },
                         { fixed-window: { limit: 5, window: 1h }, on-limit: deny,
                           scope: per-client }]
                        """, mixed: Self.users))
            #expect(run.partial == nil)
            let free = try pair(run, "none")
            for (users, thieves) in zip(free.users.rounds, free.attackers.rounds) {
                #expect(users.order == thieves.order && users.number == thieves.number)
                #expect(users.open?.scheduled == 100 && thieves.open == nil)
                #expect(users.latency[.response]?.count == 100)
                #expect(thieves.latency[.response] == nil && thieves.latency[.throttleWait] == nil)
                #expect(thieves.operations > users.operations && users.decisionNanoseconds == nil)
                #expect(thieves.cpuNanosecondsPerOperation != nil)
                #expect(users.cpuNanosecondsPerOperation == nil)
            }
            let shared = try pair(run, "token-bucket-20ps-1-deny")
            for (users, thieves) in zip(shared.users.rounds, shared.attackers.rounds) {
                let admitted = users.admitted + thieves.admitted
                #expect(Double(admitted) <= 1 + 20 * max(users.seconds, thieves.seconds))
                // What a busy machine delays beyond the end waits there.
                let backlog = try #require(users.open).backlog
                #expect(users.admitted + users.denied + backlog == 100 && thieves.denied > 0)
                let ratio = try #require(users.admittedToEnvelope)
                #expect(ratio == thieves.admittedToEnvelope && ratio > 0.5 && ratio <= 1.001)
                #expect(try #require(users.decisionNanoseconds) > 0)
            }
            let own = try pair(run, "fixed-window-5-1h-deny-per-client")
            #expect(own.users.rounds.map(\.admitted) == [10, 10])
            for round in own.users.rounds {
                #expect(round.denied + (round.open?.backlog ?? 0) == 90)
            }
            #expect(own.attackers.rounds.map(\.admitted) == [5, 5])
            // Once for each, or for the one that came in time.
            #expect(own.attackers.rounds.allSatisfy { (1...2).contains($0.denied) })
            // Of five for each client the users could ask for all, and the attackers for theirs.
            #expect(own.users.admittedToEnvelope == 1 && own.attackers.admittedToEnvelope == 1)
            let orders = Set(run.cells.flatMap(\.rounds).map(\.order))
            #expect(orders == Set(1...orders.count) && orders.count == 2 * (3 + 3 + 1))
            try site.expectNothingLeft()
        }

        @Test("over two processes every user is the client that they are in one")
        func processes() async throws {
            let site = try Site(script: "service=fixed:1ms; servers=9")
            let run = try await site.run(
                scenario(
                    site,
                    throttles: """
                        [none, { fixed-window: { limit: 5, window: 1h }, on-limit: deny,
                         scope: per-client }]
                        """, mixed: Self.users.replacing("attackers: 2", with: "attackers: 1"),
                    processes: "[2]"))
            let own = try pair(run, "fixed-window-5-1h-deny-per-client")
            #expect(own.users.cell.processes == 2)
            #expect(own.users.rounds.map(\.admitted) == [10, 10])
            // One attacker is in one of the processes, and the other says nothing of its class.
            #expect(own.attackers.rounds.map(\.admitted) == [5, 5])
            #expect(own.attackers.verdict.isValid, "\(own.attackers.verdict.reasonText)")
        }

        @Test("slots, delays and charges by bytes reach the calls of every worker")
        func everyLimit() async throws {
            let site = try Site(script: "service=fixed:1ms; servers=9")
            let run = try await site.run(
                scenario(
                    site,
                    throttles: """
                        [none, { concurrency: 1 }, { delay: 100ms },
                         { fixed-window: { limit: 9, window: 1h }, charge: { bytes: 16 },
                           on-limit: deny }]
                        """, mixed: Self.users))
            func closed(_ keyForm: String) throws -> CellResult {
                try #require(
                    run.cells.first {
                        $0.cell.mixed == nil && $0.cell.throttle.keyForm == keyForm
                    })
            }
            for round in try closed("concurrency-1").rounds {
                #expect(Double(round.admitted) <= round.seconds / 0.001 + 2)
            }
            for round in try closed("delay-100ms").rounds {
                // Two callers, each 100 ms before every call.
                #expect(Double(round.admitted) <= 2 * (round.seconds / 0.1 + 1))
                #expect(round.admitted > 2 && (round.admittedToEnvelope ?? 0) > 0.5)
            }
            // 32 bytes of ciphertext are two units of 16: four calls of nine units.
            let charged = try closed("fixed-window-9-1h-per-16B-deny")
            #expect(charged.rounds.map(\.admitted) == [4, 4])
            #expect(charged.admittedToEnvelope == 1)
            #expect(try #require(charged.decisionNanoseconds) > 0)
        }

        @Test("progress counts what is measured in one go as one, and tells of both classes")
        func progress() async throws {
            let seen = Mutex<[String]>([])
            let site = try Site()
            let run = try await site.run(
                scenario(
                    site, throttles: "[none]", mixed: Self.users, duration: "20ms"),
                observe: { progress in
                    switch progress {
                    case .started(let total, _): seen.withLock { $0.append("\(total) rounds") }
                    case .finished(let cell, _, let position):
                        let isBoth = cell.mixed == nil ? "" : " " + cell.callerClass.rawValue
                        seen.withLock { $0.append("\(position)\(isBoth)") }
                    default: break
                    }
                })
            #expect(run.cells.count == 4)
            let told = seen.withLock { $0 }
            #expect(told.first == "6 rounds" && told.count == 1 + 6 + 2)
            for position in 1...6 {
                let both = told.filter { $0.hasPrefix("\(position) ") }
                #expect(
                    told.contains("\(position)")
                        || both == ["\(position) legitimate", "\(position) attacker"])
            }
        }

        @Test("a run that was interrupted goes on with both classes, and each round stands once")
        func resumed() async throws {
            let site = try Site(script: "service=fixed:1ms; servers=9")
            let yaml = try scenario(
                site, throttles: "[none, { concurrency: 1 }]", mixed: Self.users,
                duration: "30ms")
            let interruption = Interruption()
            let first = try await site.run(
                yaml, interruption: interruption,
                observe: { progress in
                    if case .finished(let cell, _, _) = progress, cell.mixed != nil {
                        interruption.set()
                    }
                })
            #expect(first.partial == "it was interrupted")
            let second = try await site.run(yaml, resuming: first)
            #expect(second.partial == nil)
            #expect(second.cells.allSatisfy { $0.rounds.map(\.number) == [1, 2] })
            for (before, after) in zip(first.cells, second.cells) {
                for round in before.rounds where round.seconds > 0 {
                    let same = after.rounds.first { $0.number == round.number }
                    #expect(same?.order == round.order && same?.operations == round.operations)
                }
            }
            for users in second.cells where users.cell.callerClass == .legitimate {
                let other = users.cell.otherClass?.classedKey
                let attackers = second.cells.first { $0.cell.classedKey == other }
                #expect(users.rounds.map(\.order) == attackers?.rounds.map(\.order))
            }
        }

        @Test("calls that fail beside the users end the round of both, which say why")
        func errors() async throws {
            let site = try Site(
                script: "service=fixed:1ms; servers=9; fault=C_Decrypt:CKR_DEVICE_ERROR:#200+")
            let run = try await site.run(
                scenario(
                    site, throttles: "[none]", mixed: Self.users, duration: "20s",
                    more: "limits: { abort-after-errors: 20 }"))
            let free = try pair(run, "none")
            let reason = "ended early after 20 failed calls: CKR_DEVICE_ERROR"
            for result in [free.users, free.attackers] {
                #expect(
                    result.verdict.reasons.contains { $0.hasPrefix(reason) },
                    "\(result.verdict.reasons)")
            }
        }
    }
}
