import Exposure
import Testing
import Units

@testable import Reporting

@Suite("Charts of thefts")
struct TheftChartTests {
    private static let seeds: [UInt64] = Array(1...24)

    private static func charts(_ seed: UInt64) -> [String] {
        var random = RandomCharts(seed: seed)
        return [
            random.story().svg, random.frontier().svg, random.exceedance().svg,
            random.lossWindow().svg,
        ]
    }

    @Test("a chart of any theft is sound", arguments: seeds)
    func anyIsSound(seed: UInt64) throws {
        for svg in Self.charts(seed) { try Self.expectSound(svg, "seed \(seed)") }
    }

    @Test("the same theft yields the same bytes", arguments: seeds.prefix(5))
    func isDeterministic(seed: UInt64) {
        #expect(Self.charts(seed) == Self.charts(seed), "seed \(seed)")
    }

    @Test("every example is sound", arguments: StoryExamples.all + ChoiceExamples.all)
    func exampleIsSound(_ example: (name: String, svg: String)) throws {
        try Self.expectSound(example.svg, example.name)
    }

    /// Well-formed, finite, with a title and a description, and its labels on the page and apart.
    private static func expectSound(_ svg: String, _ name: String) throws {
        let reader = try #require(SVGReader(svg), "\(name)")
        #expect(reader.numbers.allSatisfy { $0.isFinite }, "\(name)")
        #expect(Array(reader.elementNames.prefix(3)) == ["svg", "title", "desc"], "\(name)")
        for (index, label) in reader.labels.enumerated() {
            let isInside =
                label.box.left >= 0 && label.box.top >= 0 && label.box.right <= reader.width
                && label.box.bottom <= reader.height
            #expect(isInside, "\(name): \(label)")
            let touched = reader.labels[(index + 1)...].first { $0.box.overlaps(label.box) }
            #expect(touched == nil, "\(name): \(label) and \(String(describing: touched))")
        }
    }

    private static func labels(_ name: String) throws -> String {
        let all = StoryExamples.all + ChoiceExamples.all
        let example = try #require(all.first { $0.name == name })
        let reader = try #require(SVGReader(example.svg))
        return reader.labels.map(\.text).joined(separator: " | ")
    }

