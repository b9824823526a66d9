import Testing
import Throttling
import Units

@Suite("A policy has a stable name")
struct PolicyTests {
    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(500), burst: RecordCount(100)))
    private static let window = Limit.fixedWindow(
        FixedWindow(limit: RecordCount(10_000), window: .seconds(60)))
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
        ])
    func keyForm(_ policy: Policy, _ key: String) {
        #expect(policy.keyForm == key)
    }

    @Test("the words of a policy carry its figures")
    func words() {
        #expect(Policy.none.inWords == "no throttle")
        #expect(Policy(Self.bucket).inWords == "token bucket 500/s, burst 100")
        #expect(Policy(Self.window).inWords == "fixed window 10k per minute")
    }

    @Test("only a throttle on the application's host can be walked around")
    func bypass() {
        #expect(EnforcementPoint.allCases.filter(\.isBypassable) == [.host])
    }
}
