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
        #expect(miss.nearest > 100 && miss.excess == miss.nearest / 100 && !miss.isShare)
        let least = choice.frontier.map(\.recordsLost).min() ?? 0
        #expect(miss.nearest >= least)
    }

    @Test("of choices that meet the targets none costs over 1 % less, or as much and loses less")
    func cheapest() throws {
        let choice = try choice(targets(burdened: 1, lost: 10_000_000))
        let point = try #require(choice.recommended)
        let costs = Costs(CostSettings())
        func cost(_ point: ThresholdChoice.Point) -> Double {
            DefenderMonth.expected(
                burdenedCalls: point.burdenedShare * 50 * FalseAlarms.month.value,
                falseAlarms: point.falseAlarmsPerMonth, costs: costs)
        }
        let good = choice.frontier.filter { $0.falseAlarmsPerMonth <= 1 }
        let least = try #require(good.map(cost).min())
        #expect(cost(point) <= max(1.01 * least, least + 1))
        for other in good where cost(other) <= max(1.01 * least, least + 1) {
            #expect(point.recordsLost <= other.recordsLost, "\(other)")
        }
        for point in choice.listed {
            #expect(abs(point.monthlyCost / cost(point) - 1) < 1e-9, "\(point)")
        }
    }

    @Test("who fills to the threshold of a choice is not noticed, and when he has all is told")
    func outlook() throws {
        let choice = try choice(targets(lost: 200_000))
        let point = try #require(choice.recommended)
        guard case .unnoticed(let strategy, let time, true) = choice.outlook, point.isHeard else {
            Issue.record("\(String(describing: choice.outlook))")
            return
        }
        #expect(choice.deviceRate.map { abs($0 - 1_000) < 1 } == true)
        // He takes at most what the throttle sustains, and at least what the demand leaves of a
        // period below the threshold.
        #expect([Strategy.fill, .pulse].contains(strategy))
        let room = Double(point.rule.threshold.count) / 60 - 50
        let most = min(1_010, point.throttle.sustainedRate ?? .infinity)
        #expect(time.value > 0.99 * 10_000_000 / most && time.value < 1.2 * 10_000_000 / room)
    }

    @Test("where nothing is heard a sprint goes on, and where no session ends he does all the same")
    func outlookOfSprints() throws {
        let dataset = RecordCount(1_000_000)
        let deaf = try Attacks.attack(perSecond: [100], rule: nil)
        guard case .unnoticed(.sprint, let time, false) = deaf.outlook(of: dataset) else {
            Issue.record("a sprint that nobody sees goes on")
            return
        }
        #expect(abs(time.value - 10_000) < 1)
        let living = try Attacks.attack(
            perSecond: [20_000], delays: DelaySettings(endsSessions: false))
        guard case .unstopped(.sprint, let all) = living.outlook(of: dataset) else {
            Issue.record("a sprint that is revoked goes on where no session ends")
            return
        }
        #expect(abs(all.value - 50) < 0.1)
    }

    @Test("an alarm that leaves no operation finds everybody who adds any")
    func everybodyIsNoticed() throws {
        let attack = try Attacks.attack(
            rule: Attacks.rule(0, 1, of: 1), demand: Attacks.steady(0.0001))
        guard case .noticed(_, let within) = attack.outlook(of: RecordCount(1_000_000)) else {
            Issue.record("\(String(describing: attack.outlook(of: RecordCount(1_000_000))))")
            return
        }
        #expect(within.value <= 60)
    }

    @Test("a throttle behind which no alarm can be raised is listed once, alone")
    func deafOnce() throws {
        // The bucket lets less through than any alarm that is tried takes to be raised.
        let own = Policy(.tokenBucket(TokenBucket(rate: Rate(1), burst: RecordCount(7))))
        let choice = try choice(targets(burdened: 1, lost: 4_000), throttles: [.none, own])
        let deaf = choice.listed.filter { !$0.isHeard }
        #expect(Set(deaf.map(\.throttle)).count == deaf.count)
        #expect(deaf.contains { $0.throttle == own })
        #expect(deaf.allSatisfy { $0.falseAlarmsPerMonth == 0 })
    }

    private func point(alarms: Double, lost: Double) -> ThresholdChoice.Point {
        ThresholdChoice.Point(
            rule: Attacks.rule(1_000), throttle: .none, falseAlarmsPerMonth: alarms,
            recordsLost: lost, burdenedShare: 0, monthlyCost: 0)
    }

    @Test("costs within 1 % or 1 of the currency are the same, and the smallest loss decides")
    func sameCost() {
        let (few, more, many) = (
            point(alarms: 1e-9, lost: 900), point(alarms: 0.009, lost: 500),
            point(alarms: 0.02, lost: 100)
        )
        let points = [few, more, many]
        let same = ThresholdChoice.cheapest(of: points) { 1_000 * (1 + $0.falseAlarmsPerMonth) }
        #expect(same == more)
        // Where everything costs next to nothing, 1 is nothing either.
        #expect(ThresholdChoice.cheapest(of: points, by: \.falseAlarmsPerMonth) == many)
        let apart = ThresholdChoice.cheapest(of: points) { $0.falseAlarmsPerMonth * 1_000 }
        #expect(apart == few)
        #expect(ThresholdChoice.cheapest(of: [], by: \.recordsLost) == nil)
    }

    @Test("what is recommended is listed with the frontier, in its place, where it is not on it")
    func listed() {
        let frontier = [point(alarms: 0, lost: 900), point(alarms: 1, lost: 100)]
        func listed(_ recommended: ThresholdChoice.Point?) -> [ThresholdChoice.Point] {
            ThresholdChoice(
                targets: targets(lost: 1_000), frontier: frontier, recommended: recommended,
                misses: []
            ).listed
        }
        let beaten = point(alarms: 0.5, lost: 950)
        #expect(listed(beaten) == [frontier[0], beaten, frontier[1]])
        #expect(listed(frontier[1]) == frontier && listed(nil) == frontier)
        let last = point(alarms: 1, lost: 100.5)
        #expect(listed(last).contains(last) && listed(last).count == 3)
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

    @Test("a device that is short in the busiest hour meets no target; how many it takes is told")
    func shortDevice() throws {
        var run = Runs.run([Runs.result(Runs.cell(), perSecond: [100])])
        // The busiest hour of an office week asks for 2.7 times the mean.
        run.scenario.exposure.demand = .profile(
            ProfileSettings(mean: Rate(50), dispersion: 3, shape: .diurnal))
        run.scenario.exposure.alarm = AlarmSettings(period: .seconds(60), threshold: nil)
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = targets(lost: 10_000_000)
        let exposure = RunExposure(run)
        let choice = try #require(exposure.choices.first?.choice)
        #expect(choice.recommended == nil, "\(String(describing: choice.recommended))")
        #expect(choice.misses.first { $0.target.contains("legitimate calls") }?.isShare == true)
        #expect(choice.deviceRate.map { abs($0 - 100) < 0.1 } == true)
        let gap = try #require(exposure.detection.gaps.first)
        #expect(
            gap == "Users ask for 50/s on average and 137/s in the busiest hour of the week "
                + "('exposure.demand'): that takes 2 such devices, at 100/s a device "
                + "(aes-gcm-256/256B). One alone lets them wait in that hour.", "\(gap)")
        run.scenario.exposure.demand = .profile(
            ProfileSettings(mean: Rate(120), dispersion: 3, shape: .flat))
        let flooded = RunExposure(run).detection.gaps
        #expect(
            flooded.first == "Users ask for 120/s on average and 120/s in the busiest hour of the "
                + "week ('exposure.demand'): that takes 2 such devices, at 100/s a device "
                + "(aes-gcm-256/256B). No thief is told of beside them.")
        run.scenario.exposure.demand = .profile(
            ProfileSettings(mean: Rate(20), dispersion: 3, shape: .diurnal))
        #expect(RunExposure(run).detection.gaps.isEmpty)
    }

    /// Forty days of hours, each day busier or quieter as a whole: hours hang together.
    private static let trace: DemandTrace = {
        var generator = SeededGenerator(seed: 5)
        let level = CountDistribution(mean: 2_500, dispersion: 101)
        let counts = (0..<40).flatMap { _ -> [UInt32?] in
            let hour = CountDistribution(mean: Double(level.draw(using: &generator)) / 25)
            return (0..<24).map { _ in UInt32(hour.draw(using: &generator)) }
        }
        return DemandTrace(
            source: "drawn", start_s: 345_600, period: .seconds(3_600), counts: counts, notes: [])
    }()

    private static let hourly = AlarmSettings(
        period: .seconds(3_600), threshold: nil, evaluationPeriods: 3, datapointsToAlarm: 3)

    @Test("a threshold holds false alarms to a number by the model and by replay of the trace")
    func replayedThreshold() throws {
        let profile = try #require(DemandFit(Self.trace)).profile
        func replayed(_ count: RecordCount) -> Double {
            FalseAlarms.perMonth(replaying: Self.trace, under: Self.hourly.rule(at: count))
        }
        func threshold(replaying trace: DemandTrace?) throws -> RecordCount {
            try #require(
                FalseAlarms.threshold(
                    for: Self.hourly, demand: profile, replaying: trace, falseAlarmsPerMonth: 1))
        }
        let (modelled, both) = (
            try threshold(replaying: nil), try threshold(replaying: Self.trace)
        )
        #expect(replayed(modelled) > 1 && replayed(both) <= 1)
        #expect(both.count > modelled.count && replayed(RecordCount(both.count - 1)) > 1)
        let whole = FalseAlarms(replaying: Self.trace, under: Self.hourly.rule(at: modelled))
        #expect(replayed(modelled) == whole.perMonth)
    }

    @Test("with a trace the target holds for what its replay shows, not for its model alone")
    func replayed() throws {
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000, 1_010, 990])],
            datasets: [RecordCount(10_000_000)])
        run.scenario.exposure.demand = .trace(Self.trace)
        run.scenario.exposure.alarm = Self.hourly
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = targets(lost: 10_000_000, within: 21_600)
        let choice = try #require(RunExposure(run).choices.first?.choice)
        let point = try #require(choice.recommended)
        let replay = FalseAlarms(replaying: Self.trace, under: point.rule).perMonth
        #expect(point.replayedPerMonth == replay && replay <= 1)
        #expect(point.falseAlarmsPerMonth == max(replay, point.modelledPerMonth))
        #expect(choice.frontier.allSatisfy { $0.replayedPerMonth != nil })
    }

    @Test("with a trace a burst that its profile forgets burdens the throttles it has to pass")
    func replayedBurden() throws {
        // 50/s, and 125/s for the first 20 minutes of every day.
        let counts = (0..<10_080).map { UInt32($0 % 1_440 < 20 ? 7_500 : 3_000) }
        let trace = DemandTrace(
            source: "made", start_s: 345_600, period: .seconds(60), counts: counts, notes: [])
        var run = Runs.run(
            [Runs.result(Runs.cell(), perSecond: [1_000, 1_010, 990])],
            datasets: [RecordCount(10_000_000)])
        run.scenario.exposure.demand = .trace(trace)
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: nil, evaluationPeriods: 3, datapointsToAlarm: 3)
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = targets(lost: 10_000_000)
        let choice = try #require(RunExposure(run).choices.first?.choice)
        let points = choice.frontier + [try #require(choice.recommended)]
        for case .tokenBucket(let bucket) in points.map(\.throttle.limit) {
            #expect(bucket.rate.perSecond > 100)
        }
        // Behind 100/s all wait from the fourth second of the burst on, and for a minute after it,
        // as nobody waits for over 30 s: 149,500 and 3,000 calls of a day's 4,410,000.
        let narrow = Policy(
            .tokenBucket(TokenBucket(rate: Rate(100), burst: RecordCount(100))))
        var cost = CostSettings()
        cost.deniedCall = ThreePoint(1)
        run.scenario.throttles = [.none, narrow]
        run.scenario.exposure.cost = cost
        let month = try #require(RunExposure(run).month)
        let calls = try #require(month[narrow]).calls.mean
        let share = calls / (30 * 4_410_000)
        #expect(abs(share - 152_500.0 / 4_410_000) < 1e-9, "\(share)")
    }
}