    @Test(
        "a story names its events, and says what does not happen",
        arguments: [
            ("story", ["first call", "alarm after 3.1 min", "contained after 4.17 min"]),
            ("story", ["threshold 30,000", "125,000 records lost"]),
            ("story-creep", ["no alarm: the theft goes on", "3,360 records lost so far"]),
            ("story-endless", ["alarm after 3 min", "not contained: the theft goes on"]),
            ("story", ["first call, in this period"]),
            ("story-late", ["alarm after 100 days", "1,080 records lost so far"]),
            ("story-nothing", ["no data", "threshold 30,000"]),
            ("story-ten-seconds", ["decrypts per 10 seconds"]),
        ])
    func namesEvents(name: String, expected: [String]) throws {
        let labels = try Self.labels(name)
        for text in expected { #expect(labels.contains(text), "\(name): \(text)") }
    }

    @Test("a first call at the edge of a period is not said to lie within one")
    func beginsAtAnEdge() throws {
        #expect(try Self.labels("story-at-once").contains("first call"))
        #expect(try !Self.labels("story-at-once").contains("in this period"))
    }

    @Test("what has happened is never said to go on, nor what has not to be over")
    func saysNoMore() throws {
        #expect(try !Self.labels("story").contains("goes on"))
        #expect(try !Self.labels("story").contains("so far"))
        #expect(try !Self.labels("story-creep").contains("contained"))
    }

    @Test("an axis fits demand, threshold and attack alike")
    func choosesAxis() throws {
        func axis(rate: Double, threshold: UInt64) -> Axis {
            let story = StoryExamples.story(
                .sprint, rate: rate, demand: (11_000, 12_000, 13_000), threshold: threshold,
                from: -60, periods: 9, alarm: nil, end: nil)
            return StoryPanels(story, operations: "decrypts").counts.y
        }
        #expect(axis(rate: 500, threshold: 30_000).scale == .linear)
        #expect(axis(rate: 500, threshold: 30_000).startsAtZero)
        #expect(axis(rate: 20_000, threshold: 30_000).scale == .log10)
        #expect(axis(rate: 1, threshold: 1_000_000).scale == .log10)
        #expect(!axis(rate: 1, threshold: 14_000).startsAtZero)
    }

    @Test("periods taken together lose neither a breach nor a record")
    func joinsPeriods() {
        let periods = (0..<1_000).map { index in
            DetectionStory.Period(
                start: Seconds(Double(index) * 60), usual: (90, 100, 110),
                attack: index == 777 ? 5_000 : 20, lost: Double(index))
        }
        let story = DetectionStory(
            strategy: .pulse, period: .seconds(60), threshold: RecordCount(1_000),
            periods: periods, alarm: nil, contained: nil)
        let columns = StoryColumns(story)
        #expect(columns.size == 4 && columns.columns.count == 250)
        #expect(columns.columns.map(\.most).max() == 5_100)
        #expect(columns.columns.filter { $0.most > 1_000 }.count == 1)
        #expect(columns.columns.last?.lost == 999 && columns.span == 0...60_000)
        #expect(columns.columns.allSatisfy { $0.least == 120 })
    }

    @Test("a period that is missing leaves a gap, and time goes on")
    func leavesGaps() {
        let periods = [-120.0, -60, 60].map {
            DetectionStory.Period(
                start: Seconds($0), usual: (90, 100, 110), attack: 0, lost: 0)
        }
        let story = DetectionStory(
            strategy: .harvest, period: .seconds(60), threshold: RecordCount(1), periods: periods,
            alarm: nil, contained: nil)
        let usual = StoryColumns(story).usual
        #expect(usual.map(\.x) == [-120, -60, 0, 0, 60, 120])
        #expect(usual.map { $0.y == nil } == [false, false, false, true, false, false])
    }

    @Test("records are lost from the first call to the last")
    func losesBetweenCalls() {
        let story = StoryExamples.story(
            .sprint, rate: 10, demand: (1, 2, 3), threshold: 5, from: -90, periods: 4,
            alarm: 60, end: 70)
        let lost = StoryColumns(story).lost(until: 70)
        #expect(lost.map(\.x) == [-90, -30, 0, 30, 70, 90, 150])
        #expect(lost.map(\.y) == [0, 0, 0, 300, 700, 700, 700])
    }

    @Test("the names of events meet neither each other nor another's line", arguments: seeds)
    func flagsStandApart(seed: UInt64) throws {
        var random = RandomCharts(seed: seed)
        let edges = (left: 100.0, right: 620.0)
        let last = random.below(2) == 0 ? "remark" : "contained after 4.17 min"
        let flags = ["first call", "alarm after 3.1 min", last].map { text in
            let x = 100 + Double(random.below(520))
            return Flags.Flag(text: text, x: text == "remark" ? nil : x)
        }
        let lane = Flags(flags, between: edges)
        var canvas = Canvas(width: 860, height: 400)
        let plot = Box(left: 100, top: 100 + lane.height, right: 620, bottom: 380)
        lane.draw(above: plot, on: &canvas)
        let reader = try #require(SVGReader(canvas.document(title: "", description: "")))
        #expect(reader.labels.count == 3, "seed \(seed)")
        for (index, label) in reader.labels.enumerated() {
            #expect(label.box.left >= 100 && label.box.right <= 620, "seed \(seed)")
            #expect(label.box.top >= 100 - 2, "seed \(seed)")
            for (other, flag) in flags.enumerated() where other != index {
                let isHigher = reader.labels[other].box.bottom < label.box.bottom
                let isLevel = reader.labels[other].box.bottom == label.box.bottom
                #expect(!reader.labels[other].box.overlaps(label.box), "seed \(seed)")
                guard isHigher || isLevel, let x = flag.x else { continue }
                let isCrossed = x > label.box.left && x < label.box.right
                #expect(!isCrossed, "seed \(seed): \(label.text)")
            }
        }
    }

    @Test("a recommendation is named with threshold, M of N and throttle")
    func namesRecommendation() throws {
        let labels = try Self.labels("frontier")
        #expect(labels.contains("recommended | θ = 30,000, 3 of 3 | token bucket 500/s, burst 100"))
        #expect(
            labels.contains("target: 0.1 a month") && labels.contains("target: 200,000 records"))
        #expect(labels.contains("≤ 0.000001") && !labels.contains("No choice"))
    }

    @Test("where nothing meets the targets, the chart says so and recommends nothing")
    func saysMissed() throws {
        let labels = try Self.labels("frontier-missed")
        #expect(labels.contains("No choice meets every target.") && !labels.contains("recommended"))
    }

