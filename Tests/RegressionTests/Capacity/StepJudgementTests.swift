import Foundation
import Regression
import Results
import Testing
import Units

@Suite("Judgements of steps")
struct StepJudgementTests {
    private static func promise(_ text: String = "p99<20ms") -> Promise {
        guard let promise = try? Promise(parsing: text) else { preconditionFailure(text) }
        return promise
    }

    private static func counts(_ late: [UInt64], due: UInt64 = 100) -> LateCounts {
        var counts = LateCounts(slice: .milliseconds(100), slices: late.count)
        counts.due = Array(repeating: due, count: late.count)
        counts.late = late
        return counts
    }

    /// Independent late calls of a share, drawn by the calls in time between them.
    private static func independent(
        _ share: Double, slices: Int, seed: UInt64, due: UInt64 = 100
    ) -> LateCounts {
        var generator = SeededGenerator(seed: seed)
        var late = Array(repeating: UInt64(0), count: slices)
        var call = -1
        while true {
            let draw = Double.random(in: .leastNonzeroMagnitude..<1, using: &generator)
            call += 1 + Int(min(1e9, log(draw) / log1p(-share)))
            guard call < slices * Int(due) else { return counts(late, due: due) }
            late[call / Int(due)] += 1
        }
    }

    @Test("no late call passes after enough calls, and shows nothing after too few")
    func quiet() {
        let enough = StepJudgement(
            of: Self.counts(Array(repeating: 0, count: 400)), promise: Self.promise(), level: 0.01)
        #expect(enough.verdict == .pass && enough.low == 0 && enough.high > 0)
        let few = StepJudgement(
            of: Self.counts(Array(repeating: 0, count: 400), due: 1), promise: Self.promise(),
            level: 0.01)
        #expect(few.verdict == .unknown && few.high > 0.01)
        // 458 calls that cannot crowd leave more than 1 %, 459 do not.
        let promise = Self.promise("p99<1ns")
        for (due, verdict) in [(459, StepVerdict.pass), (458, .unknown)] {
            var counts = Self.counts(Array(repeating: 0, count: 51), due: 9)
            counts.due[0] -= UInt64(459 - due)
            let judged = StepJudgement(of: counts, promise: promise, level: 0.01)
            #expect(judged.verdict == verdict, "\(due) calls")
        }
    }

    @Test("an overload fails soon, before there are batches")
    func overload() {
        let rising: [UInt64] = Array(repeating: 0, count: 4) + Array(repeating: 100, count: 12)
        let judged = StepJudgement(of: Self.counts(rising), promise: Self.promise(), level: 0.025)
        #expect(judged.verdict == .fail)
    }

    @Test("a queue that grows fails a promise on the median too")
    func medianOverload() {
        let growing = (0..<200).map { UInt64($0 < 30 ? 0 : 100) }
        let judged = StepJudgement(
            of: Self.counts(growing), promise: Self.promise("p50<3ms"), level: 0.025)
        #expect(judged.verdict == .fail)
    }

    @Test("late calls that come all together show nothing, however many calls there were")
    func crowded() {
        // 1.5 % late, in one spell.
        let late = (0..<400).map { UInt64((200..<206).contains($0) ? 100 : 0) }
        let judged = StepJudgement(of: Self.counts(late), promise: Self.promise(), level: 0.025)
        #expect(judged.verdict == .unknown)
        #expect(judged.low < 0.01 && judged.high > 0.01 && judged.neededLength != nil)
        // The same number spread evenly breaks the promise.
        let spread = (0..<400).map { UInt64($0 % 2 == 0 ? 1 : 2) }
        let even = StepJudgement(of: Self.counts(spread), promise: Self.promise(), level: 0.025)
        #expect(even.verdict == .fail)
    }

    @Test("slow swings leave fewer than ten batches, and say how long would be needed")
    func slowSwings() throws {
        let swings = (0..<300).map { UInt64(($0 / 50) % 2 == 0 ? 2 : 0) }
        let judged = StepJudgement(of: Self.counts(swings), promise: Self.promise(), level: 0.025)
        #expect(judged.verdict == .unknown && judged.batches < 10)
        if let needed = judged.neededLength { #expect(needed > .seconds(30)) }
    }

    @Test("nothing due shows nothing")
    func empty() {
        let judged = StepJudgement(
            of: LateCounts(slice: .seconds(1), slices: 20), promise: Self.promise(), level: 0.01)
        #expect(judged.verdict == .unknown && judged.due == 0 && judged.lateShare == 0)
    }

    @Test("independent calls at the share allowed are decided no oftener than the level allows")
    func level() {
        var decided: [StepVerdict: Int] = [:]
        for seed in 0..<150 as Range<UInt64> {
            let counts = Self.independent(0.01, slices: 40, seed: seed)
            let judged = StepJudgement(of: counts, promise: Self.promise("p99<1ns"), level: 0.05)
            decided[judged.verdict, default: 0] += 1
        }
        // 7.5 are due on each side; four standard deviations more are 18.
        #expect(decided[.pass, default: 0] <= 18 && decided[.fail, default: 0] <= 18, "\(decided)")
        #expect(decided[.pass, default: 0] + decided[.fail, default: 0] > 0, "\(decided)")
    }

    @Test("twice and half the share allowed are told apart", arguments: 0..<20 as Range<UInt64>)
    func power(seed: UInt64) {
        let (half, twice) = [0.004, 0.02].map { share in
            StepJudgement(
                of: Self.independent(share, slices: 200, seed: seed),
                promise: Self.promise("p99<1ns"), level: 0.025)
        }.pair
        #expect(half.verdict == .pass && twice.verdict == .fail, "seed \(seed)")
    }

    @Test("a queue at its capacity is decided no oftener than the level allows")
    func queueLevel() throws {
        let promise = Self.promise("p99<40ms")
        var decided: [StepVerdict: Int] = [:]
        for seed in 0..<30 as Range<UInt64> {
            var queue = WaitingQueue(servers: 4, service: 250, seed: seed * 31 + 7)
            let counts = queue.counts(
                rate: queue.capacity(promise), slices: 400, slice: .milliseconds(50), promise)
            let judged = StepJudgement(of: counts, promise: promise, level: 0.0125)
            decided[judged.verdict, default: 0] += 1
        }
        #expect(decided[.pass, default: 0] <= 3 && decided[.fail, default: 0] <= 3, "\(decided)")
    }
}

extension Array {
    /// The first two elements.
    fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
