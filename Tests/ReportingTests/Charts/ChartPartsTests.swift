import Foundation
import Testing

@testable import Reporting

@Suite("Parts of charts")
struct ChartPartsTests {
    @Test("labels moved apart keep their order, do not touch and stay in their range")
    func nudgesApart() {
        let wishes = [10.0, 12, 11, 90, 99, 50]
        let centers = Nudging.centers(
            wishes: wishes, heights: wishes.map { _ in 15 }, within: 0...100)
        let order = wishes.indices.sorted { wishes[$0] < wishes[$1] }
        for (upper, lower) in zip(order, order.dropFirst()) {
            #expect(centers[lower] - centers[upper] >= 15 - 1e-9)
        }
        #expect(centers.allSatisfy { $0 >= 7.5 && $0 <= 92.5 })
    }

    @Test("a label that nothing touches stays where it wishes")
    func leavesFreeLabels() {
        let centers = Nudging.centers(wishes: [80, 20], heights: [15, 15], within: 0...100)
        #expect(centers == [80, 20])
    }

    @Test("text reads at 4.5 : 1 on its page, light and dark, in every ink that sets text")
    func contrasts() throws {
        let inks = [Ink.text, .muted] + Ink.palette.indices.map { Ink.series($0) }
        for ink in inks {
            for page in [Ink.background, .stripe] {
                let ratios = try (
                    light: contrast(ink.light, page.light), dark: contrast(ink.dark, page.dark)
                )
                #expect(ratios.light >= 4.5 && ratios.dark >= 4.5, "\(ink.name): \(ratios)")
            }
        }
    }

    @Test("markup and forbidden characters never reach the document")
    func escapes() {
        #expect(
            Canvas.escaped("a<b & \"c\"\u{0}\u{1B}\n")
                == "a&lt;b &amp; &quot;c&quot;\u{FFFD}\u{FFFD} ")
    }

    @Test(
        "coordinates have two decimals at most and no exponent",
        arguments: [
            (0.0, "0"), (-0.001, "0"), (-1.5, "-1.5"), (12.34, "12.34"), (7.07, "7.07"),
            (860, "860"), (-0.25, "-0.25"),
        ])
    func writesNumbers(value: Double, text: String) {
        #expect(Canvas.number(value) == text)
    }

    @Test("a text too long for its place loses its middle, never its ends")
    func shortens() {
        let key = "aes-gcm-256/256B/closed-4x2/token-bucket-500ps-100"
        let short = TextMeasure.shortened(key, .cell, to: 200)
        #expect(short.hasPrefix("aes-gcm-256") && short.hasSuffix("-500ps-100"))
        #expect(short.contains("…") && TextMeasure.width(short, .cell) <= 200)
        #expect(TextMeasure.shortened(key, .cell, to: 400) == key)
    }

    @Test("values without an end are drawn above all others, and an axis that has them says so")
    func drawsEndlessValues() throws {
        let chart = LineChart(
            title: "t", x: Axis("x"), y: Axis("y", unit: .duration),
            series: [Series("s", [.init(1, 2), .init(2, .infinity)])])
        let layout = LineChartLayout(chart)
        let trace = SeriesTrace(chart.series[0], in: layout)
        #expect(trace.arrows.count == 1 && trace.markers.count == 1 && trace.lines.isEmpty)
        let labels = try #require(SVGReader(chart.svg)).labels.map(\.text)
        #expect(labels.contains("never"))
    }

    @Test("a chart without a value says so")
    func saysNoData() throws {
        let empty = LineChart(title: "t", x: Axis("x"), y: Axis("y", scale: .log10), series: [])
        let labels = try #require(SVGReader(empty.svg)).labels.map(\.text)
        #expect(labels.contains("no data"))
        let bare = PercentileChart(
            title: "t", label: "l", groups: [.init("g", [.init("row", p50: .zero)])])
        let cells = try #require(SVGReader(bare.svg)).labels.map(\.text)
        #expect(cells.contains("no data"))
    }

    /// The contrast ratio of WCAG 2.2.
    private func contrast(_ one: String, _ other: String) throws -> Double {
        let (first, second) = try (luminance(one), luminance(other))
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    /// The relative luminance of a colour, as WCAG defines it.
    private func luminance(_ color: String) throws -> Double {
        let number = try #require(Int(color.dropFirst(), radix: 16))
        return [(16, 0.2126), (8, 0.7152), (0, 0.0722)].reduce(0) { sum, channel in
            let level = Double(number >> channel.0 & 255) / 255
            let linear = level <= 0.040_45 ? level / 12.92 : pow((level + 0.055) / 1.055, 2.4)
            return sum + channel.1 * linear
        }
    }
}
