import Benchmark
import Glibc
import Throttling
import Units

/// One decision through the mapped file, with nobody else at it: of calls that are all admitted, and
/// of calls that are all refused.
func throttleBenchmarks() {
    for (name, limit) in limits() {
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
private func limits() -> [(name: String, limit: Limit)] {
    let most = RecordCount(100_000)
    let minute = Nanoseconds.seconds(60)
    let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(1_000_000), burst: RecordCount(1_000)))
    let sliding = Limit.slidingWindow(
        SlidingWindow(limit: most, window: .milliseconds(100)))
    let tarpit = Tarpit(
        free: RecordCount(1_000), first: .milliseconds(10), growth: 2, longest: .seconds(1),
        window: .microseconds(500))
    return [
        ("token bucket", bucket),
        ("fixed window", .fixedWindow(FixedWindow(limit: most, window: .milliseconds(100)))),
        ("sliding window", sliding),
        (
            "breaker",
            .breaker(Breaker(threshold: most, window: .milliseconds(100), lockout: minute))
        ),
        ("budget", .budget(Budget(quota: RecordCount(10_000_000), period: .day))),
        ("tarpit", tarpit.map(Limit.tarpit) ?? .none),
        ("all of two", .all([bucket, sliding])),
    ]
}
