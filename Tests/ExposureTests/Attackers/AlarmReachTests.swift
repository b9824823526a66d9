import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("An alarm that is set above what can pass")
struct AlarmReachTests {
    /// A device of some 1,000/s under 50/s of demand, an alarm on a count of one minute.
    private func detection(
        _ throttle: Policy, threshold: UInt64, comparison: AlarmComparison = .greaterThan,
        perSecond: [Double] = [1_000, 1_010, 990]
    ) throws -> Detection {
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: perSecond)], throttles: [throttle],
            datasets: [RecordCount(1_000_000)])
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(50), dispersion: 3))
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(threshold), comparison: comparison,
            evaluationPeriods: 1, datapointsToAlarm: 1)
        run.scenario.exposure.delays = DelaySettings()
        return try #require(RunExposure(run).detection.detections.first)
    }

    private static func bucket(_ rate: UInt64, _ scope: Scope = .global) -> Policy {
        Policy(
            .tokenBucket(TokenBucket(rate: Rate(rate), burst: RecordCount(100))), scope: scope)
    }

    @Test("behind a throttle that all share it is raised only by what the throttle lets through")
    func shared() throws {
        // 100 + 100/s * 60 s, and not the 50/s of the users beside them.
        let out = try detection(Self.bucket(100), threshold: 6_100)
        #expect(out.projection.mostCounted(in: .seconds(60)) == 6_100)
        let sprint = try #require(out[.sprint])
        #expect(sprint.alarm == nil && sprint.isContained == 0)
        // He goes on until the longest window is over: 100 and 100/s for 900 s.
        let lost = try #require(sprint[RecordCount(1_000_000)]).records.mean
        #expect(abs(lost - 90_100) < 1)
        let within = try detection(Self.bucket(100), threshold: 5_900)
        #expect(within[.sprint]?.isContained == 1)
    }

    @Test("a burst may raise an alarm on one period, and none on three in a row")
    func burst() throws {
        // 100/s and a burst of 100: 6,100 in the first minute, 18,100 in three.
        let once = try detection(Self.bucket(100), threshold: 6_050)
        #expect(once.projection.canRaise(try rule(6_050, .greaterThan)))
        var thrice = try rule(6_050, .greaterThan).settings
        (thrice.evaluationPeriods, thrice.datapointsToAlarm) = (3, 3)
        #expect(!once.projection.canRaise(thrice.rule(at: RecordCount(6_050))))
        #expect(once.projection.canRaise(thrice.rule(at: RecordCount(6_000))))
    }

    @Test("users beside the thief add nothing to what a throttle for all sustains")
    func sustained() throws {
        // A large burst makes the alarm possible: 16,000 in the first minute. After it each minute
        // counts 6,000, whoever asks, and not 6,000 and the 3,000 of the users.
        let bucket = Policy(
            .tokenBucket(TokenBucket(rate: Rate(100), burst: RecordCount(10_000))))
        let found = try detection(bucket, threshold: 7_000)
        let sprint = try #require(found[.sprint])
        #expect(sprint.isContained > 0.9)
        #expect(try #require(sprint.alarm).mean < 121)
        let late = try detection(bucket, threshold: 16_050)
        #expect(late[.sprint]?.isContained == 0)
    }

    @Test("the threshold itself counts where it is written so")
    func atTheThreshold() throws {
        #expect(
            try detection(Self.bucket(100), threshold: 6_100, comparison: .greaterOrEqual)
                .projection.canRaise(rule(6_100, .greaterOrEqual)))
        #expect(
            try !detection(Self.bucket(100), threshold: 6_101, comparison: .greaterOrEqual)
                .projection.canRaise(rule(6_101, .greaterOrEqual)))
        // Too few calls are no matter of what can pass.
        #expect(
            try detection(Self.bucket(100), threshold: 1, comparison: .lessThan)
                .projection.canRaise(rule(1_000_000, .lessThan)))
    }

    private func rule(
        _ threshold: UInt64, _ comparison: AlarmComparison
    ) throws -> AlarmRule {
        AlarmSettings(
            period: .seconds(60), threshold: RecordCount(threshold), comparison: comparison,
            evaluationPeriods: 1, datapointsToAlarm: 1
        ).rule(at: RecordCount(threshold))
    }

    @Test("with a throttle for each client users and thief add up, as far as the device goes")
    func perClient() throws {
        let sum = try detection(Self.bucket(100, .perClient), threshold: 8_000)
        #expect(sum[.sprint]?.isContained == 1)
        let slow = try detection(
            Self.bucket(100, .perClient), threshold: 8_000, perSecond: [120, 121, 119])
        #expect(slow[.sprint]?.isContained == 0)
    }

    @Test("a device that is too slow for the threshold raises none")
    func device() throws {
        let slow = try detection(.none, threshold: 100_000)
        #expect(slow[.sprint]?.isContained == 0 && slow.leak == nil && slow.story == nil)
        // At the upper bound of its interval it does more than at the estimate.
        let most = slow.projection.mostCounted(in: .seconds(60))
        #expect(most > 60_000 && most < 70_000)
    }

    /// What to choose for the same demand, ten million records and a loss within an hour.
    private func choice(
        _ throttle: Policy, _ alarm: AlarmSettings, lost: UInt64
    ) throws -> ThresholdChoice {
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000, 1_010, 990])], throttles: [throttle],
            datasets: [RecordCount(10_000_000)])
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(50), dispersion: 3))
        run.scenario.exposure.alarm = alarm
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = TargetSettings(
            falseAlarmsPerMonth: 1, burdenedShare: Probability(1), recordsLost: RecordCount(lost),
            within: .seconds(3_600))
        return try #require(RunExposure(run).choices.first?.choice)
    }

    @Test("nobody is told to take an alarm that cannot be raised behind its throttle")
    func chosen() throws {
        let alarm = AlarmSettings(
            period: .seconds(60), threshold: nil, evaluationPeriods: 3, datapointsToAlarm: 3)
        let choice = try choice(Self.bucket(60), alarm, lost: 200_000)
        let point = try #require(choice.recommended)
        let rate = try #require(point.throttle.sustainedRate)
        #expect(60 * rate + 60 > Double(point.rule.threshold.count), "\(point)")
    }

    @Test("a stated alarm that cannot be raised is not chosen, whatever the throttle holds alone")
    func statedAbove() throws {
        let alarm = AlarmSettings(period: .seconds(60), threshold: RecordCount(200_000))
        let choice = try choice(.none, alarm, lost: 9_000_000)
        #expect(!choice.frontier.isEmpty)
        for point in choice.frontier + [choice.recommended].compactMap(\.self) {
            #expect(point.isHeard && point.rule.threshold.count < 200_000, "\(point)")
        }
    }

    @Test("where no alarm can be raised no false one is, and none is paid for")
    func noFalseAlarms() throws {
        let bucket = Self.bucket(60)
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000, 1_010, 990])],
            throttles: [.none, bucket], datasets: [RecordCount(1_000_000)])
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(50), dispersion: 900))
        // More than the bucket lets through, and less than users come to by chance without it.
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(6_000))
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = TargetSettings(
            falseAlarmsPerMonth: 1, burdenedShare: Probability(1),
            recordsLost: RecordCount(230_000), within: .seconds(3_600))
        let exposure = RunExposure(run)
        #expect(exposure.detection.falseAlarmsPerMonth(behind: .none) > 1)
        #expect(exposure.detection.falseAlarmsPerMonth(behind: bucket) == 0)
        // A bucket holds him alone: the alarms that meet the target cannot be raised behind any.
        let choice = try #require(exposure.choices.first?.choice)
        let point = try #require(choice.recommended)
        #expect(!point.isHeard && point.falseAlarmsPerMonth == 0, "\(point)")
        run.scenario.exposure.cost = CostSettings()
        let month = try #require(RunExposure(run).month)
        #expect(month[bucket]?.alarms.mean == 0)
        #expect(try #require(month[.none]).alarms.mean > 0)
    }

    @Test("an alarm that the device is too slow for has no false alarms where users exceed it too")
    func flooded() throws {
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000, 1_010, 990])],
            datasets: [RecordCount(1_000_000)])
        // The threshold is above the demand, and the demand above what the device does.
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(2_000), dispersion: 5))
        run.scenario.exposure.alarm = AlarmSettings(period: .seconds(60), threshold: nil)
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.cost = CostSettings()
        let exposure = RunExposure(run)
        #expect(exposure.detection.detections.isEmpty)
        #expect(try #require(exposure.detection.falseAlarms).perMonth > 0)
        #expect(exposure.detection.falseAlarmsPerMonth(behind: .none) == 0)
        let month = try #require(exposure.month)
        #expect(month[.none]?.alarms.mean == 0)
    }
}
