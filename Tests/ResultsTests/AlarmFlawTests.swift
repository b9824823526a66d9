import Results
import Testing
import Units

@Suite("Flaws of an alarm")
struct AlarmFlawTests {
    private func settings(
        _ datapoints: Int = 3, of periods: Int = 3, period: Int64 = 60,
        threshold: UInt64? = 30_000, comparison: AlarmComparison = .greaterThan,
        window: AlarmWindow = .sliding
    ) -> AlarmSettings {
        AlarmSettings(
            period: .seconds(period), threshold: threshold.map { RecordCount($0) },
            comparison: comparison, evaluationPeriods: periods, datapointsToAlarm: datapoints,
            window: window)
    }

    @Test("a sound alarm has none", arguments: [10, 20, 30, 60, 120, 300, 3_600, 5_400, 86_400])
    func sound(period: Int64) {
        #expect(settings(period: period).flaws.isEmpty)
        #expect(settings(period: period, threshold: nil, comparison: .greaterOrEqual).flaws.isEmpty)
    }

    @Test("a period is ten, twenty or thirty seconds or whole minutes, a week at most")
    func period() {
        for period in [-60, 0, 1, 15, 40, 59, 61, 90, 604_860] as [Int64] {
            let flaws = settings(1, of: 1, period: period).flaws
            #expect(flaws.map(\.key) == ["period"], "\(period) s")
            #expect(flaws.first?.value == Nanoseconds.seconds(period).description)
        }
        #expect(settings(1, of: 1, period: 604_800).flaws.isEmpty)
        #expect(
            settings(period: 90).flaws.first?.description
                == "'period': '90s' is none that an alarm has: take 10s, 20s, 30s or whole minutes")
    }

    @Test("a period of the clock has edges on it")
    func clockPeriods() {
        for period in [60, 300, 3_600, 86_400, 604_800] as [Int64] {
            #expect(settings(1, of: 1, period: period, window: .wallClock).flaws.isEmpty)
        }
        for period in [10, 30, 120, 900, 7_200] as [Int64] {
            let flaws = settings(1, of: 1, period: period, window: .wallClock).flaws
            #expect(flaws.map(\.key) == ["period"], "\(period) s")
        }
    }

    @Test("an alarm looks back a day at most, a week where its period is an hour or more")
    func lookingBack() {
        let most: [(period: Int64, periods: Int)] = [
            (10, 8_640), (60, 1_440), (3_540, 24), (3_600, 168), (86_400, 7), (604_800, 1),
        ]
        for (period, periods) in most {
            #expect(settings(1, of: periods, period: period).flaws.isEmpty, "\(period) s")
            let flaws = settings(1, of: periods + 1, period: period).flaws
            #expect(flaws.map(\.key) == ["evaluation-periods"], "\(period) s")
            #expect(flaws.first?.value == "\(periods + 1)")
            #expect(flaws.first?.reason.hasSuffix("take at most \(periods)") == true)
        }
        #expect(settings(1, of: .max).flaws.map(\.key) == ["evaluation-periods"])
        #expect(settings(1, of: .max, period: 604_860).flaws.map(\.key) == ["period"])
    }

    @Test("M is at least 1 and at most N, and N at least 1")
    func counts() {
        #expect(settings(0, of: 3).flaws.map(\.key) == ["datapoints-to-alarm"])
        #expect(settings(-1, of: 3).flaws.map(\.value) == ["-1"])
        #expect(settings(4, of: 3).flaws.map(\.key) == ["datapoints-to-alarm"])
        #expect(settings(1, of: 0).flaws.map(\.key) == ["evaluation-periods"])
        #expect(
            settings(4, of: 3).flaws.first?.description
                == "'datapoints-to-alarm': '4' is more than the 3 of 'evaluation-periods': "
                + "take at most 3")
    }

    @Test("a threshold leaves both answers open")
    func threshold() {
        for comparison in AlarmComparison.allCases {
            let flaws = settings(threshold: 0, comparison: comparison).flaws
            let isPointless = comparison == .greaterOrEqual || comparison == .lessThan
            #expect(flaws.map(\.key) == (isPointless ? ["threshold"] : []), "\(comparison)")
            #expect(settings(threshold: 1, comparison: comparison).flaws.isEmpty)
        }
    }

    @Test("all flaws are told, in the order of the keys")
    func several() {
        #expect(
            settings(5, of: 0, period: 45, threshold: 0, comparison: .lessThan).flaws.map(\.key)
                == ["period", "evaluation-periods", "datapoints-to-alarm", "threshold"])
    }
}
