import Reporting
import Units

/// Charts as the reports draw them, with values of a likely size, and some that are hardly charts.
enum ChartExamples {
    /// The charts by the names of their golden files.
    static let all: [(name: String, svg: String)] = [
        ("exfiltration", exfiltration.svg), ("throughput", throughput(.linear).svg),
        ("throughput-log", throughput(.log10).svg), ("records-lost", recordsLost.svg),
        ("percentiles", percentiles.svg), ("one-point", line([.init(4, 1_200)]).svg),
        ("no-points", line([]).svg),
        ("equal-values", line((1...5).map { .init(Double($0), 7) }).svg),
        ("huge-range", hugeRange.svg), ("gaps", gaps.svg), ("crowd", crowd.svg),
        ("no-rows", PercentileChart(title: "Latency", label: "Service time", groups: []).svg),
    ]

    private static let windows: [(label: String, seconds: Double)] = [
        ("1 min", 60), ("5 min", 300), ("15 min", 900), ("1 h", 3_600), ("1 day", 86_400),
        ("14 days", 1_209_600), ("30 days", 2_592_000), ("241 days", 20_822_400),
    ]

    /// The records that leave in a time under the three throttles of the examples.
    private static let throttles: [(name: String, records: @Sendable (Double) -> Double)] = [
        ("no throttle", { 100_000 * $0 }),
        ("token bucket, 500/s, burst 100", { min(100_000 * $0, 100 + 500 * $0) }),
        ("fixed window, 10k per minute", { 10_000 * (1 + ($0 / 60).rounded(.down)) }),
    ]

    private static var exfiltration: LineChart {
        let sizes = (0...20).map { 10_000 * decades(Double($0) / 4) }
        let seconds: [(String, (Double) -> Double, Series.Style)] = [
            ("no throttle", { $0 / 100_000 }, .markers),
            ("token bucket, 500/s, burst 100", { ($0 - 100) / 500 }, .markers),
            (
                "fixed window, 10k per minute",
                { (($0 / 10_000).rounded(.up) - 1) * 60 + 0.1 }, .markers
            ),
        ]
        return LineChart(
            title: "How long the theft of a data set takes",
            subtitle:
                "aes-gcm-256, records of 256 B, a thief with 4 callers; the shaded band is the"
                + " 95 % interval. A line below a window: the theft goes unseen.",
            x: Axis("Records in the data set", scale: .log10, unit: .records),
            y: Axis("Time until the last record has left", scale: .log10, unit: .duration),
            series: seconds.map { name, time, style in
                Series(
                    name,
                    sizes.map {
                        Series.Point($0, time($0), low: time($0) * 0.8, high: time($0) * 1.25)
                    },
                    style: style, interval: .band)
            },
            references: windows.map { ReferenceLine(.y, $0.seconds, label: $0.label) })
    }

    private static func throughput(_ scale: Axis.Scale) -> LineChart {
        func series(_ name: String, _ values: [Double], _ share: Double) -> Series {
            let callers = [1.0, 2, 4, 8, 16]
            return Series(
                name,
                zip(callers, values).map { callers, value in
                    Series.Point(
                        callers, value, low: value * (1 - share), high: value * (1 + share))
                })
        }
        return LineChart(
            title: "Throughput against concurrent callers",
            subtitle: "Median of five rounds with 95 % intervals",
            x: Axis("Concurrent callers", scale: .log10, ticks: [1, 2, 4, 8, 16]),
            y: Axis("Operations per second", scale: scale, startsAtZero: true),
            series: [
                series("aes-gcm, 1 process", [21_000, 39_500, 61_000, 66_000, 64_800], 0.06),
                series("aes-gcm, 2 processes", [20_400, 41_000, 78_000, 104_000, 107_000], 0.08),
                series("rsa-oaep, 1 process", [610, 1_190, 2_280, 2_350, 2_330], 0.05),
            ])
    }

    private static var recordsLost: LineChart {
        LineChart(
            title: "Records lost before the theft is seen",
            subtitle: "A data set of 10 million records of 256 B, aes-gcm-256",
            x: Axis("Time until detection", scale: .log10, unit: .duration),
            y: Axis("Records lost", scale: .log10, unit: .records),
            series: throttles.map { name, records in
                let isStep = name.hasPrefix("fixed")
                let minutes = (1...30).map { Double($0) * 60 } + [3_600, 7_200, 21_600, 60_000]
                let times = isStep ? minutes : (0...24).map { 60 * decades(Double($0) / 4) }
                let points = (times + windows.map(\.seconds)).sorted().map {
                    Series.Point($0, min(1e7, records($0)))
                }
                return Series(name, points, style: isStep ? .step : .line)
            }, references: [ReferenceLine(.y, 1e7, label: "all 10 million records")])
    }

