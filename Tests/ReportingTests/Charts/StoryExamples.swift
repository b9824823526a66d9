import Exposure
import Reporting
import Units

/// Stories of thefts: those that a report tells, and some that are hardly stories.
enum StoryExamples {
    /// The charts that have golden files, by the names of these.
    static let golden: [(name: String, svg: String)] = [
        ("story", chart(throttled).svg), ("story-sprint", chart(sprint).svg),
        ("story-creep", chart(creep).svg), ("story-ten-seconds", chart(tenSeconds).svg),
        ("story-pulse", chart(pulse).svg), ("story-nothing", chart(nothing).svg),
    ]

    /// Every chart.
    static let all: [(name: String, svg: String)] =
        golden + [
            ("story-at-once", chart(atOnce).svg), ("story-harvest", chart(harvest).svg),
            ("story-endless", chart(endless).svg), ("story-one-period", chart(onePeriod).svg),
            ("story-zero", chart(zero).svg), ("story-huge", chart(huge).svg),
            ("story-late", chart(late).svg), ("story-nights", chart(nights).svg),
        ]

    /// A thief who makes `rate` calls a second from time zero to `end`, on a steady demand.
    static func story(
        _ strategy: Strategy, rate: Double, demand: (Double, Double, Double), threshold: UInt64,
        period: Double = 60, from first: Double, periods: Int, alarm: Double?, end: Double?
    ) -> DetectionStory {
        var lost = 0.0
        let list = (0..<periods).map { index in
            let start = first + Double(index) * period
            let busy = max(0, min(start + period, end ?? .infinity) - max(start, 0))
            lost += rate * busy
            return DetectionStory.Period(
                start: Seconds(start), usual: (demand.0, demand.1, demand.2), attack: rate * busy,
                lost: lost)
        }
        return DetectionStory(
            strategy: strategy, period: .seconds(Int64(period)),
            threshold: RecordCount(threshold), periods: list, alarm: alarm.map { Seconds($0) },
            contained: end.map { Seconds($0) })
    }

    private static func chart(_ story: DetectionStory) -> StoryChart {
        StoryChart(
            title: "A theft as the alarm sees it",
            subtitle: "\(story.strategy.rawValue), token bucket 500/s with burst 100, alarm above "
                + "\(story.threshold.inWords) in 3 of 3 periods",
            story: story)
    }

    private static let steady = (11_820.0, 12_000.0, 12_181.0)

    private static let throttled = story(
        .sprint, rate: 500, demand: steady, threshold: 30_000, from: -174, periods: 10, alarm: 186,
        end: 250)
    private static let sprint = story(
        .sprint, rate: 20_000, demand: (10_400, 12_000, 13_700), threshold: 30_000, from: -174,
        periods: 10, alarm: 186, end: 250)
    private static let creep = story(
        .creep, rate: 0.8, demand: (11_200, 12_000, 12_820), threshold: 13_500, from: -600,
        periods: 80, alarm: nil, end: nil)
    private static let tenSeconds = story(
        .sprint, rate: 500, demand: (1_925, 2_000, 2_074), threshold: 5_000, period: 10, from: -23,
        periods: 16, alarm: 37, end: 97)
    private static let atOnce = story(
        .sprint, rate: 500, demand: steady, threshold: 30_000, from: -120, periods: 7, alarm: 120,
        end: 120)
    private static let harvest = story(
        .harvest, rate: 0, demand: (11_200, 12_000, 12_820), threshold: 30_000, from: -600,
        periods: 80, alarm: nil, end: nil)
    private static let endless = story(
        .sprint, rate: 500, demand: steady, threshold: 30_000, from: -120, periods: 40, alarm: 180,
        end: nil)
    private static let onePeriod = story(
        .sprint, rate: 500, demand: steady, threshold: 30_000, from: 0, periods: 1, alarm: 60,
        end: 60)
    private static let zero = story(
        .creep, rate: 0, demand: (0, 0, 0), threshold: 0, from: -60, periods: 6, alarm: nil,
        end: nil)
    private static let huge = story(
        .sprint, rate: 1e14, demand: (1e15, 1.1e15, 1.2e15), threshold: 1 << 60, period: 3_600,
        from: -7_200, periods: 30, alarm: 10_800, end: 14_400)
    private static let late = story(
        .creep, rate: 1, demand: steady, threshold: 12_500, from: -120, periods: 20,
        alarm: 8_640_000, end: 8_640_600)
    private static let nothing = story(
        .fill, rate: 0, demand: (0, 0, 0), threshold: 30_000, from: 0, periods: 0, alarm: nil,
        end: .infinity)

    /// Two flat-out periods of three, for a month.
    private static let pulse: DetectionStory = {
        var lost = 0.0
        let periods = (-1_440..<43_200).map { index in
            let attack = index < 0 ? 0.0 : index % 3 == 2 ? 17_900 : 30_000
            lost += attack
            let hour = Double((index + 1_440) / 60 % 24)
            let mean = 6_000 + 6_000 * max(0, 1 - abs(hour - 13) / 6)
            return DetectionStory.Period(
                start: Seconds(Double(index) * 60), usual: (mean * 0.93, mean, mean * 1.07),
                attack: attack, lost: lost)
        }
        return DetectionStory(
            strategy: .pulse, period: .seconds(60), threshold: RecordCount(30_000),
            periods: periods, alarm: nil, contained: nil)
    }()

    /// A demand that sleeps at night, under a thief as fast as the device.
    private static let nights: DetectionStory = {
        var lost = 0.0
        let periods = (-6..<30).map { index in
            let attack = index < 0 || index > 24 ? 0.0 : 72_000_000
            lost += attack
            let mean = index % 12 < 6 ? 0.0 : 900
            return DetectionStory.Period(
                start: Seconds(Double(index) * 3_600), usual: (mean * 0.8, mean, mean * 1.2),
                attack: attack, lost: lost)
        }
        return DetectionStory(
            strategy: .sprint, period: .seconds(3_600), threshold: RecordCount(2_000),
            periods: periods, alarm: Seconds(86_400), contained: Seconds(90_000))
    }()
}
