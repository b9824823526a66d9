import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Times and losses agree")
struct ConsistencyTests {
    /// A projection of any kind, with the largest data set that is looked at.
    private func projection(_ generator: inout SeededGenerator) throws -> Projection {
        try Runs.projection(
            .random(using: &generator),
            perSecond: [Double.random(in: 50...200_000, using: &generator)],
            identities: Int.random(in: 1...20, using: &generator),
            recordsPerOperation: UInt64.random(in: 1...20, using: &generator))
    }

    @Test("at T(N) all N records are gone, and a thousandth sooner they are not")
    func inverse() throws {
        for seed: UInt64 in 1...500 {
            var generator = SeededGenerator(seed: seed)
            let projection = try projection(&generator)
            let operations = UInt64.random(in: 1_000...50_000_000, using: &generator)
            let dataset = RecordCount(operations * projection.recordsPerOperation)
            let end_ns = projection.theft(of: dataset).seconds.value * 1e9
            try #require(end_ns < 9e18, "seed \(seed)")
            let after = projection.loss(
                within: Nanoseconds(Int64(end_ns.rounded(.up)) + 1), of: dataset)
            #expect(after.fraction >= 1 - 1e-9, "seed \(seed): \(projection.throttle.keyForm)")
            let before = projection.loss(within: Nanoseconds(Int64(end_ns * 0.999)), of: dataset)
            #expect(before.fraction < 1, "seed \(seed): \(projection.throttle.keyForm)")
        }
    }

