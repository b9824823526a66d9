import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Extreme figures")
struct ExtremeTests {
    private static let throttles = [
        Policy.none, .bucket(Rate(1, per: .seconds(86_400)), burst: 1),
        .bucket(Rate(10_000_000), burst: 1_000_000_000),
        .bucket(Rate(1), burst: 1, scope: .perClient), .window(1, per: .milliseconds(1)),
        .window(1_000_000_000_000, per: .seconds(366 * 86_400)),
        .window(1, per: .seconds(366 * 86_400), scope: .perClient),
        Policy(
            .slidingWindow(
                SlidingWindow(limit: RecordCount(1), window: .seconds(366 * 86_400)))),
        Policy(
            .breaker(
                Breaker(
                    threshold: RecordCount(1 << 20), window: .milliseconds(1),
                    lockout: .seconds(86_400)))),
        Policy(.budget(Budget(quota: RecordCount(1), period: .week)), scope: .perClient),
        Policy(.concurrency(RecordCount(.max)), scope: .perClient),
        Policy(.concurrency(RecordCount(1))),
        .delayed(Nanoseconds(1)), .delayed(.max),
        Policy(
            .all([
                .delay(.seconds(60)), .concurrency(RecordCount(1)),
                .tokenBucket(TokenBucket(rate: Rate(1), burst: RecordCount(1))),
            ])),
    ]

    @Test(
        "the largest data sets at absurd rates give numbers or never, and nothing else",
        arguments: [1e-305, 1e-9, 1, 1e9, 1e28, 1e300])
    func absurdRates(rate: Double) throws {
        for throttle in Self.throttles {
            for perOperation: UInt64 in [1, 1_000_000_000_000_000_000] {
                let projection = try Runs.projection(
                    throttle, perSecond: [rate, rate * 2, rate], identities: 1_000_000,
                    recordsPerOperation: perOperation, baseline: 1e6)
                for size: UInt64 in [1, 1_000_000_000_000_000_000, .max] {
                    check(projection, RecordCount(size))
                }
            }
        }
    }

    private func check(_ projection: Projection, _ size: RecordCount) {
        let theft = projection.theft(of: size)
        for time in [theft.seconds, theft.low, theft.high] {
            guard let time else { continue }
            #expect(time.value >= 0, "\(projection.throttle.keyForm)")
            #expect(time.isNever == (time.inWords == "never"))
        }
        #expect((theft.boundedBy == .never) == theft.seconds.isNever)
        #expect(theft.recordsPerSecond >= 0)
        #expect((theft.anchorFactor ?? 0) >= 0)
        for window in [Nanoseconds(1), .seconds(60), .max] {
            let loss = projection.loss(within: window, of: size)
            for records in [loss.records, loss.low, loss.high] {
                guard let records else { continue }
                #expect(
                    records >= 0 && records <= Double(size.count),
                    "\(projection.throttle.keyForm), \(window): \(records)")
            }
            #expect((0...1).contains(loss.fraction))
        }
    }

    @Test("a theft that outlasts every number is bounded by never and said so")
    func never() throws {
        let projection = try Runs.projection(.none, perSecond: [1e-300])
        let theft = projection.theft(of: RecordCount(1_000_000_000_000_000_000))
        #expect(theft.seconds.isNever && theft.boundedBy == .never)
        #expect(theft.seconds.inWords == "never")
        #expect(theft.recordsPerSecond == 0)
    }

    @Test("a thousand billion years are still a number")
    func ages() throws {
        let slow = Policy.bucket(Rate(1, per: .seconds(86_400)), burst: 1)
        let theft = try Runs.projection(slow, perSecond: [20_000])
            .theft(of: RecordCount(1_000_000_000_000_000_000))
        #expect(isClose(theft.seconds.value, 8.64e22))
        #expect(theft.boundedBy == .throttle && theft.seconds.inWords.hasSuffix("years"))
    }
}
