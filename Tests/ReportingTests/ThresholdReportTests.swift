import Exposure
import Foundation
import Reporting
import Results
import Testing
import Throttling
import Units

@Suite("The words of a choice")
struct ThresholdReportTests {
    private static let rule = AlarmSettings(period: .seconds(60), threshold: nil)
        .rule(at: RecordCount(20_000))
    private static let targets = TargetSettings(
        falseAlarmsPerMonth: 1, burdenedShare: Probability(0.001),
        recordsLost: RecordCount(200_000), within: .seconds(3_600))

    private func point(
        _ throttle: Policy = .none, alarms: Double = 0.1, replayed: Double? = nil,
        lost: Double = 150_000, isHeard: Bool = true
    ) -> ThresholdChoice.Point {
        ThresholdChoice.Point(
            rule: Self.rule, throttle: throttle, falseAlarmsPerMonth: alarms,
            replayedPerMonth: replayed, recordsLost: lost, burdenedShare: 0, isHeard: isHeard,
            monthlyCost: 2_350)
    }

    private func text(
        _ recommended: ThresholdChoice.Point?, frontier: [ThresholdChoice.Point] = [],
        misses: [ThresholdChoice.Miss] = [], targets: TargetSettings = Self.targets,
        deviceRate: Double? = nil, outlook: ThresholdChoice.Outlook? = nil,
        cost: CostSettings? = nil
    ) -> String {
        let choice = ThresholdChoice(
            targets: targets, frontier: frontier, recommended: recommended, misses: misses,
            deviceRate: deviceRate, outlook: outlook)
        let demand = DemandProfile(
            period: .seconds(60), means: [Double](repeating: 3_000, count: DemandProfile.hours),
            dispersion: 3)
        return ThresholdReport(
            of: choice, subject: "aes-gcm-256/256B", demand: demand,
            dataset: RecordCount(10_000_000), cost: cost
        ).markdown
    }

    @Test("the chosen row is in the table and marked, though another beats it in alarms and loss")
    func chosenRow() {
        let text = text(point(), frontier: [point(alarms: 0.01, lost: 90_000)])
        #expect(text.split(separator: "\n").count { $0.contains("| chosen") } == 1, "\(text)")
        #expect(text.contains("of those that cost the same within 1 %, this loses least."))
        #expect(text.contains("and the chosen one, which costs less than those that beat it:"))
    }