    @Test("a choice whose throttle burdens too many is hollow, each throttle has its colour")
    func marksKinds() {
        let (bucket, slow) = (ChoiceExamples.bucket, ChoiceExamples.slow)
        let points = [
            ChoiceExamples.point(slow, 10, (1, 1), 10, 5, burden: 0.3),
            ChoiceExamples.point(bucket, 20, (1, 1), 1, 50),
            ChoiceExamples.point(bucket, 20, (2, 3), 0.1, 500),
        ]
        let choice = ThresholdChoice(
            targets: .init(
                falseAlarmsPerMonth: 1, burdenedShare: Probability(0.1),
                recordsLost: RecordCount(100)), frontier: Array(points.prefix(2)),
            recommended: points[2], misses: [])
        let kinds = FrontierKinds(choice, names: [bucket: "the bucket"])
        #expect(kinds.series.map(\.isHollow) == [true, false, false] && kinds.hasRuledOut)
        #expect(kinds.series.map(\.color) == [0, 1, 1])
        #expect(kinds.series.map(\.marker) == [0, 0, 1])
        #expect(kinds.series.map(\.name).last == "the bucket, 2 of 3")
    }

    @Test("parts of a sentence are closed once, and empty ones leave nothing")
    func joinsSentences() {
        #expect(Sentences.joined(["one", "", "two.", "three"]) == "one. two. three")
        #expect(Sentences.joined(["", "one", ""]) == "one" && Sentences.joined([]) == "")
    }

    @Test("where the legend would be too long, the subtitle tells the markers")
    func shortensLegend() {
        let points = (1...12).map { ChoiceExamples.point(.none, 10, ($0, 12), 1, Double($0)) }
        let choice = ThresholdChoice(
            targets: .init(
                falseAlarmsPerMonth: 1, burdenedShare: Probability(1),
                recordsLost: RecordCount(100)), frontier: points, recommended: nil, misses: [])
        let kinds = FrontierKinds(choice, names: [:])
        #expect(kinds.markersInWords.hasPrefix("Circles: 1 of 12 or 7 of 12; squares: 2 of 12"))
        #expect(kinds.series.map(\.name).filter { !$0.isEmpty } == ["no throttle"])
    }

    @Test("a loss that does not vary falls from all to none at once")
    func drawsCertainLoss() throws {
        let labels = try Self.labels("exceedance-one")
        #expect(labels.contains("no throttle: 1 in 20") && labels.contains("above 250,000"))
        let nothing = try Self.labels("exceedance-nothing")
        #expect(nothing.contains("fixed window: costs") && nothing.contains("nothing"))
    }

    @Test("losses below one record stand at the edge that says so")
    func keepsSmallLosses() throws {
        #expect(try Self.labels("loss-window-extremes").contains("≤ 1"))
        #expect(try !Self.labels("loss-window").contains("≤"))
    }

    @Test("values at or below the floor of an axis stand at it, and no tick lies below")
    func keepsFloor() {
        let axis = Axis("", scale: .log10, domain: 1e-6...10, floor: 1e-6)
        let mapping = AxisMapping(axis, fitting: [], from: 0, to: 700)
        #expect(mapping.position(0) == 0 && mapping.position(1e-9) == 0)
        #expect(mapping.contains(0) && mapping.position(10) == 700)
        let uneven = Axis("", scale: .log10, domain: 3_000...1e6, floor: 3_000)
        let ticks = Ticks(AxisMapping(uneven, fitting: [], from: 0, to: 700)) { _ in 20 }
        #expect(ticks.labelled.allSatisfy { $0.value >= 3_000 } && !ticks.labelled.isEmpty)
    }

    @Test("a line inside the plot stays one line, so that its dashes run on")
    func keepsLinesWhole() {
        // A long stroke, whose length in pixels is rounded, between two short ones.
        for step in 1...60 {
            let xs = [0, Double(step) / 97, 12 + Double(step) / 7, 29]
            let chart = LineChart(
                title: "", x: Axis("", domain: 0...30), y: Axis("", domain: 0...5),
                series: [Series("s", xs.map { Series.Point($0, 4 - $0 / 9) }, style: .line)])
            let trace = SeriesTrace(chart.series[0], in: LineChartLayout(chart))
            #expect(trace.lines.count == 1, "step \(step)")
        }
    }
}
