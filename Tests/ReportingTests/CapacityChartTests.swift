import Latency
import Results
import Testing
import Units

@testable import Regression
@testable import Reporting

@Suite("The response times of a capacity, drawn and told")
struct CapacityChartTests {
    private static func file(_ name: String, of run: CapacityRun) throws -> String {
        try #require(CapacityReport(run).files.first { $0.name == name }).text
    }

    private static func chart(_ run: CapacityRun) throws -> String {
        try file("charts/latency-throughput.svg", of: run)
    }

    /// The run with one more step, of so many seconds.
    private static func found(
        and rate: UInt64, seconds: Double, isValid: Bool = true
    ) throws -> CapacityRun {
        var run = FixedCapacity.found
        var steps = try #require(run.result?.steps)
        let next = FixedCapacity.step(steps.count + 1, (rate, 0.004, .ramp))
        steps.append(
            isValid ? next : FinishedStep(step: next.step, judgement: nil, invalidReason: "late"))
        run.result?.steps = steps
        run.rounds.append(
            CapacityRound(
                step: steps.count, round: FixedCapacity.round(rate, late: 0, seconds: seconds)))
        return run
    }

    @Test(
        "of two steps of one rate the longer is drawn, and the table says which",
        arguments: [5.0, 60])
    func drawn(seconds: Double) throws {
        let run = try Self.found(and: 1_190, seconds: seconds)
        let analysis = CapacityAnalysis(run)
        let steps = try #require(run.result?.steps)
        let drawn = steps.filter(analysis.isDrawn).filter { $0.step.rate == Rate(1_190) }
        #expect(drawn.map(\.step.number) == [seconds > 20 ? 11 : 9])
        let rows = try Self.file("report.md", of: run).split(separator: "\n")
            .filter { $0.contains(" 1,190") && $0.hasPrefix("|") }
        #expect(rows.count == 2 && rows.filter { $0.contains(" 1,190 * |") }.count == 1, "\(rows)")
        #expect(try Self.chart(run).contains("of the steps of one rate the longest"))
    }

    @Test("a step that is not valid is drawn hollow beside the lines, and bends none of them")
    func hollow() throws {
        #expect(try !Self.chart(FixedCapacity.found).contains("INVALID"))
        let run = try Self.found(and: 900, seconds: 60, isValid: false)
        let analysis = CapacityAnalysis(run)
        #expect(analysis.invalid.map(\.offered) == [900])
        #expect(!analysis.curve.contains { $0.offered == 900 })
        let chart = try Self.chart(run)
        #expect(chart.contains("Lines: p99; p50; p99, INVALID; p50, INVALID."))
        var lost = run
        lost.result?.steps.removeAll { $0.judgement != nil }
        #expect(CapacityAnalysis(lost).curve.isEmpty && CapacityAnalysis(lost).knee == nil)
        #expect(try Self.chart(lost).contains("p99, INVALID"))
    }

    @Test("the table of steps has the longest wake-up, by which a short step is judged")
    func wakeUps() throws {
        var run = FixedCapacity.found
        var wakeUps = LatencyHistogram()
        wakeUps.record(Nanoseconds(1_024), count: 20)
        wakeUps.record(Nanoseconds(524_288))
        let round = Round(
            number: 1, order: 1, verdict: Verdict(), seconds: 5, operations: 21, denied: 0,
            errors: [:], latency: [.wakeUp: LatencyFigures(wakeUps)], admitted: 21,
            cpuNanosecondsPerOperation: nil)
        run.rounds[0] = CapacityRound(step: 1, round: round)
        let table = run.stepsTable
        let longest = try #require(table.columns.firstIndex(of: "wake_up_longest_ns"))
        let p99 = try #require(table.columns.firstIndex(of: "wake_up_p99_ns"))
        #expect(table.rows[0][p99] == .empty)
        #expect(table.rows[0][longest] == .optional(LatencyFigures(wakeUps).longest))
        #expect(table.rows[0][longest] != .empty && table.rows[1][longest] == .empty)
    }

    @Test("a knee that was not reached is not said to lie where the measuring ended")
    func knee() throws {
        let whole = FixedCapacity.found
        #expect(CapacityAnalysis(whole).kneeSentence?.contains("lies at 800 calls") == true)
        #expect(try Self.chart(whole).contains("knee 800/s"))
        var low = whole
        low.result?.steps.removeAll { $0.step.rate > Rate(400) }
        let sentence = try #require(CapacityAnalysis(low).kneeSentence)
        #expect(sentence.hasPrefix("**The knee** was not reached: at 400 calls"), "\(sentence)")
        #expect(try Self.chart(low).contains("knee not reached"))
        var high = whole
        high.result?.steps.removeAll { $0.step.rate < Rate(800) }
        #expect(CapacityAnalysis(high).kneeSentence?.contains("lies at or below 800") == true)
        #expect(try Self.chart(high).contains("knee 800/s or below"))
        var one = whole
        one.result?.steps.removeAll { $0.step.rate != Rate(800) }
        #expect(CapacityAnalysis(one).kneeSentence == nil)
    }
}
