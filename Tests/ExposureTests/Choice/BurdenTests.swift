import Exposure
import Foundation
import Testing
import Throttling
import Units

@Suite("What a throttle costs the innocent")
struct BurdenTests {
    private func demand(_ perSecond: Double, dispersion: Double = 1) -> DemandProfile {
        DemandProfile(
            period: .seconds(60),
            means: [Double](repeating: perSecond * 60, count: DemandProfile.hours),
            dispersion: dispersion)
    }

    private func burden(
        _ policy: Policy, _ demand: DemandProfile, servedRate: Double = 1_000
    ) -> Double? {
        Burden(of: policy, on: DemandLevels(of: demand), servedRate: servedRate).share
    }

    private func bucket(_ rate: UInt64, _ burst: UInt64) -> TokenBucket {
        TokenBucket(rate: Rate(rate), burst: RecordCount(burst))
    }

    /// P(W > x) of an M/D/1 queue with a service time of 1 (Erlang, 1909).
    private func exact(_ load: Double, _ x: Double) -> Double {
        var (sum, factorial) = (0.0, 1.0)
        for k in 0...Int(x) {
            if k > 0 { factorial *= Double(k) }
            let a = load * (Double(k) - x)
            sum += pow(a, Double(k)) / factorial * exp(-a)
        }
        return 1 - (1 - load) * sum
    }

    @Test(
        "as many calls wait for a bucket as for a server of its rate",
        arguments: [(80.0, 5), (90.0, 10), (95.0, 20), (70.0, 3)])
    func bucketWaits(_ load: Double, _ burst: UInt64) throws {
        let model = try #require(burden(Policy(.tokenBucket(bucket(100, burst))), demand(load)))
        let truth = exact(load / 100, Double(burst) - 1)
        #expect(abs(model - truth) < 5e-3 * truth, "\(model) against \(truth)")
    }

    /// The share that Poisson arrivals find refused by a bucket, one after another.
    private func refused(_ load: Double, rate: Double, burst: Double, seed: UInt64) -> Double {
        var generator = SeededGenerator(seed: seed)
        var (tokens, denied) = (burst, 0)
        let calls = 400_000
        for _ in 0..<calls {
            let uniform = Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator)
            tokens = min(burst, tokens - log(uniform) / load * rate)
            if tokens < 1 { denied += 1 } else { tokens -= 1 }
        }
        return Double(denied) / Double(calls)
    }

    @Test(
        "as many calls are denied by a bucket as in play",
        arguments: [(80.0, 5), (90.0, 10), (95.0, 20), (70.0, 3)])
    func bucketDenies(_ load: Double, _ burst: UInt64) throws {
        let policy = Policy(.tokenBucket(bucket(100, burst)), onLimit: .deny)
        let model = try #require(burden(policy, demand(load)))
        let play = refused(load, rate: 100, burst: Double(burst), seed: 7)
        #expect(abs(model - play) < 0.06 * play + 0.001, "\(load): \(model) against \(play)")
    }

    @Test("above a bucket's rate everybody waits, or what exceeds it is denied")
    func overload() throws {
        let waits = try #require(burden(Policy(.tokenBucket(bucket(100, 5))), demand(200)))
        #expect(waits == 1)
        let denied = try #require(
            burden(Policy(.tokenBucket(bucket(100, 5)), onLimit: .deny), demand(200)))
        #expect(abs(denied - 0.5) < 1e-12)
    }

    @Test("a window burdens what exceeds it, a delay everybody, no throttle nobody")
    func others() throws {
        let window = Policy(
            .fixedWindow(FixedWindow(limit: RecordCount(50), window: .seconds(1))),
            onLimit: .deny)
        let excess = try #require(burden(window, demand(50)))
        // E[max(0, D − 50)] / 50 of a Poisson of 50: about √(50 / 2π) / 50.
        #expect(abs(excess - 0.0564) < 0.002, "\(excess)")
        #expect(burden(Policy(.delay(.milliseconds(1))), demand(1)) == 1)
        #expect(burden(.none, demand(1_000_000)) == 0)
        #expect(burden(Policy(.tokenBucket(bucket(1, 1)), scope: .perClient), demand(1)) == nil)
    }

    @Test("calls in flight wait as Erlang's C formula has it")
    func erlang() throws {
        // One server at a load of 0.6: M/M/1, where P(wait) is the load.
        let one = try #require(
            burden(Policy(.concurrency(RecordCount(1))), demand(60), servedRate: 100))
        #expect(abs(one - 0.6) < 1e-12)
        // Two at an offered load of 1: 1/3.
        let two = try #require(
            burden(Policy(.concurrency(RecordCount(2))), demand(100), servedRate: 100))
        #expect(abs(two - 1.0 / 3) < 1e-12)
    }

    @Test("a more variable demand is burdened more, and a larger bucket burdens less")
    func order() throws {
        let steady = try #require(burden(Policy(.tokenBucket(bucket(110, 50))), demand(100)))
        let bursty = try #require(
            burden(Policy(.tokenBucket(bucket(110, 50))), demand(100, dispersion: 400)))
        let large = try #require(
            burden(Policy(.tokenBucket(bucket(200, 200))), demand(100, dispersion: 400)))
        #expect(steady < bursty && large < bursty)
    }

    /// The burden with a device that does so many calls a second.
    private func burden(
        _ policy: Policy, _ demand: DemandProfile, device: Double
    ) throws -> Double {
        try #require(
            Burden(
                of: policy, on: DemandLevels(of: demand), servedRate: device, deviceRate: device
            ).share)
    }

    @Test("who asks for more than the device does waits, whether or not behind a wide throttle")
    func device() throws {
        let wide = Policy(.tokenBucket(bucket(1_000, 1_000)))
        for policy in [Policy.none, wide] {
            #expect(try burden(policy, demand(547), device: 360) == 1)
            #expect(try burden(policy, demand(360), device: 360) == 1)
            #expect(try burden(policy, demand(200), device: 360) < 1e-9)
        }
        // Of a week, those hours wait that are busier than the device.
        let hours = (0..<DemandProfile.hours).map { $0 % 24 == 14 ? 60.0 * 547 : 60 * 100 }
        let week = DemandProfile(period: .seconds(60), means: hours, dispersion: 1)
        let share = try burden(.none, week, device: 360)
        #expect(abs(share - 547 / (547 + 23 * 100.0)) < 1e-9, "\(share)")
        // A queue of a second's worth, as for a server: P(W > 9) of M/D/1 at a load of 0.9.
        let near = try burden(.none, demand(9), device: 10)
        #expect(abs(near - exact(0.9, 9)) < 5e-3 * near, "\(near)")
    }

    @Test("behind a throttle that lets through what the device does, nobody waits for the device")
    func deviceBehind() throws {
        let narrow = Policy(.tokenBucket(bucket(100, 100)), onLimit: .deny)
        let alone = try #require(burden(narrow, demand(150)))
        #expect(try burden(narrow, demand(150), device: 120) == alone)
    }
}
