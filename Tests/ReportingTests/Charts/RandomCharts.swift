import Reporting
import Units

/// Charts with random values of every kind, odd ones among them; the same seed, the same chart.
struct RandomCharts {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }

    mutating func value() -> Double {
        switch below(24) {
        case 0: return 0
        case 1: return .infinity
        case 2: return .nan
        case 3: return -Double(below(1_000))
        case 4: return pick([1e-300, 1e300, -.infinity, .leastNormalMagnitude, 1e100])
        default:
            var size = Double(below(9_000) + 1_000) / 1_000
            let exponent = below(25) - 9
            for _ in 0..<abs(exponent) { size = exponent < 0 ? size / 10 : size * 10 }
            return size
        }
    }

    mutating func text() -> String {
        let words = [
            "aes-gcm-256", "token bucket", "<b>", "\"500/s\"", "& burst", "µs", "\u{1}", "長い",
        ]
        return (0..<below(9)).map { _ in pick(words) }.joined(separator: " ")
    }

    mutating func axis() -> Axis {
        var axis = Axis(text(), scale: pick([.linear, .log10]), unit: pick(ValueUnit.allCases))
        axis.startsAtZero = below(2) == 0
        if below(4) == 0 { axis.domain = pick([0.5...80, 1e-3...1e9, 5...5.5]) }
        if below(5) == 0 { axis.ticks = (0..<below(9)).map { _ in value() } }
        return axis
    }

    mutating func series() -> Series {
        let points = (0..<below(12)).map { _ in
            Series.Point(
                value(), below(8) == 0 ? nil : value(), low: below(3) == 0 ? value() : nil,
                high: below(3) == 0 ? value() : nil)
        }
        return Series(
            text(), points, style: pick([.markers, .line, .dashed, .step]),
            interval: pick([.bars, .band]), color: below(3) == 0 ? below(12) : nil)
    }

    /// A line chart.
    mutating func lineChart() -> LineChart {
        let references = (0..<below(9)).map { _ in
            ReferenceLine(
                pick([.x, .y]), value(), to: below(4) == 0 ? value() : nil, label: text())
        }
        let lines = (0..<below(8)).map { _ in series() }
        return LineChart(
            title: text(), subtitle: text(), x: axis(), y: axis(), series: lines,
            references: references)
    }

    mutating func latency() -> Nanoseconds? {
        below(4) == 0 ? nil : Nanoseconds(Int64(next() >> UInt64(below(62) + 1)))
    }

    mutating func row() -> PercentileChart.Row {
        let label = (0..<below(5) + 1).map { _ in text() }.joined(separator: "/")
        return PercentileChart.Row(
            label, p50: latency(), p90: latency(), p99: latency(), p999: latency(), max: latency())
    }

    /// A percentile chart.
    mutating func percentileChart() -> PercentileChart {
        let groups = (0..<below(4)).map { _ in
            PercentileChart.Group(text(), (0..<below(7)).map { _ in row() })
        }
        return PercentileChart(title: text(), subtitle: text(), label: text(), groups: groups)
    }
}
