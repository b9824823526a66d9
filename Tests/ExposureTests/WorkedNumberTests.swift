import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Worked numbers")
struct WorkedNumberTests {
    private let million = RecordCount(1_000_000)
    private let bucket = Policy.bucket(Rate(500), burst: 100)

    @Test("a token bucket of 500/s and burst 100 holds a million records for 1,999.8 s")
    func tokenBucket() throws {
        let projection = try Runs.projection(bucket, perSecond: [20_000])
        let theft = projection.theft(of: million)
        #expect(isClose(theft.seconds.value, 1_999.8))
        #expect(theft.boundedBy == .throttle)
        #expect(isClose(theft.recordsPerSecond, 1_000_000 / 1_999.8))
        for (seconds, records) in [(10, 5_100.0), (900, 450_100), (1_999, 999_600)] {
            let loss = projection.loss(within: .seconds(Int64(seconds)), of: million)
            #expect(isClose(loss.records, records), "after \(seconds) s")
            #expect(isClose(loss.fraction, records / 1e6))
        }
    }

    @Test("while the burst lasts, the device's own speed is all that holds the thief")
    func burst() throws {
        let projection = try Runs.projection(bucket, perSecond: [20_000])
        let theft = projection.theft(of: RecordCount(100))
        #expect(isClose(theft.seconds.value, 100 / 20_000))
        #expect(theft.boundedBy == .hsm)
        let loss = projection.loss(within: .milliseconds(2), of: million)
        #expect(isClose(loss.records, 40))
    }

    @Test("a window of 1,000 a minute holds a million records for 59,880.1 s at the best phase")
    func fixedWindow() throws {
        let window = Policy.window(1_000, per: .seconds(60))
        let projection = try Runs.projection(window, perSecond: [20_000])
        let theft = projection.theft(of: million)
        #expect(isClose(theft.seconds.value, 59_880.1))
        #expect(theft.boundedBy == .throttle)
        // Two windows' worth around the edge, then one a minute.
        let losses: [(Nanoseconds, Double)] = [
            (.milliseconds(100), 2_000), (.seconds(60), 2_000), (.milliseconds(60_100), 3_000),
        ]
        for (time, records) in losses {
            let loss = projection.loss(within: time, of: million)
            #expect(isClose(loss.records, records), "after \(time)")
        }
    }

    @Test("without a throttle the time is the data set over the rate")
    func unthrottled() throws {
        let projection = try Runs.projection(.none, perSecond: [20_000])
        let theft = projection.theft(of: million)
        #expect(isClose(theft.seconds.value, 50) && theft.boundedBy == .hsm)
        #expect(isClose(projection.loss(within: .seconds(10), of: million).records, 200_000))
        #expect(projection.loss(within: .seconds(51), of: million).fraction == 1)
    }

    @Test("a throttle that the device never reaches changes nothing")
    func laxThrottles() throws {
        for throttle in [
            Policy.bucket(Rate(30_000), burst: 1), .window(1_200_001, per: .seconds(60)),
        ] {
            let theft = try Runs.projection(throttle, perSecond: [20_000]).theft(of: million)
            #expect(isClose(theft.seconds.value, 50), "\(throttle.keyForm)")
            #expect(theft.boundedBy == .hsm, "\(throttle.keyForm)")
        }
    }

    @Test(
        "k records an operation divide the operations, a rest taking one more",
        arguments: [(1, 1_000_000), (10, 100_000), (3, 333_334), (999_999, 2), (2_000_000, 1)])
    func recordsPerOperation(perOperation: UInt64, operations: Double) throws {
        let plain = try Runs.projection(
            .none, perSecond: [20_000], recordsPerOperation: perOperation)
        #expect(isClose(plain.theft(of: million).seconds.value, operations / 20_000))
        let throttled = try Runs.projection(
            bucket, perSecond: [20_000], recordsPerOperation: perOperation)
        let expected = max(operations / 20_000, (operations - 100) / 500)
        #expect(isClose(throttled.theft(of: million).seconds.value, expected))
        let loss = throttled.loss(within: .seconds(1), of: RecordCount(1_000_000_000_000))
        #expect(isClose(loss.records, 600 * Double(perOperation)))
    }

    @Test("identities multiply a throttle of each client and leave a global one alone")
    func identities() throws {
        let throttles: [(Policy, one: Double, ten: Double)] = [
            (.bucket(Rate(500), burst: 100), 1_999.8, 1_999.8),
            (.bucket(Rate(500), burst: 100, scope: .perClient), 1_999.8, 999_000 / 5_000),
            (.window(1_000, per: .seconds(60)), 59_880.1, 59_880.1),
            // Ten windows' worth take half a second on either side of an edge.
            (.window(1_000, per: .seconds(60), scope: .perClient), 59_880.1, 98 * 60 + 1),
            (.none, 50, 50),
        ]
        for (throttle, one, ten) in throttles {
            for (identities, seconds) in [(1, one), (10, ten)] {
                let theft = try Runs.projection(
                    throttle, perSecond: [20_000], identities: identities
                ).theft(of: million)
                #expect(
                    isClose(theft.seconds.value, seconds),
                    "\(throttle.keyForm), \(identities): \(theft.seconds.value)")
            }
        }
    }

    @Test("the anchor factor is the time over that with the key in memory")
    func anchorFactor() throws {
        let factors: [(Policy, Double)] = [
            (.none, 40), (bucket, 1_999.8 / 1.25),
            (.window(1_000, per: .seconds(60)), 59_880.1 / 1.25),
        ]
        for (throttle, factor) in factors {
            let theft = try Runs.projection(throttle, perSecond: [20_000], baseline: 800_000)
                .theft(of: million)
            let found = try #require(theft.anchorFactor)
            #expect(isClose(found, factor), "\(throttle.keyForm): \(found)")
        }
        let alone = try Runs.projection(.none, perSecond: [20_000]).theft(of: million)
        #expect(alone.anchorFactor == nil)
    }

    @Test("only a throttle on the application's host can be walked around")
    func bypass() throws {
        for place in EnforcementPoint.allCases {
            let throttle = Policy.bucket(Rate(500), burst: 100, enforced: place)
            let projection = try Runs.projection(throttle, perSecond: [20_000])
            #expect(projection.throttle.enforced.isBypassable == (place == .host))
        }
    }
}
