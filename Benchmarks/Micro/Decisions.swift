import Benchmark
import Glibc
import Throttling
import Units

/// One decision through the mapped file, with nobody else at it: of calls that are all admitted,
/// and of calls that are all refused.
func throttleBenchmarks() {
    for (name, limit) in DecidedLimits.all {
        for (outcome, gap) in [("admitted", Nanoseconds.microseconds(2)), ("refused", .zero)] {
            Benchmark("throttle decision, \(name), \(outcome)") { benchmark in
                let path = "/tmp/anchorbench-micro-\(getpid())-\(name.replacing(" ", with: "-"))"
                let policy = Policy(limit, onLimit: .deny)
                try SharedState.create(at: path, for: policy)
                defer { unlink(path) }
                let state = try SharedState(path: path, policy: policy)
                if gap == .zero { while state.decide(at: .zero) == .admit {} }
                benchmark.startMeasurement()
                for index in benchmark.scaledIterations {
                    let now = Nanoseconds(Int64(index + 1) * gap.count)
                    blackHole(state.decide(at: now))
                }
                benchmark.stopMeasurement()
            }
        }
    }
}

/// Every kind of limit, each of which admits a call every two microseconds and soon refuses those
/// that come at one instant.
enum DecidedLimits {
    private static let most = RecordCount(100_000)
    private static let length = Nanoseconds.milliseconds(100)
    private static let bucket = Limit.tokenBucket(
        TokenBucket(rate: Rate(1_000_000), burst: RecordCount(1_000)))
    private static let sliding = Limit.slidingWindow(SlidingWindow(limit: most, window: length))
    private static let tarpit = Tarpit(
        free: RecordCount(1_000), first: .milliseconds(10), growth: 2, longest: .seconds(1),
        window: .microseconds(500))

    static let all: [(name: String, limit: Limit)] = [
        ("token bucket", bucket),
        ("fixed window", .fixedWindow(FixedWindow(limit: most, window: length))),
        ("sliding window", sliding),
        (
            "breaker",
            .breaker(Breaker(threshold: most, window: length, lockout: .seconds(60)))
        ),
        ("budget", .budget(Budget(quota: RecordCount(10_000_000), period: .day))),
        ("tarpit", tarpit.map(Limit.tarpit) ?? .none),
        ("all of two", .all([bucket, sliding])),
    ]
}