    @Test("with a trace, false alarms are told by the model and by replay, in words and table")
    func replayed() {
        let chosen = point(alarms: 0.0992, replayed: 0.75)
        let text = text(chosen, frontier: [chosen])
        #expect(
            text.contains(
                "0.0992 times a month by the model and 0.75 times by replay of the trace (target: "
                    + "at most 1)"), "\(text)")
        #expect(text.contains("by replay |"))
        #expect(!self.text(point(), frontier: [point()]).contains("replay"))
    }

    @Test("what is next to nothing is told so, and not with hundreds of zeros")
    func tiny() {
        let chosen = point(alarms: 4.32e-204)
        let text = text(chosen, frontier: [chosen])
        #expect(text.contains("a false alarm is raised under 0.000001 times a month"), "\(text)")
        #expect(!text.contains("0.0000000"))
    }

    @Test("the nearest to a share is told in percent, to a number as a number")
    func missed() {
        let text = text(
            nil,
            misses: [
                .init(target: "0.1 % of the calls", nearest: 0.646, excess: 646, isShare: true),
                .init(target: "200,000 records", nearest: 400_000, excess: 2),
            ])
        #expect(
            text.contains(
                "holding the other targets, the nearest to 0.1 % of the calls is 64.6 %, 646× the "
                    + "target; or, holding the others, the nearest to 200,000 records is 400,000, "
                    + "2× the target. What helps: relax one of these targets, or shorten `within`"),
            "\(text)")
    }

    @Test("a device too slow for the users' busiest hour is named as the reason, a faster one not")
    func shortDevice() {
        let miss = ThresholdChoice.Miss(
            target: "0.1 % of the calls", nearest: 1, excess: 1_000, isShare: true)
        let short = text(nil, misses: [miss], deviceRate: 40)
        #expect(
            short.contains(
                "The reason is the device: users ask for up to 50/s in the busiest hour of the "
                    + "week, it does 40/s"), "\(short)")
        #expect(short.contains("What helps: take more devices, or relax this target."))
        #expect(!text(nil, misses: [miss], deviceRate: 60).contains("The reason is the device"))
    }

    @Test("a loss target that the data set cannot exceed is said to bind nobody")
    func idleTarget() {
        func said(_ records: UInt64) -> String {
            var targets = Self.targets
            targets.recordsLost = RecordCount(records)
            return text(point(), targets: targets)
        }
        #expect(said(10_000_000).contains("10 million records lost: the data set has no more."))
        #expect(said(20_000_000).contains("records lost: the data set has only 10 million."))
        #expect(!said(9_999_999).contains("Whatever there is"))
    }

    @Test("what becomes of who is not noticed, not stopped, or noticed last is told of a choice")
    func outlook() {
        let hours = Seconds(18_000)
        #expect(
            text(point(), outlook: .unnoticed(.fill, timeToAll: hours, isMean: true)).contains(
                "Nothing of this notices fill: he goes on, and has all 10 million records after "
                    + "about 5 hours at his mean rate of the week."))
        #expect(
            text(point(), outlook: .unnoticed(.sprint, timeToAll: hours, isMean: false)).contains(
                "has all 10 million records after 5 hours at the soonest."))
        #expect(
            text(point(), outlook: .unnoticed(.fill, timeToAll: .never, isMean: true)).contains(
                "Nothing of this notices fill, and he never has all 10 million records."))
        #expect(
            text(point(), outlook: .unstopped(.sprint, timeToAll: hours)).contains(
                "sprint is noticed and goes on, and has all 10 million records after 5 hours"))
        #expect(
            text(point(), outlook: .noticed(.creep, within: hours)).contains(
                "those whom the alarm finds last (creep), 95 of 100 within 5 hours."))
        #expect(!text(point()).contains("notice"))
    }

    @Test("what a choice costs is told in the currency of the prices, in words and in each row")
    func cost() {
        let assumed = text(point(), frontier: [point()])
        #expect(assumed.contains("That is about 2,350 USD in a month of 30 days"), "\(assumed)")
        #expect(assumed.contains("at assumed prices, as the scenario names none"))
        #expect(assumed.contains("| costs a month, USD |"))
        let stated = text(
            point(), frontier: [point()], cost: CostSettings(currency: "EUR"))
        #expect(stated.contains("2,350 EUR") && stated.contains("| costs a month, EUR |"))
        #expect(stated.contains("which are among the report's assumptions"))
        #expect(stated.split(separator: "\n").count { $0.contains(" 2,350 |") } == 1)
    }

    @Test("a row whose alarm cannot be raised shows none")
    func deafRow() {
        let bucket = Policy(.tokenBucket(TokenBucket(rate: Rate(5), burst: RecordCount(5))))
        let deaf = point(bucket, alarms: 0, lost: 20_000, isHeard: false)
        let text = text(nil, frontier: [deaf, point()])
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        #expect(rows.count { $0.contains("no alarm | —") } == 1, "\(text)")
        #expect(rows.count { $0.contains("20,000 in 1m | 1 of 1") } == 1, "\(text)")
    }

    @Test("a table of choices that all burden too many says so")
    func unbearable() {
        let bearable = text(nil, frontier: [point()])
        #expect(bearable.contains("of those that burden no more than 0.1 % of the legitimate"))
        let heavy = ThresholdChoice.Point(
            rule: Self.rule, throttle: .none, falseAlarmsPerMonth: 0, recordsLost: 1,
            burdenedShare: 0.5, monthlyCost: 0)
        #expect(text(nil, frontier: [heavy]).contains("though each burdens more than 0.1 %"))
    }

    @Test("without an alarm a throttle is chosen alone, and without a throttle the device alone")
    func alone() {
        let bare = text(point(alarms: 0, isHeard: false))
        #expect(
            bare.contains(
                "**Choose** neither throttle nor alarm: the device is slow enough by itself, and "
                    + "no alarm that was tried can be raised on it."), "\(bare)")
        #expect(bare.contains("throttles: [none]\nexposure:\n  alarm: none\n"), "\(bare)")
        let bucket = Policy(.tokenBucket(TokenBucket(rate: Rate(5), burst: RecordCount(5))))
        let throttled = text(point(bucket, alarms: 0, isHeard: false))
        #expect(throttled.contains(" alone: no alarm that was tried can be raised behind it."))
    }

    @Test("with a trace the remarks of the report on it follow on the choice")
    func remarks() throws {
        var run = FixedRun.whole
        // Half an hour at one level, half at another: no profile of hours describes that.
        let counts = (0..<2_880).map { minute -> UInt32 in
            let level: UInt32 = minute / 30 % 2 == 0 ? 600 : 1_800
            return level + UInt32(minute % 7)
        }
        run.scenario.exposure.demand = .trace(
            DemandTrace(
                source: "calls.csv", start_s: 345_600, period: .seconds(60), counts: counts,
                notes: ["Read as 2,880 counts of 1m.", "Line 7 is left out: no time."]))
        run.scenario.exposure.alarm = AlarmSettings(period: .seconds(60), threshold: nil)
        run.scenario.exposure.delays = DelaySettings()
        run.scenario.exposure.targets = Self.targets
        let text = try ThresholdReports(run, on: InTurn()).markdown
        let paragraphs = text.components(separatedBy: "\n\n")
        let remark = try #require(paragraphs.first { $0.hasPrefix("**The trace 'calls.csv'.**") })
        for part in [
            "Read as 2,880 counts of 1m. Line 7 is left out: no time. 120 of the 168 hours",
            "The fitted distribution does not describe the counts",
            "Successive periods are correlated",
        ] {
            #expect(remark.contains(part), "\(remark)")
        }
        // Once, however many subjects there are, and before the first of the tables.
        #expect(text.components(separatedBy: "The trace 'calls.csv'").count == 2)
        let place = try #require(paragraphs.firstIndex(of: remark))
        let table = try #require(paragraphs.firstIndex { $0.hasPrefix("|") })
        #expect(place > 1 && place < table)
    }
}
