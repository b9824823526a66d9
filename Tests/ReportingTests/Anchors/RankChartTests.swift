import Testing

@testable import Reporting

@Suite("Rank charts")
struct RankChartTests {
    private static let seeds: [UInt64] = Array(1...40)

    private static let example = RankChart(
        title: "How strongly each anchor holds", subtitle: "aes-gcm-256, records of 256 bytes",
        label: "anchor factor",
        rows: [
            RankChart.Row("tpm", 9_400, low: 8_700, high: 10_200, note: "9,400× (8,700–10,200)"),
            RankChart.Row("softhsm", 60.3, low: 47, high: 77, note: "60.3× (47–77)"),
            RankChart.Row("nss", 1.4, note: "1.4×"),
            RankChart.Row("p11-kit-in-front-of-softhsm", nil, note: "not ranked"),
        ], reference: 1)

    @Test(
        "a chart is written as it was when its golden file was reviewed",
        arguments: [("rank", example), ("rank-nothing", RankChart(title: "", label: "", rows: []))])
    func golden(_ name: String, _ chart: RankChart) throws {
        try GoldenFile.expect(chart.svg, toMatch: "Charts/Golden/\(name).svg")
    }

    @Test("each row has its name and its figure, and what is not known says so")
    func rows() throws {
        let texts = try #require(SVGReader(Self.example.svg)).labels.map(\.text)
        for row in Self.example.rows {
            #expect(texts.contains(row.label) && texts.contains(row.note), "\(texts)")
        }
        #expect(texts.filter { $0 == "no data" }.count == 1)
    }

    @Test("the larger of two figures stands further right")
    func order() throws {
        let layout = RankLayout(Self.example)
        let places = Self.example.rows.compactMap { $0.value.flatMap(layout.x.position) }
        #expect(places.count == 3 && places[0] > places[1] && places[1] > places[2])
        #expect(places.allSatisfy { $0 >= layout.plot.left && $0 <= layout.plot.right })
    }

    @Test(
        "a chart of anything is well-formed, on the page, and no two labels touch",
        arguments: seeds)
    func anything(seed: UInt64) throws {
        var random = RandomCharts(seed: seed)
        let chart = random.rankChart()
        let svg = chart.svg
        let reader = try #require(SVGReader(svg), "seed \(seed)")
        #expect(reader.numbers.allSatisfy { $0.isFinite }, "seed \(seed)")
        #expect(svg == chart.svg, "seed \(seed)")
        for (index, label) in reader.labels.enumerated() {
            let isInside =
                label.box.left >= 0 && label.box.top >= 0 && label.box.right <= reader.width
                && label.box.bottom <= reader.height
            #expect(isInside, "seed \(seed): \(label)")
            let touched = reader.labels[(index + 1)...].first { $0.box.overlaps(label.box) }
            #expect(touched == nil, "seed \(seed): \(label)")
        }
    }
}

extension RandomCharts {
    /// A rank chart.
    fileprivate mutating func rankChart() -> RankChart {
        let rows = (0..<below(9)).map { _ in
            RankChart.Row(
                text(), below(5) == 0 ? nil : value(), low: below(3) == 0 ? nil : value(),
                high: below(3) == 0 ? nil : value(), note: text())
        }
        return RankChart(
            title: text(), subtitle: text(), label: text(), rows: rows,
            reference: below(3) == 0 ? nil : value())
    }
}
