import Testing

@testable import Reporting

@Suite("Properties of charts")
struct ChartPropertyTests {
    private static let seeds: [UInt64] = Array(1...40)

    private static func charts(_ seed: UInt64) -> [String] {
        var random = RandomCharts(seed: seed)
        return [random.lineChart().svg, random.percentileChart().svg]
    }

    @Test("a chart of anything is well-formed XML with finite coordinates", arguments: seeds)
    func isWellFormed(seed: UInt64) throws {
        for svg in Self.charts(seed) {
            let reader = try #require(SVGReader(svg), "seed \(seed)")
            #expect(reader.numbers.allSatisfy { $0.isFinite }, "seed \(seed)")
            #expect(!svg.contains("nan") && !svg.contains("inf\""), "seed \(seed)")
            #expect(
                Array(reader.elementNames.prefix(3)) == ["svg", "title", "desc"], "seed \(seed)")
        }
    }

    @Test("every label lies inside the page", arguments: seeds)
    func labelsLieInside(seed: UInt64) throws {
        for svg in Self.charts(seed) {
            let reader = try #require(SVGReader(svg), "seed \(seed)")
            for label in reader.labels {
                let isInside =
                    label.box.left >= 0 && label.box.top >= 0
                    && label.box.right <= reader.width && label.box.bottom <= reader.height
                #expect(isInside, "seed \(seed): \(label)")
            }
        }
    }

    @Test("no two labels touch", arguments: seeds)
    func labelsDoNotTouch(seed: UInt64) throws {
        for svg in Self.charts(seed) {
            let labels = try #require(SVGReader(svg), "seed \(seed)").labels
            for (index, label) in labels.enumerated() {
                let touched = labels[(index + 1)...].first { $0.box.overlaps(label.box) }
                #expect(touched == nil, "seed \(seed): \(label)")
            }
        }
    }

    @Test("the same values yield the same bytes", arguments: seeds)
    func isDeterministic(seed: UInt64) {
        #expect(Self.charts(seed) == Self.charts(seed), "seed \(seed)")
    }

    @Test("lines, markers and intervals stay on the page", arguments: seeds)
    func drawingStaysInside(seed: UInt64) {
        var random = RandomCharts(seed: seed)
        let chart = random.lineChart()
        let layout = LineChartLayout(chart)
        for series in chart.series {
            let trace = SeriesTrace(series, in: layout)
            let ends = trace.bars.flatMap { [$0.from, $0.to] }
            let spots = trace.lines.joined() + trace.markers + trace.arrows + ends
            let corners = trace.bands.joined()
            #expect(spots.allSatisfy { layout.plot.contains($0) }, "seed \(seed)")
            #expect(corners.allSatisfy { layout.plot.contains($0) }, "seed \(seed)")
        }
    }
}
