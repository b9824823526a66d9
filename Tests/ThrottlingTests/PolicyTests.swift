import Testing
import Throttling
import Units

@Suite("A policy has a stable name")
struct PolicyTests {
    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(500), burst: RecordCount(100)))
    private static let window = Limit.fixedWindow(
        FixedWindow(limit: RecordCount(10_000), window: .seconds(60)))
    private static let sliding = Limit.slidingWindow(
        SlidingWindow(limit: RecordCount(10_000), window: .seconds(60)))
    private static let breaker = Limit.breaker(
        Breaker(threshold: RecordCount(1_000), window: .seconds(60), lockout: .seconds(600)))
    private static let budget = Limit.budget(Budget(quota: RecordCount(50_000), period: .day))
    private static let tarpit = limit(growth: 2)
    private static let slots = Limit.concurrency(RecordCount(4))
    private static let delay = Limit.delay(.milliseconds(5))
    private static let slow = Limit.tokenBucket(
        TokenBucket(rate: Rate(30_000, per: .seconds(60)), burst: RecordCount(1)))

    @Test(
        "the key form names what is not the default and nothing else",
        arguments: [
            (Policy.none, "none"),
            (Policy(bucket), "token-bucket-500ps-100"),
            (Policy(bucket, onLimit: .deny), "token-bucket-500ps-100-deny"),
            (Policy(bucket, scope: .perClient), "token-bucket-500ps-100-per-client"),
            (Policy(bucket, enforced: .host), "token-bucket-500ps-100"),
            (Policy(slow), "token-bucket-30kpmin-1"),
            (Policy(window), "fixed-window-10k-1m"),
            (Policy(window, onLimit: .deny), "fixed-window-10k-1m-deny"),
            (
                Policy(window, onLimit: .deny, scope: .perClient),
                "fixed-window-10k-1m-deny-per-client"
            ),
            (Policy(sliding), "sliding-window-10k-1m"),
            (Policy(breaker), "breaker-1k-1m-10m"),
            (Policy(budget), "budget-50k-1d"),
            (
                Policy(.budget(Budget(quota: RecordCount(1_500), period: .week))),
                "budget-1500-7d"
            ),
            (Policy(tarpit), "tarpit-100-10ms-2-1s-1m"),
            (Policy(limit(growth: 1.5), onLimit: .deny), "tarpit-100-10ms-1.5-1s-1m-deny"),
            (Policy(slots), "concurrency-4"),
            (Policy(delay), "delay-5ms"),
            (Policy(.all([bucket, slots])), "token-bucket-500ps-100+concurrency-4"),
            (
                Policy(bucket, charge: .bytes(ByteCount(256))), "token-bucket-500ps-100-per-256B"
            ),
            (
                Policy(
                    .all([window, delay]), onLimit: .deny, scope: .perClient,
                    charge: .bytes(ByteCount(4_096))),
                "fixed-window-10k-1m+delay-5ms-per-4KiB-deny-per-client"
            ),
        ])
    func keyForm(_ policy: Policy, _ key: String) {
        #expect(policy.keyForm == key)
    }

    @Test("the words of a policy carry its figures")
    func words() {
        #expect(Policy.none.inWords == "no throttle")
        #expect(Policy(Self.bucket).inWords == "token bucket 500/s, burst 100")
        #expect(Policy(Self.window).inWords == "fixed window 10k per minute")
        #expect(Policy(Self.sliding).inWords == "sliding window 10k per minute")
        #expect(
            Policy(Self.breaker).inWords == "breaker at 1k per minute, shut for 10 minutes")
        #expect(Policy(Self.budget).inWords == "budget 50k per day")
        #expect(
            Policy(Self.tarpit).inWords
                == "tarpit after 100 per minute, waits from 10ms to 1s, each 2 times the last")
        #expect(
            Policy(.all([Self.slots, Self.delay])).inWords == "at most 4 in flight and delay 5ms")
        #expect(
            Policy(Self.bucket, charge: .bytes(ByteCount(256))).inWords
                == "token bucket 500/s, burst 100, one unit for every started 256B")
    }

    private static func limit(growth: Double) -> Limit {
        let tarpit = Tarpit(
            free: RecordCount(100), first: .milliseconds(10), growth: growth,
            longest: .seconds(1), window: .seconds(60))
        return tarpit.map(Limit.tarpit) ?? .none
    }

    @Test("a call is charged one unit, or one for every started so many bytes")
    func units() {
        #expect(Policy(Self.bucket).units(forBytes: 1 << 20) == 1)
        let charged = Policy(Self.bucket, charge: .bytes(ByteCount(256)))
        let units = [0, 1, 255, 256, 257, 512, 1 << 20].map(charged.units(forBytes:))
        #expect(units == [1, 1, 1, 1, 2, 2, 4_096])
    }

    @Test("a limit of several is known by its members")
    func members() {
        let all = Limit.all([Self.bucket, Self.slots, Self.delay])
        #expect(all.members == [Self.bucket, Self.slots, Self.delay])
        #expect(all.slots == 4 && all.delay == .milliseconds(5) && all.largestRequest == 100)
        #expect(Self.window.members == [Self.window])
        #expect(Self.window.slots == nil && Self.window.delay == .zero)
        #expect(Self.slots.largestRequest == .max && Self.tarpit.largestRequest == .max)
        #expect(Limit.none.members.isEmpty && Self.delay.members == [Self.delay])
    }

    @Test("only a throttle on the application's host can be walked around")
    func bypass() {
        #expect(EnforcementPoint.allCases.filter(\.isBypassable) == [.host])
    }
}
