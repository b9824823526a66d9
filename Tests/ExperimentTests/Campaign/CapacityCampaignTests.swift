import Foundation
import Regression
import Results
import Testing
import Units

@testable import Experiment

extension CampaignTests {
    @Suite("Campaigns for a capacity")
    struct CapacityCampaignTests {
        /// A search on the scripted module that takes some ten seconds.
        private func search(
            _ site: Site, _ promise: String, scenario: String = "",
            interruption: Interruption? = nil,
            change: (inout CapacityPlan.Settings) -> Void = { _ in },
            observe: @escaping @Sendable (CapacityProgress) -> Void = { _ in }
        ) async throws -> CapacityCampaign.Outcome {
            let yaml = """
                anchor: { uri: '\(try site.uri())', mechanism: [aes-gcm] }
                record-bytes: [16]
                load: { closed: [1, 4], processes: [1] }
                throttles: [none]
                warm-up: 20ms
                \(scenario)
                """
            let resolved = try ScenarioReader.read(yaml, source: "a test")
            var settings = CapacityPlan.Settings(try Promise(parsing: promise), seed: 5)
            settings.effort = CapacityEffort(
                closedRounds: 1, closedLength: .milliseconds(200), warmUp: .milliseconds(20),
                ramp: .milliseconds(400), bisection: .milliseconds(800),
                confirmation: .seconds(3), longest: .seconds(13))
            change(&settings)
            let campaign = CapacityCampaign(
                resolved, plan: try CapacityPlan(resolved, settings),
                folder: try RunFolder(creating: site.output, for: "capacity.json"),
                tools: site.tools, interruption: interruption ?? Interruption(), observe: observe)
            return try await campaign.run()
        }

        /// Two servers of 4 ms can do 500 calls a second, and at more than that no 9 of 10 Poisson
        /// arrivals are done within 60 ms. At nine tenths of it they still are: the mean wait of
        /// the queue M/D/2 is some 9 ms.
        private static let saturation = 500.0

        @Test("the capacity of a queue that is known is found, and kept with all its figures")
        func known() async throws {
            // Other work on the machine makes calls late, never early: it spoils one attempt, a
            // fault of the search spoils all three.
            var isNear = false
            for _ in 1...3 where !isNear {
                let (low, high) = try await bounds()
                isNear = high ?? .infinity > Self.saturation * 0.7 && (low != nil || high != nil)
            }
            #expect(isNear)
        }

        /// Between which rates a search found the capacity, which is never too high.
        private func bounds() async throws -> (low: Double?, high: Double?) {
            let site = try Site(script: "service=fixed:4ms; servers=2")
            let outcome = try await search(
                site, "p90<60ms",
                change: {
                    $0.callers = 32
                    $0.resolution = 0.1
                })
            let run = outcome.run
            let result = try #require(run.result)
            #expect(!outcome.isDeviceLost && run.partial == nil)
            let (low, high) = (result.capacity?.perSecond, result.lowestFailing?.perSecond)
            #expect(low ?? 0 < Self.saturation * 1.05, "\(result)")
            // A step in which that woke the generator late says nothing against the device.
            #expect(result.finding != .unbounded, "\(result)")
            #expect(run.concurrency.map(\.callers).sorted() == [1, 4])
            for finished in result.steps where finished.judgement != nil {
                let round = try #require(run.round(ofStep: finished.step.number))
                let counts = try #require(round.open)
                #expect(counts.scheduled > 0 && round.seconds >= finished.step.length.seconds.value)
                #expect((round.latency[.response]?.count ?? 0) <= counts.scheduled)
            }
            let file = site.output.appending(path: "capacity.json")
            let kept = try JSONDecoder().decode(CapacityRun.self, from: Data(contentsOf: file))
            #expect(kept.result == run.result && kept.rounds == run.rounds)
            try site.expectNothingLeft()
            return (low, high)
        }

        @Test("a device that is lost keeps the steps before it, and says why it ended")
        func lost() async throws {
            let site = try Site(script: "service=fixed:1ms; crash=#1500")
            let outcome = try await search(
                site, "p90<50ms",
                observe: { progress in
                    // Whoever comes after the one that crashes, crashes too.
                    if case .step = progress { try? site.follow("crash=#5") }
                })
            let partial = try #require(outcome.run.partial)
            #expect(outcome.isDeviceLost)
            #expect(partial.hasPrefix("3 rounds in a row were lost"), "\(partial)")
            #expect(partial.contains("signal 6"), "\(partial)")
            #expect(outcome.run.result?.finding == .undecided)
            #expect(outcome.run.result?.steps.count == outcome.run.rounds.count)
            #expect(!outcome.run.rounds.isEmpty)
            try site.expectNothingLeft()
        }

        @Test("Ctrl-C keeps the steps that were measured")
        func interrupted() async throws {
            let (site, interruption) = (try Site(script: "service=fixed:1ms"), Interruption())
            let outcome = try await search(
                site, "p90<50ms", interruption: interruption,
                observe: { progress in
                    if case .step(let step) = progress, step.number == 3 { interruption.set() }
                })
            #expect(outcome.run.partial == "it was interrupted" && !outcome.isDeviceLost)
            #expect(outcome.run.rounds.map(\.step) == [1, 2])
            #expect(outcome.run.result?.steps.count == 2)
            try site.expectNothingLeft()
        }

        @Test("what protects a device holds, and the answer says that it was cut off")
        func limited() async throws {
            let site = try Site(script: "service=fixed:1ms")
            let outcome = try await search(
                site, "p90<50ms", scenario: "limits: { max-rate: 300/s, max-operations: 500 }",
                change: { $0.callers = 2 })
            #expect(outcome.run.partial == "its limit of 500 calls was reached")
            #expect(try site.calls(.decrypt) <= 500)
            let settings = try #require(outcome.run.result?.settings)
            #expect(settings.largest.perSecond <= 300)
        }
    }
}
