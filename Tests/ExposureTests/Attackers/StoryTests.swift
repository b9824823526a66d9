import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("The story of a theft")
struct StoryTests {
    private let dataset = RecordCount(1_000_000_000)

    @Test("it tells of quiet periods, of the theft to its end and of what comes after")
    func sprint() throws {
        let attack = try Attacks.attack(
            perSecond: [500], delays: DelaySettings(response: .automatic(ThreePoint(.seconds(90)))))
        let story = try #require(attack.story(of: .sprint, dataset: dataset))
        let (alarm, contained) = (try #require(story.alarm), try #require(story.contained))
        #expect(isClose(contained.value, alarm.value + 90))
        #expect(story.threshold == RecordCount(30_000) && story.period == .seconds(60))
        let before = story.periods.filter { $0.start.value <= -60 }
        #expect((5...10).contains(before.count))
        #expect(before.allSatisfy { $0.attack == 0 && $0.lost == 0 })
        let after = story.periods.filter { $0.start > contained }
        #expect(!after.isEmpty && after.allSatisfy { $0.attack == 0 })
        let taken = story.periods.reduce(0) { $0 + $1.attack }
        #expect(isClose(taken, 500 * contained.value, within: 1e-9))
        #expect(isClose(try #require(story.periods.last).lost, taken, within: 1e-9))
        for (left, right) in zip(story.periods, story.periods.dropFirst()) {
            #expect(isClose(right.start.value - left.start.value, 60, within: 1e-9))
            #expect(right.lost >= left.lost)
        }
        let usual = try #require(story.periods.first).usual
        #expect(usual.low < usual.mean && usual.mean < usual.high)
        #expect(abs(usual.high - 12_180) < 5, "a Poisson of 12,000 lies below that with 95 %")
        // The alarm fires at the end of a period.
        #expect(story.periods.contains { isClose($0.start.value, alarm.value, within: 1e-9) })
    }

    @Test("of a long theft the beginning is told, and none of one that adds no call")
    func long() throws {
        let attack = try Attacks.attack()
        let story = try #require(attack.story(of: .fill, dataset: dataset))
        #expect(story.periods.count <= 120 && story.periods.count > 100)
        #expect(story.alarm == nil && story.contained == nil)
        #expect(attack.story(of: .harvest, dataset: dataset) == nil)
    }

    @Test("a run tells the story of the data set that its sentences speak of")
    func spokenOf() throws {
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [100_000])],
            datasets: [RecordCount(1_000), RecordCount(10_000_000), dataset])
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200), dispersion: 5))
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(30_000))
        run.scenario.exposure.delays = DelaySettings(
            response: .automatic(ThreePoint(.seconds(300))))
        let story = try #require(RunExposure(run).detection.detections.first?.story)
        #expect(try #require(story.contained).value * 100_000 > 10_000_000)
        #expect(story.periods.last?.lost == 10_000_000)
    }

    @Test("what is lost is never more than there is")
    func bounded() throws {
        let attack = try Attacks.attack()
        let story = try #require(attack.story(of: .best, dataset: RecordCount(1_000)))
        #expect(story.periods.last?.lost == 1_000)
    }
}
