import Results
import Testing

@testable import Reporting

@Suite("The figures of a drill")
struct DrillFigureTests {
    @Test("a mean has Student's interval, none of a single theft, and no value without any")
    func means() throws {
        let mean = try #require(MeanOfThefts([2, 4, 6]))
        // 4.302653 is the 97.5th percentile of t with two degrees of freedom.
        let reach = 4.302653 * 2 / 3.0.squareRoot()
        #expect(mean.mean == 4)
        #expect(abs((mean.high ?? 0) - 4 - reach) < 1e-5)
        #expect(mean.low == 0, "4 − 4.97 lies below what any of them can be")
        let shifted = try #require(MeanOfThefts([-2, 0, 2]))
        #expect(abs((shifted.low ?? 0) + reach) < 1e-5)
        let alike = try #require(MeanOfThefts([3, 3, 3]))
        #expect(alike.low == 3 && alike.high == 3)
        let one = try #require(MeanOfThefts([5, .nan]))
        #expect(one.mean == 5 && one.low == nil && one.high == nil)
        #expect(MeanOfThefts([]) == nil)
    }

    @Test("the bounds of what is tolerated are tolerated")
    func tolerance() {
        var act = FixedDrill.open
        for (predicted, isOff) in [(18_000.0, false), (22_000, false), (17_980, true)] {
            act.prediction.lost.mean = predicted
            #expect(DrillComparison(.recordsLost, of: act).isOff == isOff, "\(predicted)")
        }
        act.prediction.lost.mean = 22_020
        #expect(DrillComparison(.recordsLost, of: act).isOff)
        #expect(!DrillComparison(.containment, of: act).isOff)
    }

    @Test("an alarm that was not predicted is told in words")
    func unpredicted() {
        var act = FixedDrill.open
        act.thefts[2].alarm = 1
        let alarm = DrillComparison(.alarm, of: act)
        #expect(alarm.ratio == nil && alarm.predictedText == "none")
        #expect(alarm.measuredText == "1 second, in 1 of 5")
        #expect(alarm.verdict == "not predicted, but happened in 1 of 5")
    }

    @Test("an alarm's ratio is that of the thefts that had one, a canary's of all or none")
    func partialEvents() {
        var act = FixedDrill.watched
        act.thefts[0].alarm = nil
        act.prediction.alarm?.mean = 2.15
        let alarm = DrillComparison(.alarm, of: act)
        #expect(alarm.happened == 4 && abs((alarm.ratio ?? 0) - 1) < 1e-9)
        act.prediction.canary = DrillPrediction.Figure(mean: 500, p50: 400, p95: 900)
        for index in act.thefts.indices {
            act.thefts[index].canary = DrillTheft.Detection(seconds: 1, records: 400)
        }
        #expect(DrillComparison(.canary, of: act).ratio == 1.25)
        act.thefts[3].canary = nil
        #expect(DrillComparison(.canary, of: act).ratio == nil)
    }

    @Test("a wait whose interval holds zero, or that lies below, is no difference that shows")
    func noDifference() {
        var act = FixedDrill.throttled
        #expect(!DrillComparison(.wait, of: act).showsNoDifference)
        func verdict(_ usual: [Double], predicted: Double?) -> String {
            for (index, response) in usual.enumerated() {
                act.thefts[index].before.meanResponse = response
            }
            act.prediction.legitimateWait = predicted
            return DrillComparison(.wait, of: act).verdict
        }
        // 11 ms while the thief is at work.
        let (unclear, slower) = (
            [0.002, 0.031, 0.001, 0.011, 0.003], [0.013, 0.014, 0.012, 0.013, 0.015]
        )
        for usual in [unclear, slower] {
            #expect(verdict(usual, predicted: nil) == "no difference that shows")
            #expect(verdict(usual, predicted: 0.008) == "no difference that shows")
            #expect(verdict(usual, predicted: 0) == "as predicted")
            let summary = DrillReport(FixedDrill.run([act])).summary
            #expect(summary.contains("on average, no difference that shows."), "\(summary)")
        }
        let clear = [0.001, 0.002, 0.001, 0.002, 0.001]
        #expect(verdict(clear, predicted: nil) == "not predicted")
        #expect(!DrillReport(FixedDrill.run([act])).summary.contains("no difference"))
        act.thefts = [act.thefts[0]]
        #expect(verdict([0.012], predicted: nil) == "no difference that shows")
    }

    @Test("readers' shares count every call, and their response weighs by what was opened")
    func readers() {
        let all = DrillReaders([
            DrillService(seconds: 1, opened: 30, denied: 10, errors: 10, meanResponse: 0.1),
            DrillService(seconds: 2, opened: 10, meanResponse: 0.3), DrillService(seconds: 1),
        ])
        #expect(all.perSecond == 10 && abs((all.deniedShare ?? 0) - 10 / 60.0) < 1e-12)
        #expect(abs((all.meanResponse ?? 0) - 0.15) < 1e-12)
        let none = DrillReaders([])
        #expect(none.perSecond == nil && none.deniedShare == nil && none.meanResponse == nil)
    }
}
