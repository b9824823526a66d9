import Latency
import Regression
import Results
import Testing
import Units

@testable import Experiment

@Suite("A round tells a search what became of its step")
struct StepRoundTests {
    /// A round of a thousand due calls with these reasons against it.
    private func outcome(
        _ reasons: [String], wakeUp: Nanoseconds = .microseconds(10),
        errors: [String: UInt64] = [:],
        isCounted: Bool = true
    ) -> RoundOutcome {
        var histogram = LatencyHistogram()
        histogram.record(wakeUp, count: 1_000)
        var late = LateCounts(slice: .milliseconds(10), slices: 10)
        for index in late.due.indices { late.due[index] = 100 }
        let round = Round(
            number: 1, order: 1, verdict: Verdict(reasons: reasons), seconds: 1, operations: 900,
            denied: 0, errors: errors, latency: [.wakeUp: LatencyFigures(histogram)],
            admitted: 900, cpuNanosecondsPerOperation: nil)
        return RoundOutcome(
            round: round, calls: 1_000, histograms: nil, late: isCounted ? late : nil, end: nil)
    }

    /// A valid round that woke for too few calls to give a percentile, with one wake-up so late.
    private func short(
        late share: Double, wakeUp: Nanoseconds, service: Nanoseconds = .milliseconds(1),
        remarks: [String] = []
    ) -> RoundOutcome {
        var (wakeUps, services) = (LatencyHistogram(), LatencyHistogram())
        wakeUps.record(.microseconds(10), count: 239)
        wakeUps.record(wakeUp, count: 1)
        services.record(service, count: 250)
        var late = LateCounts(slice: .milliseconds(10), slices: 10)
        for index in late.due.indices {
            late.due[index] = 25
            late.late[index] = UInt64(25 * share)
        }
        let round = Round(
            number: 1, order: 1, verdict: Verdict(remarks: remarks), seconds: 1, operations: 250,
            denied: 0, errors: [:],
            latency: [.wakeUp: LatencyFigures(wakeUps), .service: LatencyFigures(services)],
            admitted: 250, cpuNanosecondsPerOperation: nil)
        return RoundOutcome(round: round, calls: 250, histograms: nil, late: late, end: nil)
    }

    private let promise = Promise(percentileMillionths: 99_000_000, limit: .milliseconds(20))

    private func reason(_ outcome: RoundOutcome, isKept: Bool = false) -> String? {
        let told = StepOutcome(outcome, promise) { _ in isKept }
        guard case .invalid(let reason) = told else { return nil }
        return reason
    }

    @Test("a promise that is kept although the generator woke late is kept")
    func keptAllTheSame() {
        let late = [Judgement.lateWakeUp]
        let slow = outcome(late, wakeUp: .microseconds(2_100))
        #expect(reason(slow, isKept: true) == nil)
        #expect(reason(slow, isKept: false) == late[0])
        let both = outcome(late + ["a stall"], wakeUp: .microseconds(2_100))
        #expect(reason(both, isKept: true)?.contains("a stall") == true)
    }

    @Test("a generator that wakes late by little of the limit spoils nothing, one by more does")
    func lateness() {
        let late = [Judgement.lateWakeUp]
        #expect(reason(outcome([])) == nil)
        #expect(reason(outcome(late, wakeUp: .microseconds(1_900))) == nil)
        #expect(reason(outcome(late, wakeUp: .microseconds(2_100))) == late[0])
        let both = outcome(late + ["a stall"], wakeUp: .microseconds(1_900))
        #expect(reason(both) == "a stall")
    }

    @Test("with too few wake-ups for a percentile the longest says whose doing late calls are")
    func fewWakeUps() {
        let stalled = short(late: 0.16, wakeUp: .milliseconds(120))
        #expect(stalled.round.latency[.wakeUp]?.p99 == nil)
        #expect(reason(stalled) == Judgement.lateWakeUp)
        #expect(reason(short(late: 0.16, wakeUp: .microseconds(2_100))) == Judgement.lateWakeUp)
        #expect(reason(short(late: 0.16, wakeUp: .microseconds(1_900))) == nil)
        #expect(reason(stalled, isKept: true) == nil)
        #expect(reason(short(late: 0, wakeUp: .milliseconds(120))) == nil, "nothing was late")
    }

    @Test("late calls are the anchor's where its own time, or calls it held up, break the promise")
    func anchorsOwn() {
        let stall = Nanoseconds.milliseconds(120)
        #expect(reason(short(late: 1, wakeUp: stall, service: .milliseconds(50))) == nil)
        #expect(reason(short(late: 1, wakeUp: stall, service: .milliseconds(19))) != nil)
        let held = short(late: 0.8, wakeUp: stall, remarks: [Judgement.slowDevice])
        #expect(reason(held) == nil)
        #expect(reason(short(late: 0.8, wakeUp: stall, remarks: ["no steady state"])) != nil)
    }

    @Test("failed calls that alone break the promise are an answer, a wrong plaintext is none")
    func failures() {
        let ended = ["ended early after 100 failed calls: CKR_DEVICE_ERROR"]
        #expect(reason(outcome(ended, errors: ["CKR_DEVICE_ERROR": 11])) == nil)
        #expect(reason(outcome(ended, errors: ["CKR_DEVICE_ERROR": 10])) == ended[0])
        let wrong = outcome(
            ["wrong plaintext"], errors: ["CKR_DEVICE_ERROR": 500, Round.wrongPlaintext: 1])
        #expect(reason(wrong) == "wrong plaintext")
    }

    @Test("a round without counts is not valid")
    func uncounted() {
        #expect(reason(outcome(["it was lost"], isCounted: false)) == "it was lost")
        #expect(reason(outcome([], isCounted: false)) == "no call was due")
    }

    @Test("callers count what breaks the promise, the limit itself where it is excluded")
    func limit() throws {
        let strict = MeasureOrder.LateWatch(try Promise(parsing: "p99<20ms"), slice: .seconds(1))
        #expect(strict.limit == Nanoseconds(19_999_999))
        let lax = MeasureOrder.LateWatch(try Promise(parsing: "p99<=20ms"), slice: .seconds(1))
        #expect(lax.limit == .milliseconds(20))
    }
}
