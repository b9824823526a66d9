import Results
import Testing
import Units

@testable import Reporting

@Suite("The charts of a drill")
struct DrillChartTests {
    private func reader(_ name: String, _ run: DrillRun) throws -> SVGReader {
        let file = try #require(DrillReport(run).files.first { $0.name == "charts/\(name).svg" })
        return try #require(SVGReader(file.text))
    }

    private func labels(_ name: String, _ run: DrillRun) throws -> String {
        try reader(name, run).labels.map(\.text).joined(separator: " ")
    }

    @Test(
        "the story of the median theft flags what happened",
        arguments: [
            ("story-act-1", ["first call", "all rows gone after 3.9 s", "20,000 records lost"]),
            ("story-act-2", ["nobody watches: the theft goes on", "4,100 records lost so far"]),
            ("story-act-3", ["first call", "alarm after 2.1 s", "revoked after 3.1 s"]),
            ("story-act-3", ["threshold 500", "1,530 records lost", "decrypts per second"]),
            ("story-act-3", ["Repetition 3 of 5", "legitimate calls alone"]),
        ])
    func flags(name: String, expected: [String]) throws {
        let labels = try labels(name, FixedDrill.whole)
        for text in expected { #expect(labels.contains(text), "\(text): \(labels)") }
        #expect(!labels.contains("middle 90 %"), "what was counted has no spread")
    }

    @Test("an alarm that nobody answers or that is never raised is no revocation")
    func unanswered() throws {
        var run = FixedDrill.run([FixedDrill.watched])
        run.acts[0].thefts = [
            FixedDrill.theft(.watchOver, alarm: 2, end: 8, lost: 4_000, unanswered: "it died")
        ]
        let unanswered = try labels("story-act-1", run)
        #expect(unanswered.contains("alarm after 2 s") && unanswered.contains("nobody answers"))
        run.acts[0].thefts = [FixedDrill.theft(.watchOver, end: 8, lost: 4_000)]
        let silent = try labels("story-act-1", run)
        #expect(silent.contains("no alarm: the theft goes on") && !silent.contains("revoked"))
    }

    @Test("without an alarm there is no threshold, and the gate's periods tell their length")
    func noAlarm() throws {
        var run = FixedDrill.run([FixedDrill.throttled])
        run.stage.alarm = nil
        let labels = try labels("story-act-1", run)
        #expect(!labels.contains("threshold") && labels.contains("decrypts per second"))
        run.acts[0].thefts = [FixedDrill.theft(.watchOver, end: 8, lost: 4_000)]
        run.acts[0].thefts[0].periods = Array(run.acts[0].thefts[0].periods.prefix(1))
        #expect(!DrillReport(run).files.contains { $0.name == "charts/story-act-1.svg" })
    }

    @Test("the counts of the columns are those of the gate")
    func columns() throws {
        let (_, theft) = try #require(DrillStory.median(of: FixedDrill.watched))
        let story = DrillStory(theft, of: FixedDrill.watched, on: FixedDrill.stage)
        let told = try #require(story.told)
        let columns = StoryColumns(told).columns
        #expect(columns.map(\.mean) == theft.periods.map { Double($0.legitimate) })
        #expect(
            columns.map(\.total) == theft.periods.map { Double($0.legitimate + $0.thief) })
        #expect(columns.last?.lost == 1_530 && told.contained == Seconds(theft.lastRecord))
    }

    @Test("records held between the ends of periods lie on straight lines")
    func held() throws {
        let theft = FixedDrill.theft(.watchOver, alarm: 2, end: 8, lost: 4_000)
        let story = DrillStory(theft, of: FixedDrill.watched, on: FixedDrill.stage)
        for (time, records) in [(0.0, 0.0), (0.3, 150), (2, 1_000), (8, 4_000), (9, 4_000)] {
            let held = try #require(story.held(at: time))
            #expect(abs(held - records) < 1e-6, "\(time): \(held)")
        }
    }

    @Test("the chart of records lost has a point a defence")
    func comparison() throws {
        let labels = try labels(DrillCharts.comparison, FixedDrill.whole)
        for text in ["predicted records lost", "measured records lost", "as predicted"] {
            #expect(labels.contains(text), "\(text): \(labels)")
        }
        #expect(labels.contains("no throttle") && labels.contains("token bucket"))
    }

    @Test(
        "no label of a chart leaves the page or meets another",
        arguments: ["story-act-1", "story-act-2", "story-act-3", "records-lost"])
    func apart(name: String) throws {
        let reader = try reader(name, FixedDrill.whole)
        for (index, label) in reader.labels.enumerated() {
            #expect(label.box.left >= 0 && label.box.right <= reader.width, "\(label)")
            #expect(label.box.top >= 0 && label.box.bottom <= reader.height, "\(label)")
            let met = reader.labels[(index + 1)...].first { $0.box.overlaps(label.box) }
            #expect(met == nil, "\(label) and \(String(describing: met))")
        }
    }
}
