import Exposure
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
            monthlyCost: 2_345)
    }

    private func text(
        _ recommended: ThresholdChoice.Point?, frontier: [ThresholdChoice.Point] = [],
        misses: [ThresholdChoice.Miss] = []
    ) -> String {
        let choice = ThresholdChoice(
            targets: Self.targets, frontier: frontier, recommended: recommended, misses: misses)
        let demand = DemandProfile(
            period: .seconds(60), means: [Double](repeating: 3_000, count: DemandProfile.hours),
            dispersion: 3)
        return ThresholdReport(
            of: choice, subject: "aes-gcm-256/256B", demand: demand,
            dataset: RecordCount(10_000_000)
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
        #expect(text.contains("the nearest is 64.6 %, 646× the target"), "\(text)")
        #expect(text.contains("the nearest is 400,000, 2× the target"), "\(text)")
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
}
