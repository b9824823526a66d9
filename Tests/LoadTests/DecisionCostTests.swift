import Foundation
import Testing
import Throttling
import Units

@testable import Load

@Suite("What a throttle costs itself")
struct DecisionCostTests {
    private static let limits: [Limit] = [
        .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))),
        .tokenBucket(TokenBucket(rate: Rate(1, per: .seconds(86_400)), burst: RecordCount(3))),
        .fixedWindow(FixedWindow(limit: RecordCount(1), window: .seconds(366 * 86_400))),
        .slidingWindow(SlidingWindow(limit: RecordCount(1_000), window: .seconds(60))),
        .breaker(
            Breaker(threshold: RecordCount(1), window: .seconds(1), lockout: .seconds(86_400))),
        .breaker(
            Breaker(threshold: RecordCount(900), window: .seconds(60), lockout: .seconds(600))),
        .budget(Budget(quota: RecordCount(50_000), period: .week)),
        .concurrency(RecordCount(4)), .delay(.milliseconds(5)),
        .all([
            .concurrency(RecordCount(4)),
            .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))),
        ]),
    ]

    @Test("a decision of every policy is timed, and the state that it was timed on is gone")
    func everyPolicy() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(0), first: .milliseconds(10), growth: 2, longest: .seconds(1),
                window: .seconds(60)))
        for limit in Self.limits + [.tarpit(tarpit)] {
            for scope in [Scope.global, .perClient] {
                let path = FileManager.default.temporaryDirectory
                    .appending(path: "cost-\(UUID().uuidString)").path
                let policy = Policy(limit, onLimit: .deny, scope: scope)
                let cost = try #require(
                    try DecisionCost.nanoseconds(of: policy, units: 1, at: path))
                // From a few instructions to what a debugging build on a busy machine takes.
                #expect(cost > 1 && cost < 1_000_000, "\(policy.keyForm): \(cost) ns")
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test("where nothing is decided there is nothing to time")
    func none() throws {
        #expect(try DecisionCost.nanoseconds(of: .none, units: 1, at: "/nowhere/at/all") == nil)
    }
}
