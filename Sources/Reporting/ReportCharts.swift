import Exposure
import Latency
import Results
import Throttling
import Units

/// The charts of a report, made from the same values as its tables.
struct ReportCharts {
    private let run: Run
    private let exposure: RunExposure
    private var model: ExposureModel { exposure.model }
    private let findings: Findings

    init(_ run: Run, _ exposure: RunExposure, _ findings: Findings) {
        self.run = run
        self.exposure = exposure
        self.findings = findings
    }

    /// Every chart that the run has values for.
    var charts: [ReportChart] {
        var charts: [ReportChart] = []
        for group in SubjectGroup.grouping(model.projections) {
            charts.append(exfiltration(group))
            charts.append(recordsLost(group))
            charts += DetectionCharts(run, exposure, findings).charts(of: group)
        }
        if run.cells.contains(where: { $0.throughput != nil }) { charts.append(throughput) }
        if run.cells.contains(where: { $0.service.count > 0 }) { charts.append(latency) }
        if run.cells.contains(where: { $0.open != nil }) { charts.append(response) }
        return charts
    }

    private func exfiltration(_ group: SubjectGroup) -> ReportChart {
        let series = group.projections.enumerated().map { index, projection in
            let points = exfiltrationSizes.map { size in
                let theft = projection.theft(of: size)
                return Series.Point(
                    Double(size.count), theft.seconds.value, low: theft.low?.value,
                    high: theft.high?.value)
            }
            return Series(
                group.label(of: projection), points, style: .line, interval: .band,
                color: index)
        }
        let chart = LineChart(
            title: "How long the theft of a data set takes",
            subtitle: Findings.title(group.subject)
                + ", a thief as fast as anchor and throttle allow",
            x: Axis("records in the data set", scale: .log10, unit: .records),
            y: Axis("time until the last record has left", scale: .log10, unit: .duration),
            series: series,
            references: model.windows.map {
                ReferenceLine(.y, $0.seconds.value, label: $0.seconds.inWords)
            })
        return ReportChart(
            name: "exfiltration-\(group.fileName)",
            caption: "Time to steal a data set against its size, \(Findings.title(group.subject)); "
                + "the horizontal lines are times until the thief is stopped",
            svg: chart.svg)
    }

    private func recordsLost(_ group: SubjectGroup) -> ReportChart {
        let total = Double(findings.dataset.count)
        let series = group.projections.enumerated().map { index, projection in
            let points = windowSizes(group).map { window in
                let loss = projection.loss(within: window, of: findings.dataset)
                return Series.Point(
                    window.seconds.value, loss.records, low: loss.low, high: loss.high)
            }
            return Series(
                group.label(of: projection), points, style: .line, interval: .band,
                color: index)
        }
        let chart = LineChart(
            title: "Records lost when the thief is stopped",
            subtitle:
                "\(Findings.title(group.subject)), \(findings.dataset.inWords) in the data set",
            x: Axis("time until the thief is stopped", scale: .log10, unit: .duration),
            y: Axis("records lost", scale: .log10, unit: .records), series: series,
            references: [
                ReferenceLine(.y, total, label: "all \(findings.dataset.inWords) records")
            ])
        return ReportChart(
            name: "records-lost-\(group.fileName)",
            caption: "Records lost against the time until the thief is stopped, "
                + "\(Findings.title(group.subject))",
            svg: chart.svg)
    }

    private var throughput: ReportChart {
        var series: [(name: String, points: [Series.Point])] = []
        for result in run.cells
        where result.cell.showsCapacity {
            guard let rate = result.throughput, result.verdict.isValid else { continue }
            let cell = result.cell
            let processes = cell.processes == 1 ? "1 process" : "\(cell.processes) processes"
            let name = "\(cell.subject), \(processes)"
            let point = Series.Point(
                Double(cell.callers), rate.estimate, low: rate.low, high: rate.high)
            if let index = series.firstIndex(where: { $0.name == name }) {
                series[index].points.append(point)
            } else {
                series.append((name, [point]))
            }
        }
        let callers = Set(series.flatMap(\.points).map(\.x)).sorted()
        let rates = series.flatMap(\.points).compactMap(\.y)
        // AES and RSA lie two decades apart: a linear axis would show one of them as zero.
        let isWide = (rates.max() ?? 1) > 20 * (rates.min() ?? 1)
        let chart = LineChart(
            title: "Throughput against concurrent callers",
            subtitle: "closed load without a throttle, intervals at 95 % between rounds",
            x: Axis(
                "concurrent callers, all processes together", scale: .log10,
                domain: (callers.first ?? 1) * 0.8...(callers.last ?? 1) * 1.25, ticks: callers),
            y: isWide
                ? Axis("operations per second", scale: .log10)
                : Axis("operations per second", startsAtZero: true),
            series: series.map { Series($0.name, $0.points) })
        return ReportChart(
            name: "throughput", caption: "Operations a second against concurrent callers",
            svg: chart.svg)
    }

