import ArgumentParser
import Experiment
import Foundation
import Regression
import Units

/// By which rule a gate decides, and how much it costs to be undecided.
struct GateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much more the candidate may cost, such as 10% or 0.1; by default 5%.",
            valueName: "share"),
        transform: { try Tolerance(parsing: $0) })
    var tolerance = Tolerance(share: 0.05)

    @Option(
        help: ArgumentHelp(
            "What is gated: throughput, service-p50, service-p99, cpu-time. Several by commas; "
                + "by default all.", valueName: "list"),
        completion: .list(MetricList.names), transform: { try MetricList(parsing: $0) })
    var metrics: MetricList?

    @Flag(help: "INCONCLUSIVE exits with 0.")
    var allowInconclusive = false

    /// The rule.
    var rule: GateRule {
        GateRule(tolerance: tolerance.share, metrics: metrics?.metrics ?? Metric.allCases)
    }
}

/// A share of a cost, as in `5%` or `0.05`.
struct Tolerance {
    let share: Double

    init(share: Double) { self.share = share }

    /// Reads a share above nothing and up to the whole.
    ///
    /// - Throws: `ValidationError` with the reason, which ArgumentParser puts behind the value.
    init(parsing text: String) throws {
        let isPercent = text.hasSuffix("%")
        let digits = (isPercent ? String(text.dropLast()) : text)
            .trimmingCharacters(in: .whitespaces)
        guard let number = Double(digits), number.isFinite else {
            throw ValidationError("it is no share; say 5% or 0.05")
        }
        guard number > 0 else {
            throw ValidationError(
                "where nothing is tolerated nothing can pass; say more than 0, such as 5%")
        }
        // A bare 5 would be 500 %, which nobody means.
        guard isPercent || number < 1 else {
            let meant = number <= 100 ? "did you mean \(digits)%?" : "say 5% or 0.05"
            throw ValidationError(
                "without '%' that is \(Significant.text(number * 100)) %; \(meant)")
        }
        let share = isPercent ? number / 100 : number
        guard share <= 1 else {
            throw ValidationError(
                "what costs more than twice as much would pass; say 100% at the most")
        }
        self.share = share
    }
}

/// Metrics by name, separated by commas.
struct MetricList {
    let metrics: [Metric]

    /// Reads the names.
    ///
    /// - Throws: `ValidationError` with the name that is none or stands twice.
    init(parsing text: String) throws {
        var metrics: [Metric] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let metric = Metric(rawValue: name) else {
                throw ValidationError("'\(name)' is no metric; \(Self.meant(by: name))")
            }
            guard !metrics.contains(metric) else {
                throw ValidationError("'\(name)' stands twice; name it once")
            }
            metrics.append(metric)
        }
        self.metrics = metrics
    }

    /// The names that are read.
    static let names = Metric.allCases.map(\.rawValue)

    private static func meant(by name: String) -> String {
        let holding = names.filter { !name.isEmpty && $0.contains(name) }
        let near = holding.count == 1 ? holding[0] : nearestWord(to: name, among: names)
        return near.map { "did you mean '\($0)'?" } ?? "known: \(names.joined(separator: ", "))"
    }
}
