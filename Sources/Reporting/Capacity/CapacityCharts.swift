import Regression
import Results
import Units

/// The charts of a capacity, made from the same values as its tables.
struct CapacityCharts {
    private let run: CapacityRun
    private let analysis: CapacityAnalysis

    init(_ run: CapacityRun, _ analysis: CapacityAnalysis) {
        (self.run, self.analysis) = (run, analysis)
    }

    /// Every chart that the run has values for.
    var charts: [ReportChart] { [latency, concurrency].compactMap(\.self) }

    /// Response times against the rate that was achieved.
    private var latency: ReportChart? {
        guard let result = run.result else { return nil }
        let points = analysis.curve
        guard !points.isEmpty || !analysis.invalid.isEmpty else { return nil }
        let limit = result.promise.limit
        var chart = LineChart(
            title: "Response time against the rate of calls",
            subtitle: "\(Findings.title(run.cell.subject)), \(analysis.openLoad); response from "
                + "the instant at which a call was due, every wait in it; of the steps of one "
                + "rate the longest",
            x: Axis("calls answered per second", startsAtZero: true),
            y: Axis("response time of a call", scale: .log10, unit: .duration),
            series: Self.percentiles(points) + Self.invalid(analysis.invalid),
            references: [
                ReferenceLine(
                    .y, limit.seconds.value,
                    label: "promise: \(CapacityWording.promise(result.promise))", style: .strong)
            ] + interval(result))
        chart.callouts = callouts(result, points)
        return ReportChart(
            name: "latency-throughput",
            caption: "Response time against the rate of calls, with the promise, the knee and the "
                + "capacity",
            svg: chart.svg)
    }

    private static func percentiles(_ points: [CapacityAnalysis.Point]) -> [Series] {
        let both: [(name: String, value: (LatencyFigures) -> Int64?)] = [
            ("p99", { $0.p99 }), ("p50", { $0.p50 }),
        ]
        return both.map { name, value in
            Series(
                name,
                points.compactMap { point in
                    value(point.response).map { Series.Point(point.achieved, Double($0) / 1e9) }
                })
        }
    }

    /// What INVALID steps showed: in colours and shapes as the lines, but hollow and alone.
    private static func invalid(_ points: [CapacityAnalysis.Point]) -> [Series] {
        percentiles(points).enumerated().compactMap { turn, series in
            guard !series.points.isEmpty else { return nil }
            return Series(
                "\(series.name), INVALID", series.points, style: .points, color: turn,
                marker: turn, isHollow: true)
        }
    }

    /// The band between the rates that were shown to keep and to break the promise.
    private func interval(_ result: CapacityResult) -> [ReferenceLine] {
        guard let low = result.capacity?.perSecond else { return [] }
        guard let high = result.lowestFailing?.perSecond, high > low else {
            return [ReferenceLine(.x, low, label: "", style: .event)]
        }
        return [
            ReferenceLine(.x, low, to: high, label: ""),
            ReferenceLine(.x, low, label: "", style: .event),
        ]
    }

    private func callouts(
        _ result: CapacityResult, _ points: [CapacityAnalysis.Point]
    ) -> [Callout] {
        var callouts: [Callout] = []
        if let capacity = result.capacity?.perSecond {
            // What was not broken at any rate that could be tried is a lower bound.
            let words = result.lowestFailing == nil ? "capacity at least" : "capacity"
            let bound = result.lowestFailing.map { "broken at \(CapacityWording.rate($0))/s" }
            callouts.append(
                Callout(
                    capacity, result.promise.limit.seconds.value,
                    ["\(words) \(CapacityWording.perSecond(capacity))/s"]
                        + [bound].compactMap(\.self)))
        }
        if let knee = analysis.knee, let p50 = points[knee.index].response.p50 {
            let rate = knee.load.throughput
            let place = "\(CapacityWording.perSecond(rate))/s"
            let words =
                analysis.isBeforeKnee
                ? "knee not reached" : "knee \(place)\(knee.isAtEdge ? " or below" : "")"
            callouts.append(Callout(rate, Double(p50) / 1e9, [words]))
        }
        return callouts
    }

    /// Throughput against callers that call again at once.
    private var concurrency: ReportChart? {
        let best = run.concurrency.best
        guard let first = best.first, let last = best.last else { return nil }
        let measured = Series(
            "measured",
            best.map { point in
                let rate = point.throughput
                return Series.Point(
                    Double(point.callers), rate?.estimate, low: rate?.low, high: rate?.high)
            })
        let reach = Double(first.callers) * 0.8...Double(last.callers) * 2.2
        var chart = LineChart(
            title: "Throughput against concurrent callers",
            subtitle: "\(Findings.title(run.cell.subject)), closed load without a throttle, the "
                + "best of \(processes) processes; intervals at 95 % between rounds",
            x: Axis(
                "concurrent callers, all processes together", scale: .log10, domain: reach,
                ticks: best.map { Double($0.callers) }),
            y: Axis("calls per second", startsAtZero: true),
            series: [measured] + analysis.fitSeries(from: first.callers, to: last.callers, reach))
        chart.callouts = analysis.peakCallout(within: reach)
        return ReportChart(
            name: "concurrency",
            caption: "Calls a second against concurrent callers, with the law of scalability "
                + "fitted to it",
            svg: chart.svg)
    }

    private var processes: String {
        let counts = Set(run.concurrency.map(\.processes)).sorted()
        return Wording.list(counts.map { "\($0)" })
    }
}
