import ArgumentParser
import Foundation
import Regression
import Units

/// By which rule a gate decides, and how much it costs to be undecided.
struct GateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much more the candidate may cost, such as 5% or 0.05.", valueName: "share"))
    var tolerance = Tolerance(share: 0.05)

    @Option(
        help: ArgumentHelp(
            "What is gated: throughput, service-p50, service-p99, cpu-time. Several by commas; "
                + "by default all.", valueName: "list"))
    var metrics: MetricList?

    @Flag(help: "INCONCLUSIVE exits with 0.")
    var allowInconclusive = false

    /// The rule.
    var rule: GateRule {
        GateRule(tolerance: tolerance.share, metrics: metrics?.metrics ?? Metric.allCases)
    }
}

/// A share of a cost, as in `5%` or `0.05`.
struct Tolerance: ExpressibleByArgument {
    let share: Double

    init(share: Double) { self.share = share }

    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        let digits = isPercent ? String(argument.dropLast()) : argument
        guard let number = Double(digits.trimmingCharacters(in: .whitespaces)) else { return nil }
        let share = isPercent ? number / 100 : number
        // A bare 5 would be 500 %, which nobody means.
        guard share > 0, share < (isPercent ? 10 : 1) else { return nil }
        self.share = share
    }

    var defaultValueDescription: String { "\(Significant.text(share * 100))%" }
}

/// Metrics by name, separated by commas.
struct MetricList: ExpressibleByArgument {
    let metrics: [Metric]

    init?(argument: String) {
        var metrics: [Metric] = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let metric = Metric(rawValue: name), !metrics.contains(metric) else {
                return nil
            }
            metrics.append(metric)
        }
        self.metrics = metrics
    }
}