    private static var percentiles: PercentileChart {
        let throttles = ["none", "token-bucket-500ps-100", "fixed-window-10kpmin", "sliding-50kph"]
        let loads = ["closed-1", "closed-4x2"]
        var turn = 0.0
        let groups = [("aes-gcm-256", 44_000.0), ("rsa-oaep-2048", 1_650_000)].map { key, base in
            let rows = throttles.flatMap { throttle in
                loads.map { load in
                    turn += 1
                    let p50 = base * (1 + 0.13 * turn.truncatingRemainder(dividingBy: 5))
                    func time(_ factor: Double) -> Nanoseconds { Nanoseconds(Int64(p50 * factor)) }
                    let isShort = turn.truncatingRemainder(dividingBy: 6) == 0
                    return PercentileChart.Row(
                        "\(key)/256B/\(load)/\(throttle)", p50: time(1), p90: time(1.35),
                        p99: time(2.4 + turn / 9), p999: isShort ? nil : time(6 + turn / 3),
                        max: time(19 + 3 * turn))
                }
            }
            return PercentileChart.Group("\(key) decrypt", rows)
        }
        return PercentileChart(
            title: "Latency of a decrypt call", subtitle: "Pooled over five rounds of 20 s",
            label: "Service time of a call", groups: groups)
    }

    private static var hugeRange: LineChart {
        LineChart(
            title: "Sixteen-digit <ranges> & \"markup\"", subtitle: "From 1e-9 to 1e15",
            x: Axis("x", scale: .log10), y: Axis("seconds", scale: .log10, unit: .duration),
            series: [
                Series("diagonal", [.init(1e-9, 1e-9), .init(1, 1), .init(1e15, 1e15)]),
                Series("zeros are skipped", [.init(0, 1), .init(1e3, 0), .init(1e6, 1e6)]),
            ])
    }

    private static var gaps: LineChart {
        LineChart(
            title: "Gaps and values without an end",
            x: Axis("Identities", unit: .plain, domain: 0...10),
            y: Axis("Time until the last record has left", scale: .log10, unit: .duration),
            series: [
                Series(
                    "alarm",
                    (0...10).map {
                        .init(Double($0), $0 < 6 ? 60 * decades(Double($0)) : .infinity)
                    }),
                Series("holes", (0...10).map { .init(Double($0), $0 % 4 == 3 ? nil : 3_600) }),
                Series("never measured", [.init(1, nil)]),
                Series(
                    "modelled", (0...10).map { .init(Double($0), 40 + Double($0)) },
                    style: .dashed),
            ],
            references: [
                ReferenceLine(.x, 5, label: "limit"),
                ReferenceLine(.y, 900, to: 3_000, label: "on call"),
            ])
    }

    private static var crowd: LineChart {
        LineChart(
            title: "Lines that end at the same place", x: Axis("Share", unit: .percent),
            y: Axis("Bytes", scale: .log10, unit: .bytes),
            series: (0..<9).map { turn in
                Series(
                    "series \(turn) with a name that takes more than one line",
                    [.init(0, 256 * Double(turn + 1)), .init(1, 65_536)],
                    style: [.markers, .line, .dashed, .step][turn % 4])
            },
            references: (0..<6).map { ReferenceLine(.y, 2_048 + Double($0), label: "near \($0)") }
                + (0..<6).map { ReferenceLine(.x, 0.5 + Double($0) / 1_000, label: "close \($0)") })
    }

    private static func line(_ points: [Series.Point]) -> LineChart {
        LineChart(
            title: "Throughput", x: Axis("Callers"), y: Axis("Operations per second"),
            series: [Series("measured", points)])
    }

    /// Ten to the power given, by square roots alone, so that no mathematical library is needed.
    private static func decades(_ exponent: Double) -> Double {
        let quarters = Int((exponent * 4).rounded())
        let root = 10.0.squareRoot().squareRoot()
        return (0..<quarters).reduce(1.0) { product, _ in product * root }
    }
}
