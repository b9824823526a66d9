import Testing
import Units

@testable import Throttling

@Suite("A caller who is killed while it writes leaves at most an admission that nobody used")
struct KilledCallerTests {
    @Test("whatever part of a decision was written, nothing extra is admitted, and nothing hangs")
    func everyPart() {
        for seed in 0..<600 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = Limit.slidingWindow(
                SlidingWindow(
                    limit: RecordCount(.random(in: 1...8, using: &generator)),
                    window: .seconds(.random(in: 1...20, using: &generator))))
            guard case .slidingWindow(let sliding) = limit else { return }
            var state = ArrayState(limit)
            var admitted: [Int64] = []
            var counted: [Int64] = []
            let window = sliding.window.count / 1_000_000_000
            func message() -> Comment { "seed \(seed): \(sliding)" }
            var now: Int64 = 0
            for _ in 0..<80 {
                now += .random(in: 0...3, using: &generator)
                let units = UInt64.random(in: 1...min(3, sliding.limit.count), using: &generator)
                let before = state.words
                guard state.decide(second: now, units: units, .deny) == .admit else { continue }
                counted += Array(repeating: now, count: Int(units))
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    state.words = torn(before, state.words, units, &generator)
                    repair(&state)
                    let inWindow = counted.count { $0 > now - window }
                    #expect(free(state, now) >= Int(sliding.limit.count) - inWindow, message())
                } else {
                    admitted += Array(repeating: now, count: Int(units))
                }
            }
            expectWithin(sliding, admitted, message)
            // All is there again once everything has left the window.
            now += window
            for _ in 0..<sliding.limit.count {
                #expect(state.decide(second: now, .deny) == .admit, message())
            }
            #expect(state.decide(second: now, .deny) != .admit, message())
        }
    }

    /// How many more would be let in at once.
    private func free(_ state: ArrayState, _ now: Int64) -> Int {
        var (probe, count) = (state, 0)
        while probe.decide(second: now, .deny) == .admit { count += 1 }
        return count
    }

    /// The words as they stand when only the first so many stores were made: the last admission and
    /// clock, the instants in turn, and the place of the oldest.
    private func torn(
        _ before: [UInt64], _ after: [UInt64], _ units: UInt64, _ generator: inout SeededGenerator
    ) -> [UInt64] {
        let (head, capacity) = (2, before.count - 3)
        let slots = (0..<Int(units)).map { head + 1 + (Int(before[head]) + $0) % capacity }
        let stores = [0, 1] + slots + [head]
        var words = before
        for place in stores.prefix(.random(in: 0...stores.count, using: &generator)) {
            words[place] = after[place]
        }
        return words
    }

    private func repair(_ state: inout ArrayState) {
        var words = state.words
        var span = words.mutableSpan
        state.ledger.repair(&span)
        state.words = words
    }

    private func expectWithin(
        _ sliding: SlidingWindow, _ seconds: [Int64], _ message: () -> Comment
    ) {
        let window = sliding.window.count / 1_000_000_000
        for (index, end) in seconds.enumerated() {
            let count = seconds[...index].count { $0 > end - window }
            #expect(count <= Int(sliding.limit.count), message())
        }
    }

    @Test("a ring that nobody tore is left as it is")
    func whole() {
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var state = ArrayState(DrawnLimits.limit(&generator))
            var now = Nanoseconds.zero
            for _ in 0..<30 {
                now = DrawnLimits.later(now, &generator)
                _ = state.decide(at: now, .wait(atMost: .seconds(5)))
                let before = state.words
                repair(&state)
                #expect(state.words == before, "seed \(seed)")
            }
        }
    }
}
