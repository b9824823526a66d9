import Latency
import Results
import Units

/// The charts of several anchors, made from the same values as their tables.
struct AnchorCharts {
    private let comparison: AnchorComparison

    init(_ comparison: AnchorComparison) { self.comparison = comparison }

    /// For each subject that anything valid was measured of its ranking and its throughput.
    var charts: [ReportChart] {
        comparison.rankings.filter { !$0.measured.isEmpty }.flatMap { ranking in
            (ranking.ranked.isEmpty ? [] : [rank(ranking)]) + [throughput(ranking)]
        }
    }

    private func rank(_ ranking: AnchorRanking) -> ReportChart {
        let rows = ranking.all.map { figures in
            RankChart.Row(
                figures.anchor.name, figures.factor?.estimate, low: figures.factor?.low,
                high: figures.factor?.high,
                note: figures.factor.map(Wording.factor) ?? "not ranked")
        }
        let chart = RankChart(
            title: "How strongly each anchor holds",
            subtitle: "\(ranking.title), without a throttle, intervals at 95 % between rounds",
            label: "anchor factor: a theft takes so many times as long",
            rows: rows, reference: 1)
        return ReportChart(
            name: "rank-\(ranking.fileName)",
            caption: "The anchor factor of each anchor, \(ranking.title); dashed: as long as with "
                + "no anchor",
            svg: chart.svg)
    }

    private func throughput(_ ranking: AnchorRanking) -> ReportChart {
        let callers = Set(ranking.measured.flatMap(\.usable).map { Double($0.cell.callers) })
            .sorted()
        let chart = LineChart(
            title: "Throughput against concurrent callers",
            subtitle: "\(ranking.title), closed load without a throttle, intervals at 95 % "
                + "between rounds",
            x: Axis(
                "concurrent callers, all processes together", scale: .log10,
                domain: (callers.first ?? 1) * 0.8...(callers.last ?? 1) * 1.25, ticks: callers),
            y: Axis("calls per second", scale: .log10), series: series(ranking))
        return ReportChart(
            name: "throughput-\(ranking.fileName)",
            caption: "Calls a second of each anchor against concurrent callers, \(ranking.title)",
            svg: chart.svg)
    }

    /// A line for each anchor and number of processes: an anchor keeps its colour, and a number of
    /// processes its marker.
    private func series(_ ranking: AnchorRanking) -> [Series] {
        let counts = Set(ranking.measured.flatMap(\.usable).map(\.cell.processes)).sorted()
        return ranking.measured.flatMap { figures -> [Series] in
            let turn = comparison.anchors.firstIndex { $0.name == figures.anchor.name } ?? 0
            return counts.enumerated().compactMap { place, processes -> Series? in
                let loads = figures.usable.filter { $0.cell.processes == processes }
                guard !loads.isEmpty else { return nil }
                let name = processes == 1 ? "1 process" : "\(processes) processes"
                // Beyond the colours there are, another marker tells the anchors apart.
                let lap = turn / Ink.palette.count
                return Series(
                    "\(figures.anchor.name), \(name)",
                    loads.map { result in
                        let rate = result.throughput
                        return Series.Point(
                            Double(result.cell.callers), rate?.estimate, low: rate?.low,
                            high: rate?.high)
                    },
                    color: turn, marker: lap * counts.count + place)
            }
        }
    }
}
