import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Intervals of a projection")
struct IntervalTests {
    private let million = RecordCount(1_000_000)

    @Test("two rounds give Student's interval, the fast bound the short time")
    func swapsBounds() throws {
        // Rates 100 · e^±0.1: the mean of the logarithms is ln 100, its error 0.1, t(1) = 12.7062.
        let (slow, fast) = (90.483_741_803_595_96, 110.517_091_807_564_77)
        let spread = 3.563_062_663  // e^(0.1 · 12.7062047)
        let projection = try Runs.projection(.none, perSecond: [slow, fast])
        let theft = projection.theft(of: million)
        #expect(isClose(theft.seconds.value, 10_000))
        let low = try #require(theft.low)
        let high = try #require(theft.high)
        #expect(isClose(low.value, 10_000 / spread, within: 1e-6))
        #expect(isClose(high.value, 10_000 * spread, within: 1e-6))
        let loss = projection.loss(within: .seconds(100), of: million)
        let (least, most) = (try #require(loss.low), try #require(loss.high))
        #expect(isClose(loss.records, 10_000))
        #expect(isClose(least, 10_000 / spread, within: 1e-6))
        #expect(isClose(most, 10_000 * spread, within: 1e-6))
    }

    @Test("one round gives a figure and no interval")
    func oneRound() throws {
        let projection = try Runs.projection(.none, perSecond: [100])
        let theft = projection.theft(of: million)
        #expect(isClose(theft.seconds.value, 10_000))
        #expect(theft.low == nil && theft.high == nil)
        let loss = projection.loss(within: .seconds(10), of: million)
        #expect(loss.low == nil && loss.high == nil)
    }

    @Test("the bounds lie around the figure, whatever the throttle")
    func ordered() throws {
        for seed: UInt64 in 1...300 {
            var generator = SeededGenerator(seed: seed)
            let rates = (0..<Int.random(in: 2...6, using: &generator)).map { _ in
                Double.random(in: 50...200_000, using: &generator)
            }
            let projection = try Runs.projection(
                .random(using: &generator), perSecond: rates,
                identities: Int.random(in: 1...20, using: &generator))
            let size = RecordCount(UInt64.random(in: 1...1_000_000_000, using: &generator))
            let theft = projection.theft(of: size)
            let (low, high) = (try #require(theft.low), try #require(theft.high))
            #expect(low <= theft.seconds && theft.seconds <= high, "seed \(seed)")
            let window = Nanoseconds(Int64.random(in: 1...10_000_000_000_000, using: &generator))
            let loss = projection.loss(within: window, of: size)
            let (least, most) = (try #require(loss.low), try #require(loss.high))
            #expect(least <= loss.records && loss.records <= most, "seed \(seed)")
        }
    }

    @Test("a time that the device's speed does not move is said to be set by the throttle")
    func setByThrottle() throws {
        let bucket = Policy.bucket(Rate(500), burst: 100)
        let throttled = try Runs.projection(bucket, perSecond: [19_000, 21_000])
        #expect(throttled.theft(of: million).isSetByThrottle)
        let free = try Runs.projection(.none, perSecond: [19_000, 21_000])
        #expect(!free.theft(of: million).isSetByThrottle)
        // Here the lower bound of the rate is less than what the bucket lets pass.
        let near = try Runs.projection(bucket, perSecond: [400, 700])
        #expect(!near.theft(of: million).isSetByThrottle)
    }
}
