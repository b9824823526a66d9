import Testing
import Units

@testable import Anchors

@Suite("The longest call is found to the block")
struct BatchLimitTests {
    private typealias Limit = BatchLimit<String>

    @Test("whatever the limit, it is found exactly, in few calls, with the answer beyond it")
    func everyLimit() {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let least = 16 * Int.random(in: 1...40, using: &generator)
            let bound = 1 << 20
            let longest = Int.random(in: least..<bound, using: &generator)
            var calls = 0
            let limit = Limit(from: least, to: bound, inStepsOf: 16) { length in
                calls += 1
                #expect(length % 16 == 0 && length <= bound, "seed \(seed)")
                return length <= longest ? .accepted : .refused("over \(longest)")
            }
            #expect(limit.bytes == longest / 16 * 16, "seed \(seed)")
            #expect(limit.end == .refused("over \(longest)"), "seed \(seed)")
            #expect(calls <= 34, "seed \(seed): \(calls) calls")
        }
    }

    @Test("a device that takes everything is asked up to the bound and no further")
    func noLimit() {
        var longest = 0
        let limit = Limit(from: 272, to: 16 << 20, inStepsOf: 16) { length in
            longest = max(longest, length)
            return .accepted
        }
        #expect(limit.bytes == 16 << 20 && limit.end == .bound && longest == 16 << 20)
        let single = Limit(from: 32, to: 32, inStepsOf: 16) { _ in .accepted }
        #expect(single.bytes == 32 && single.end == .bound)
    }

    @Test("a device that takes not even the first has no longest call")
    func nothing() {
        let limit = Limit(from: 272, to: 16 << 20, inStepsOf: 16) { _ in .refused("no") }
        #expect(limit.bytes == 0 && limit.end == .refused("no"))
    }

    @Test("a call that takes long is the last one")
    func slow() {
        var asked: [Int] = []
        let limit = Limit(from: 64, to: 16 << 20, inStepsOf: 16) { length in
            asked.append(length)
            return length >= 1_024 ? .slow : .accepted
        }
        #expect(limit.bytes == 1_024 && limit.end == .slow)
        #expect(asked == [64, 128, 256, 512, 1_024])
    }

    @Test("the search ends where no more calls may be made")
    func stopped() {
        #expect(throws: BatchingEnd.spent) {
            try Limit(from: 16, to: 1_024, inStepsOf: 16) { length throws(BatchingEnd) in
                guard length < 64 else { throw .spent }
                return .accepted
            }
        }
    }
}
