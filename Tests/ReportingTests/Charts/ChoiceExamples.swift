import Exposure
import Foundation
import Reporting
import Results
import Throttling
import Units

/// Charts of choices and their costs: those that a report draws, and some that are hardly charts.
enum ChoiceExamples {
    /// The charts that have golden files, by the names of these.
    static let golden: [(name: String, svg: String)] = [
        ("frontier", frontier(choice).svg), ("frontier-missed", frontier(missed).svg),
        ("exceedance", exceedance(curves).svg), ("loss-window", strategies.svg),
        ("loss-window-throttles", throttles.svg),
    ]

    /// Every chart.
    static let all: [(name: String, svg: String)] =
        golden + [
            ("frontier-empty", frontier(empty).svg), ("frontier-one", frontier(one).svg),
            ("frontier-many", frontier(many).svg), ("frontier-huge", frontier(huge).svg),
            (
                "exceedance-one",
                exceedance([
                    .init(
                        "no throttle",
                        LossExceedance(points: [
                            .init(amount: 250_000, probability: 0)
                        ]))
                ]).svg
            ),
            ("exceedance-none", exceedance([]).svg),
            (
                "exceedance-nothing",
                exceedance([
                    .init(
                        "fixed window",
                        LossExceedance(points: [
                            .init(amount: 0, probability: 0)
                        ]))
                ]).svg
            ),
            ("exceedance-huge", exceedance(hugeCurves).svg),
            ("loss-window-extremes", extremes.svg),
        ]

