import Foundation
import Regression
import Testing

@Suite("Metrics")
struct MetricTests {
    @Test(
        "a cost ratio above 1 is worse for every metric, throughput inverted",
        arguments: Metric.allCases)
    func costs(metric: Metric) throws {
        let (better, worse) = metric.isBetterWhenMore ? (110.0, 100.0) : (100.0, 110.0)
        let difference =
            try #require(metric.logCost(worse)) - (try #require(metric.logCost(better)))
        #expect(abs(exp(difference) - 1.1) < 1e-12)
    }

    @Test("a value without a logarithm has no cost", arguments: [0, -1, .infinity, .nan])
    func valueWithoutCost(value: Double) {
        for metric in Metric.allCases { #expect(metric.logCost(value) == nil) }
    }
}
