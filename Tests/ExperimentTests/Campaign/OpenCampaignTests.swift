import Foundation
import Load
import Results
import Testing
import Units

@testable import Experiment

extension CampaignTests {
    @Suite("Campaigns of open loads")
    struct OpenCampaignTests {
        /// The scripted module under open loads, in rounds of 300 ms unless told otherwise.
        private func scenario(
            _ site: Site, load: String, rounds: Int = 1, duration: String = "300ms"
        ) throws -> String {
            """
            anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm] }
            record-bytes: [16]
            load: \(load)
            throttles: [none]
            rounds: \(rounds)
            duration: \(duration)
            warm-up: 0s
            """
        }

        /// How many calls of a cell are due in a round of a run with this seed.
        private func due(
            _ cell: Cell, _ open: OpenRate, round: Int, _ plan: Plan
        ) throws -> UInt64 {
            let index = try #require(plan.cells.firstIndex { $0.key == cell.key })
            var schedule = Schedule(
                rate: open.rate,
                arrivals: open.arrivals == .constant
                    ? .constant : .poisson(seed: plan.arrivalSeed(ofRound: round, cell: index)))
            var count: UInt64 = 0
            while schedule.next() < plan.duration(of: cell) { count += 1 }
            return count
        }

        @Test(
            "exactly the calls of the schedule fall due, in one process and over two together",
            arguments: [
                ("{ rate: 400/s, arrivals: poisson, callers: 5 }", 2),
                ("{ rate: 333/s, arrivals: constant, callers: 2 }", 1),
            ])
        func scheduled(_ load: String, rounds: Int) async throws {
            let (site, seed) = (try Site(), UInt64(17))
            let yaml = try scenario(
                site, load: "{ closed: [], processes: [1, 2], open: [\(load)] }", rounds: rounds)
            let run = try await site.run(yaml, seed: seed)
            let resolved = try ScenarioReader.read(yaml, source: "a test")
            let plan = try Plan(
                resolved.scenario, anchorName: resolved.anchor.shortName, processors: 1, seed: seed)
            let results = run.cells.filter { $0.cell.open != nil }
            #expect(results.map(\.cell.processes) == [1, 2])
            for result in results {
                let open = try #require(result.cell.open)
                for round in result.rounds {
                    let due = try due(result.cell, open, round: round.number, plan)
                    let message: Comment = "\(result.cell.key), round \(round.number)"
                    #expect(round.open?.scheduled == due && due > 50, message)
                    #expect(round.operations == round.open?.started, message)
                    #expect(round.latency[.lateness]?.count == due, message)
                    #expect(round.latency[.response]?.count == due, message)
                    #expect(round.seconds >= 0.3, message)
                }
            }
            try site.expectNothingLeft()
        }

        @Test("a device that is slower than the load is a remark and a backlog, not a fault")
        func overload() async throws {
            let site = try Site(script: "service=fixed:200ms")
            let run = try await site.run(
                scenario(
                    site,
                    load: """
                        { closed: [], processes: [1],
                          open: [{ rate: 20/s, arrivals: constant, callers: 2 }] }
                        """, duration: "3s"))
            let result = try #require(run.cells.first { $0.cell.open != nil })
            let counts = try #require(result.open)
            #expect(result.verdict.reasons.isEmpty, "\(result.verdict.reasons)")
            let remark = "device or throttle are slower than the load (1 of 1 rounds)"
            #expect(result.verdict.remarks.contains(remark), "\(result.verdict.remarks)")
            // One server does 15 in 3 s, and each caller may be inside at the end.
            #expect(counts.scheduled == 60 && (5...17).contains(counts.started))
            #expect(result.latency[.response]?.count == 60)
        }

        @Test("a stall of the device is in every percentile it reached; a closed load hides it")
        func stall() async throws {
            // Other work on the machine makes calls late, which spoils one attempt; a fault of the
            // harness spoils all three.
            var late: [String] = []
            for _ in 1...3 {
                late = try await lateFigures()
                if late.isEmpty { break }
            }
            #expect(late.isEmpty, "\(late)")
        }

        /// What a stall made longer in one run than it must have been; nothing may be shorter.
        private func lateFigures() async throws -> [String] {
            // Three seconds of ten, from the instant two seconds after the first call.
            let script = "service=fixed:1ms; stall=2s:3s:work"
            let (site, closedSite) = (try Site(script: script), try Site(script: script))
            let openYAML = try scenario(
                site,
                load: """
                    { closed: [], processes: [1],
                      open: [{ rate: 100/s, arrivals: constant, callers: 16 }] }
                    """, duration: "10s")
            let closedYAML = try scenario(
                closedSite, load: "{ closed: [1], processes: [1] }", duration: "10s")
            async let openRun = site.run(openYAML)
            async let closedRun = closedSite.run(closedYAML)

            let open = try #require(try await openRun.cells.first { $0.cell.open != nil })
            let response = try #require(open.latency[.response])
            let backlog = try #require(open.open).backlog
            #expect(open.operations + backlog == 1_000)
            var late = backlog == 0 ? [] : ["a backlog of \(backlog)"]
            func expect(_ value: Int64?, near seconds: Double, _ name: String) throws {
                let measured = Double(try #require(value)) / 1e9
                #expect(measured > seconds - 0.06 || backlog > 0, "\(name): \(measured) s")
                if measured > seconds + 0.06 { late.append("\(name): \(measured) s") }
            }
            // A call due u seconds into the stall is done after the 100 u before it, at
            // 3 + 0.1 u: it takes 3 - 0.9 u, and as many calls take longer as were due before it.
            // So of a thousand calls the share q is slower than 3 - 9 q seconds. Calls come 10 ms
            // apart, so the percentile and the edge of the stall are each sure to one of those;
            // the rest of the tolerance is for threads that wake late.
            for (value, share) in [(response.p90, 0.1), (response.p99, 0.01)] {
                try expect(value, near: 3 - 9 * share, "\(share)")
            }
            if try #require(response.p50) > 20_000_000 { late.append("the median") }
            try expect(response.longest, near: 3, "the longest")

            let closed = try #require(
                try await closedRun.cells.first { $0.cell.open == nil && !$0.cell.isBaseline })
            // Seven thousand on a machine that is free.
            if closed.service.count < 1_000 { late.append("\(closed.service.count) calls") }
            if closed.service.p99 ?? .max > 100_000_000 { late.append("the closed load's p99") }
            try expect(closed.service.longest, near: 3, "the closed load's longest")
            return late
        }
    }
}