    static let bucket = Policy(.tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))))
    static let slow = Policy(.tokenBucket(TokenBucket(rate: Rate(100), burst: RecordCount(100))))

    static func point(
        _ throttle: Policy, _ threshold: UInt64, _ quorum: (Int, Int), _ alarms: Double,
        _ lost: Double, burden: Double = 0
    ) -> ThresholdChoice.Point {
        let settings = AlarmSettings(
            period: .seconds(60), threshold: nil, evaluationPeriods: quorum.1,
            datapointsToAlarm: quorum.0)
        return ThresholdChoice.Point(
            rule: settings.rule(at: RecordCount(threshold)), throttle: throttle,
            falseAlarmsPerMonth: alarms, recordsLost: lost, burdenedShare: burden,
            monthlyCost: 0)
    }

    private static func targets(_ alarms: Double, _ lost: UInt64) -> TargetSettings {
        TargetSettings(
            falseAlarmsPerMonth: alarms, burdenedShare: Probability(0.01),
            recordsLost: RecordCount(lost))
    }

    private static func frontier(_ choice: ThresholdChoice) -> FrontierChart {
        FrontierChart(
            title: "False alarms against records lost",
            subtitle: "AES-GCM-256, one record an operation, demand 200/s with dispersion 5",
            choice: choice)
    }

    private static let recommended = point(bucket, 30_000, (3, 3), 0.0013, 147_000)
    private static let choices = [
        point(slow, 12_400, (1, 1), 860, 9_300, burden: 0.31),
        point(slow, 12_600, (1, 1), 130, 13_800, burden: 0.31),
        point(slow, 12_900, (2, 2), 6.1, 21_500, burden: 0.31),
        point(bucket, 13_200, (2, 2), 0.9, 68_000), point(bucket, 14_000, (2, 3), 0.052, 92_000),
        recommended, point(bucket, 31_000, (3, 5), 8e-6, 231_000),
        point(.none, 40_000, (1, 1), 1e-9, 2_400_000), point(.none, 60_000, (3, 3), 0, 7_600_000),
    ]
    private static let choice = ThresholdChoice(
        targets: targets(0.1, 200_000), frontier: choices, recommended: recommended, misses: [])
    private static let missed = ThresholdChoice(
        targets: targets(0.001, 50_000), frontier: choices, recommended: nil,
        misses: [.init(target: "at most 50,000 records", nearest: 147_000, excess: 2.94)])
    private static let empty = ThresholdChoice(
        targets: targets(0, 0), frontier: [], recommended: nil, misses: [])
    private static let one = ThresholdChoice(
        targets: targets(1, 10_000), frontier: [], recommended: point(bucket, 7, (1, 1), 0, 0),
        misses: [])
    private static let many: ThresholdChoice = {
        let rates: [UInt64] = [50, 100, 200, 500, 1_000, 2_000, 5_000]
        let many = (0..<84).map { index in
            let share = Double(index) / 83
            let policy = Policy(
                .tokenBucket(TokenBucket(rate: Rate(rates[index / 12]), burst: RecordCount(100))))
            let quorum = [(1, 1), (2, 3), (3, 3)][index % 3]
            return point(
                policy, UInt64(12_000 + index * 317), quorum, power(10, 4 - 9 * share),
                power(10, 3 + 5 * share), burden: index < 24 ? 0.2 : 0)
        }
        return ThresholdChoice(
            targets: targets(1, 1_000_000), frontier: many, recommended: many[45], misses: [])
    }()
    private static let huge = ThresholdChoice(
        targets: targets(1e-12, .max),
        frontier: [
            point(.none, .max, (100, 100), 0, 1e18), point(.none, 5, (1, 1), 43_200, .infinity),
            point(bucket, 5, (1, 2), .infinity, 3),
        ], recommended: point(.none, .max, (100, 100), 0, 1e18), misses: [])

    /// A loss of the log-logistic kind: half of the thefts cost more than `median`.
    static func curve(median: Double, shape: Double, certain: Double = 1) -> LossExceedance {
        LossExceedance(
            points: (0...400).map { index in
                let amount = median * power(10, Double(index - 200) / 100)
                let odds = power(amount / median, shape)
                return .init(amount: amount, probability: certain / (1 + odds))
            })
    }

    private static func exceedance(_ curves: [ExceedanceChart.Curve]) -> ExceedanceChart {
        ExceedanceChart(
            title: "What a theft costs",
            subtitle: "10,000 draws of every price, the worst strategy against each throttle",
            currency: "USD", curves: curves)
    }

    private static let curves: [ExceedanceChart.Curve] = [
        .init("no throttle", curve(median: 38_000_000, shape: 3)),
        .init("token bucket, 500/s, burst 100", curve(median: 1_900_000, shape: 2.2)),
        .init("fixed window, 10k per minute", curve(median: 640_000, shape: 2, certain: 0.83)),
    ]
    private static let hugeCurves: [ExceedanceChart.Curve] = [
        .init("everything", curve(median: 1e24, shape: 0.5)),
        .init("hardly anything", curve(median: 1e-3, shape: 4)),
        .init("nothing known", LossExceedance(points: [])),
        .init("free in nine of ten", curve(median: 1_000, shape: 1, certain: 0.1)),
    ]

    private static let windows = (0...48).map { 60 * power(10, Double($0) / 10) }

    private static func points(_ records: (Double) -> Double) -> [LossWindowChart.Point] {
        windows.map { window in
            let lost = records(window)
            return .init(Seconds(window), lost, interval: lost * 0.96...lost * 1.04)
        }
    }

    private static var strategies: LossWindowChart {
        let all = 1e7
        return LossWindowChart(
            title: "Records lost by strategy",
            subtitle: "AES-GCM-256 behind a token bucket of 500/s, 10 million records",
            dataset: RecordCount(10_000_000),
            curves: [
                .init(
                    "sprint", points { min(all, 100 + 500 * $0) },
                    contained: .init(Seconds(250), 125_100)),
                .init("pulse", points { min(all, 433 * $0) }),
                .init("fill", points { min(all, 300 * $0) }),
                .init("creep", points { min(all, 0.8 * $0) }),
                .init("harvest", points { all * (1 - 1 / (1 + 200 * $0 / all)) }),
            ])
    }

    private static var throttles: LossWindowChart {
        LossWindowChart(
            title: "Records lost by the worst strategy",
            subtitle: "AES-GCM-256, 10 million records", dataset: RecordCount(10_000_000),
            curves: [
                .init(
                    "no throttle", points { min(1e7, 20_000 * $0) },
                    contained: .init(Seconds(250), 5_000_000)),
                .init(
                    "token bucket, 500/s, burst 100", points { min(1e7, 100 + 500 * $0) },
                    contained: .init(Seconds(250), 125_100)),
                .init(
                    "fixed window, 10k per hour",
                    points { min(1e7, 10_000 * (1 + ($0 / 3_600).rounded(.down))) },
                    contained: .init(Seconds(86_400), 250_000)),
            ])
    }

    private static var extremes: LossWindowChart {
        LossWindowChart(
            title: "Records lost", dataset: RecordCount(1_000_000_000_000_000_000),
            curves: [
                .init("all", [.init(.zero, 0), .init(Seconds(1e-9), 1e18), .init(.never, 1e18)]),
                .init("none", [.init(Seconds(60), 0), .init(Seconds(31_557_600e6), 0)]),
                .init("nobody", []),
            ])
    }

    /// A positive number to a real power.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        exp(log(base) * exponent)
    }
}