    private var latency: ReportChart {
        let operation = run.scenario.anchor.operation
        let chart = PercentileChart(
            title: "Latency of one \(operation)",
            subtitle: "\(Wording.timedCalls(of: operation)), without the wait for a throttle",
            label: "service time of a call", groups: latencyGroups(.service))
        return ReportChart(
            name: "latency", caption: "Latency percentiles of every cell", svg: chart.svg)
    }

    private var response: ReportChart {
        let chart = PercentileChart(
            title: "Response at a demand",
            subtitle:
                "from the instant at which a call was due to its completion, every wait in it",
            label: "response time of a call", groups: latencyGroups(.response))
        return ReportChart(
            name: "response", caption: "Response percentiles of the open loads", svg: chart.svg)
    }

    /// The percentiles of a kind, a row for each cell that has any, by what the cells opened.
    private func latencyGroups(_ kind: LatencyKind) -> [PercentileChart.Group] {
        var groups: [(heading: String, rows: [PercentileChart.Row])] = []
        for result in run.cells where !result.cell.isFloor {
            guard let figures = result.latency[kind], figures.count > 0 else { continue }
            let heading = Findings.title(result.cell.subject)
            let short = result.cell.classedKey.dropFirst(result.cell.subject.count + 1)
            let row = PercentileChart.Row(
                String(short), p50: figures.p50.map(Nanoseconds.init),
                p90: figures.p90.map(Nanoseconds.init), p99: figures.p99.map(Nanoseconds.init),
                p999: figures.p999.map(Nanoseconds.init),
                max: figures.longest.map(Nanoseconds.init))
            if let index = groups.firstIndex(where: { $0.heading == heading }) {
                groups[index].rows.append(row)
            } else {
                groups.append((heading, [row]))
            }
        }
        return groups.map { PercentileChart.Group($0.heading, $0.rows).withSharedPartsInHeading }
    }

    /// Sizes between the smallest and the largest data set, forty a decade, and those named.
    private var exfiltrationSizes: [RecordCount] {
        let named = model.datasets
        guard let first = named.first, let last = named.last, first < last else { return named }
        let between = LogarithmicSteps.inside(Double(first.count), Double(last.count))
            .map { RecordCount(UInt64($0)) }
        return Set(named + between).sorted()
    }

    /// Windows between the shortest and the one by which all is lost, forty a decade, and those
    /// named.
    private func windowSizes(_ group: SubjectGroup) -> [Nanoseconds] {
        let last = model.windows.firstIndex { window in
            group.projections.allSatisfy {
                $0.loss(within: window, of: findings.dataset).fraction >= 1
            }
        }
        let named = last.map { Array(model.windows[...$0]) } ?? model.windows
        guard let first = named.first, let last = named.last, first < last else { return named }
        let between = LogarithmicSteps.inside(Double(first.count), Double(last.count))
            .map { Nanoseconds(Int64($0)) }
        return Set(named + between).sorted()
    }
}

extension PercentileChart.Group {
    /// The group with what the keys of all rows share at their beginning and at their end in the
    /// heading, so that a row says only where it differs.
    fileprivate var withSharedPartsInHeading: Self {
        let keys = rows.map { $0.label.split(separator: "/", omittingEmptySubsequences: false) }
        guard keys.count > 1, let first = keys.first, let shortest = keys.map(\.count).min()
        else { return self }
        // A part is left to each row even where two of them are alike.
        let before = (0..<shortest - 1).prefix { place in
            keys.allSatisfy { $0[place] == first[place] }
        }.count
        let after = (0..<shortest - 1 - before).prefix { place in
            keys.allSatisfy { $0[$0.count - 1 - place] == first[first.count - 1 - place] }
        }.count
        let shared = first.prefix(before) + first.suffix(after)
        guard !shared.isEmpty else { return self }
        var group = self
        group.heading += ": " + shared.joined(separator: ", ")
        for (row, key) in keys.enumerated() {
            group.rows[row].label =
                key.dropFirst(before).dropLast(after).joined(separator: "/")
        }
        return group
    }
}
