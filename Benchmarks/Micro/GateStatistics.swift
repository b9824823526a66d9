import Benchmark
import Regression
import Units

/// What a gate pays for one metric of one cell, by the number of rounds of each run.
func gateStatisticsBenchmarks() {
    for count in [8, 20, 65, 1_000, 10_000, 100_000] {
        let configuration = Benchmark.Configuration(
            metrics: [.wallClock, .peakMemoryResident], timeUnits: .microseconds,
            scalingFactor: .one)
        Benchmark("rank-sum distribution, \(count) rounds", configuration: configuration) {
            benchmark in
            for _ in benchmark.scaledIterations { blackHole(RankSumDistribution(count, count)) }
        }
        Benchmark("rank-sum shift and interval, \(count) rounds", configuration: configuration) {
            benchmark in
            var generator = SeededGenerator(seed: UInt64(count))
            let samples = (0..<2).map { _ in
                (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
            }
            let distribution = RankSumDistribution(count, count)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                let test = RankSum(
                    baseline: samples[0], candidate: samples[1], distribution: distribution)
                blackHole(test.shift)
                blackHole(test.interval(level: 0.01))
            }
            benchmark.stopMeasurement()
        }
    }
}
