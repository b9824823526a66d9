import Benchmark
import Exposure
import Latency
import Load
import Throttling
import Units

/// The parts that stand in the way of a timed call, each alone: ns are per call of the part.
let benchmarks: @Sendable () -> Void = {
    Rival.callIfAsked()
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], timeUnits: .nanoseconds, warmupIterations: 3,
        scalingFactor: .kilo, maxDuration: .seconds(1), maxIterations: 2_000)
    throttleBenchmarks()
    sharedThrottleBenchmarks()
    histogramBenchmarks()
    callerBenchmarks()
    projectionBenchmarks()
    gateStatisticsBenchmarks()
}

private func histogramBenchmarks() {
    Benchmark("histogram, record") { benchmark in
        var histogram = LatencyHistogram()
        benchmark.startMeasurement()
        for index in benchmark.scaledIterations {
            histogram.record(Nanoseconds(20_000 + Int64(index) * 37))
        }
        benchmark.stopMeasurement()
        blackHole(histogram.count)
    }
    Benchmark("histogram, encode", configuration: .init(scalingFactor: .one)) { benchmark in
        var histogram = LatencyHistogram()
        for index in 0..<100_000 { histogram.record(Nanoseconds(20_000 + Int64(index) * 37)) }
        benchmark.startMeasurement()
        blackHole(HistogramEncoding.encode(histogram))
        benchmark.stopMeasurement()
    }
}

/// The whole closed loop over an operation that does nothing: two clock reads, one record.
private func callerBenchmarks() {
    let perCall = BenchmarkMetric.custom("Nanoseconds a call", useScalingFactor: false)
    Benchmark(
        "caller loop, no-op operation",
        configuration: .init(
            metrics: [perCall], scalingFactor: .one, maxDuration: .seconds(2), maxIterations: 40)
    ) { benchmark in
        let load = Workload(
            callers: 1, warmUp: .lasting(.milliseconds(5)), duration: .milliseconds(20))
        let clock = MonotonicClock()
        let recorded = try load.run(clock: clock) { _ in
            NoOperation()
        } awaitRelease: {
            clock.now() + .milliseconds(1)
        }
        guard let record = recorded?.callers.first else { return }
        let callCount = Int64(max(record.operations, 1))
        benchmark.measurement(perCall, Int(record.elapsed.count / callCount))
    }
    Benchmark("monotonic clock, read") { benchmark in
        let clock = MonotonicClock()
        for _ in benchmark.scaledIterations { blackHole(clock.now()) }
    }
}

/// T(N) must cost the same for a small and for an enormous N.
private func projectionBenchmarks() {
    let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(100))
    let window = FixedWindow(limit: RecordCount(1_000), window: .seconds(60))
    let policies = [
        ("token bucket", Policy(.tokenBucket(bucket))),
        ("fixed window", Policy(.fixedWindow(window))),
    ]
    for (name, policy) in policies {
        for (size, operations) in [("1e4", 1e4), ("1e15", 1e15)] {
            Benchmark("T(\(size)), \(name)") { benchmark in
                for index in benchmark.scaledIterations {
                    let rate = 30_000 + Double(index)
                    let envelope = policy.envelope(servedAt: rate)
                    blackHole(envelope.time(for: operations, servedAt: rate))
                }
            }
        }
    }
}

/// Opens nothing, at once, and is always right.
private struct NoOperation: Operation {
    let recordCount = 64

    mutating func perform(_ index: Int) -> UInt { 0 }

    func verify(_ index: Int) -> Bool { true }
}