    @Test("a projection is what the throttle's envelope leaves of what a delay leaves the device")
    func envelopes() throws {
        for seed: UInt64 in 1...500 {
            var generator = SeededGenerator(seed: seed)
            var throttle = Policy.random(using: &generator)
            if throttle.limit != .none, Bool.random(using: &generator) {
                let bytes = Int.random(in: 1...600, using: &generator)
                throttle.charge = .bytes(ByteCount(bytes))
            }
            let rate = Double.random(in: 50...200_000, using: &generator)
            let identities = Int.random(in: 1...20, using: &generator)
            let projection = try Runs.projection(
                throttle, perSecond: [rate], identities: identities)
            // One call at a time was measured: sixteen share it, whatever the slots.
            let delay = throttle.limit.delay.seconds.value
            let served = min(rate, 16 / (1 / rate + delay))
            let envelope = throttle.envelope(
                servedAt: served, identities: identities,
                // A record of 256 bytes hands over its tag too.
                units: throttle.units(forBytes: 272))
            let count = UInt64.random(in: 1...10_000_000, using: &generator)
            let time = envelope.time(for: Double(count), servedAt: served)
            let theft = projection.theft(of: RecordCount(count))
            #expect(
                isClose(theft.seconds.value, time.value, within: 1e-9),
                "seed \(seed): \(throttle.keyForm)")
            let window = Nanoseconds(Int64.random(in: 1...1_000_000_000_000, using: &generator))
            let loss = projection.loss(within: window, of: RecordCount(count))
            let most = envelope.operations(within: window.seconds, servedAt: served)
            #expect(
                isClose(loss.records, min(Double(count), most), within: 1e-9),
                "seed \(seed): \(throttle.keyForm)")
        }
    }

    @Test("a longer window loses no less, and a larger data set takes no less time")
    func monotone() throws {
        for seed: UInt64 in 1...300 {
            var generator = SeededGenerator(seed: seed)
            let projection = try projection(&generator)
            let sizes = (0..<40).map { _ in
                RecordCount(UInt64.random(in: 1...100_000_000, using: &generator))
            }.sorted()
            let times = sizes.map { projection.theft(of: $0).seconds.value }
            for (shorter, longer) in zip(times, times.dropFirst()) {
                #expect(shorter <= longer * (1 + 1e-12), "seed \(seed)")
            }
            let dataset = RecordCount(1_000_000_000)
            let windows = (0..<40).map { _ in
                Nanoseconds(Int64.random(in: 1...20_000_000_000_000, using: &generator))
            }.sorted()
            let losses = windows.map { projection.loss(within: $0, of: dataset).records }
            for (fewer, more) in zip(losses, losses.dropFirst()) {
                #expect(fewer <= more * (1 + 1e-9), "seed \(seed)")
            }
        }
    }

    @Test("no loss exceeds the data set, the device or the throttle's envelope")
    func bounded() throws {
        for seed: UInt64 in 1...300 {
            var generator = SeededGenerator(seed: seed)
            let projection = try projection(&generator)
            let window = Nanoseconds(Int64.random(in: 1...20_000_000_000_000, using: &generator))
            let dataset = RecordCount(UInt64.random(in: 1...1_000_000_000, using: &generator))
            let loss = projection.loss(within: window, of: dataset)
            let perOperation = Double(projection.recordsPerOperation)
            let device = projection.service.rate.estimate * window.seconds.value * perOperation
            let holders = projection.throttle.scope == .perClient ? projection.identities : 1
            let most = mostAdmitted(by: projection.throttle.limit, within: window.seconds.value)
            let least = min(Double(dataset.count), device, most * Double(holders) * perOperation)
            #expect(loss.records <= least * (1 + 1e-9), "seed \(seed)")
            #expect(loss.records >= 0, "seed \(seed)")
        }
    }

    /// By hand: a bucket's burst and refill; every window that a stretch of time can touch; and of
    /// a breaker what a sliding window of the same count and length admits.
    private func mostAdmitted(by limit: Limit, within seconds: Double) -> Double {
        switch limit {
        case .none, .concurrency, .delay: .infinity
        case .tokenBucket(let bucket):
            Double(bucket.burst.count) + bucket.rate.perSecond * seconds
        case .fixedWindow(let fixed): mostAdmitted(by: fixed, within: seconds)
        case .budget(let budget): mostAdmitted(by: budget.window, within: seconds)
        case .slidingWindow(let sliding):
            Double(sliding.limit.count) * (seconds / sliding.window.seconds.value).rounded(.up)
        case .breaker(let breaker): mostAdmitted(by: breaker, within: seconds)
        case .tarpit(let tarpit): mostAdmitted(by: tarpit, within: seconds)
        case .all(let members):
            members.map { mostAdmitted(by: $0, within: seconds) }.min() ?? .infinity
        }
    }

    private func mostAdmitted(by fixed: FixedWindow, within seconds: Double) -> Double {
        Double(fixed.limit.count) * ((seconds / fixed.window.seconds.value).rounded(.up) + 1)
    }

    /// After each lockout the count begins anew; between two of them a window holds no more than θ.
    private func mostAdmitted(by breaker: Breaker, within seconds: Double) -> Double {
        let lockouts = (seconds / breaker.lockout.seconds.value).rounded(.up)
        let windows = (seconds / breaker.window.seconds.value).rounded(.up)
        return Double(breaker.threshold.count) * (lockouts + windows)
    }

    /// Those who wait do so one after another, the others are counted as by a sliding window.
    private func mostAdmitted(by tarpit: Tarpit, within seconds: Double) -> Double {
        Double(tarpit.free.count) * (seconds / tarpit.window.seconds.value).rounded(.up)
            + (seconds / tarpit.first.seconds.value).rounded(.up) + 1
    }

    @Test("the cost of a projection does not grow with the data set", .timeLimit(.minutes(1)))
    func constantCost() throws {
        let throttles = [
            Policy.none, .bucket(Rate(1, per: .seconds(86_400)), burst: 1),
            .window(1, per: .milliseconds(1)),
        ]
        for throttle in throttles {
            let projection = try Runs.projection(throttle, perSecond: [20_000])
            for size: UInt64 in [10_000, 1_000_000_000_000_000] {
                let theft = projection.theft(of: RecordCount(size))
                #expect(theft.seconds.value >= Double(size) / 20_000 * (1 - 1e-12))
                #expect(theft.seconds.value.isFinite)
                let loss = projection.loss(within: .max, of: RecordCount(size))
                #expect(loss.records > 0 && loss.records <= Double(size))
            }
        }
    }
}
