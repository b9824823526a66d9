import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("The choice of a throttle and an alarm")
struct ThresholdSearchTests {
    private static let demand = ProfileSettings(mean: Rate(50), dispersion: 3)

    private func choice(
        _ targets: TargetSettings, throttles: [Policy] = [.none]
    ) throws -> ThresholdChoice {
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000, 1_010, 990])], throttles: throttles,
            datasets: [RecordCount(10_000_000)])
        run.scenario.exposure.demand = .profile(Self.demand)
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: nil, evaluationPeriods: 3, datapointsToAlarm: 3)
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = targets
        return try #require(RunExposure(run).choices.first?.choice)
    }

    private func targets(
        alarms: Double = 1, burdened: Double = 0.001, lost: UInt64, within: Int64 = 3_600
    ) -> TargetSettings {
        TargetSettings(
            falseAlarmsPerMonth: alarms, burdenedShare: Probability(burdened),
            recordsLost: RecordCount(lost), within: .seconds(within))
    }

    @Test("what is recommended meets every target, and nothing on the frontier is beaten")
    func recommended() throws {
        let targets = targets(lost: 200_000)
        let choice = try choice(targets)
        let point = try #require(choice.recommended)
        #expect(point.falseAlarmsPerMonth <= 1 && point.burdenedShare <= 0.001)
        #expect(point.recordsLost <= 200_000 && choice.misses.isEmpty)
        for (left, right) in zip(choice.frontier, choice.frontier.dropFirst()) {
            #expect(left.falseAlarmsPerMonth <= right.falseAlarmsPerMonth)
            #expect(left.recordsLost > right.recordsLost)
        }
        // The rate of false alarms is that of the alarm, not of the search.
        let profile = DemandProfile(Self.demand, period: .seconds(60))
        #expect(point.falseAlarmsPerMonth == FalseAlarms(of: profile, under: point.rule).perMonth)
    }

    @Test("a loss that nothing holds is told with the nearest, and by how much it is missed")
    func missed() throws {
        let choice = try choice(targets(lost: 100))
        #expect(choice.recommended == nil)
        let miss = try #require(choice.misses.first { $0.target.contains("records lost") })
        #expect(miss.nearest > 100 && miss.excess == miss.nearest / 100)
        let least = choice.frontier.map(\.recordsLost).min() ?? 0
        #expect(miss.nearest >= least)
    }

    @Test("of choices that meet the targets the cheapest is taken: the fewest false alarms here")
    func cheapest() throws {
        let choice = try choice(targets(burdened: 1, lost: 10_000_000))
        let point = try #require(choice.recommended)
        // Nothing else costs anything where no throttle is needed.
        let least = choice.frontier.map(\.falseAlarmsPerMonth).min() ?? 0
        #expect(point.falseAlarmsPerMonth == least && point.burdenedShare < 1e-9)
    }

    @Test("a throttle of the scenario is tried beside the others")
    func scenarioThrottle() throws {
        // So slow that nothing else holds a thief to as little, where burdens do not matter.
        let own = Policy(.tokenBucket(TokenBucket(rate: Rate(1), burst: RecordCount(7))))
        let choice = try choice(targets(burdened: 1, lost: 4_000), throttles: [.none, own])
        let point = try #require(choice.recommended)
        #expect(point.throttle == own && point.burdenedShare == 1)
        #expect(abs(point.recordsLost - 3_607) < 1)
    }
}
