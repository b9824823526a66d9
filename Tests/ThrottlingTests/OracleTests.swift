import Testing
import Throttling
import Units

@Suite("The token bucket agrees with Go's x/time/rate")
struct OracleTests {
    /// One row: the step of 100 ms, the tokens asked for, whether Go's limiter gives them.
    struct Row: Sendable {
        let step: Int64
        let operations: UInt64
        let isAdmitted: Bool

        init(_ step: Int64, _ operations: UInt64, _ isAdmitted: Bool) {
            self.step = step
            self.operations = operations
            self.isAdmitted = isAdmitted
        }
    }

    static let burstOfOne = [
        Row(0, 1, true), Row(0, 1, false), Row(0, 1, false), Row(1, 1, true), Row(1, 1, false),
        Row(2, 2, false), Row(2, 1, true), Row(2, 1, false),
    ]
    static let burstOfThree = [
        Row(0, 2, true), Row(0, 2, false), Row(0, 1, true), Row(0, 1, false), Row(1, 4, false),
        Row(2, 1, true), Row(3, 1, true), Row(4, 1, true), Row(4, 1, true), Row(4, 1, false),
        Row(9, 3, true), Row(9, 0, true),
    ]

    @Test(
        "every row is decided as Go decides it, also a thousand million seconds later",
        arguments: [(1, burstOfOne), (3, burstOfThree)] as [(UInt64, [Row])],
        [Nanoseconds.zero, .seconds(1_000_000_000)])
    func rows(_ table: (burst: UInt64, rows: [Row]), _ start: Nanoseconds) {
        let bucket = TokenBucket(rate: Rate(10), burst: RecordCount(table.burst))
        var word = UInt64(0)
        for (number, row) in table.rows.enumerated() {
            let before = word
            let decision = bucket.decide(
                &word, at: start + .milliseconds(100 * row.step), onLimit: .deny,
                operations: row.operations)
            #expect((decision == .admit) == row.isAdmitted, "row \(number): \(decision)")
            if !row.isAdmitted { #expect(word == before, "row \(number) consumed something") }
        }
    }

    @Test("a request larger than the burst is refused for ever, as in Go")
    func largerThanBurst() {
        let bucket = TokenBucket(rate: Rate(10), burst: RecordCount(3))
        var word = UInt64(0)
        for second in [0, 1, 1_000_000] as [Int64] {
            let decision = bucket.decide(
                &word, at: .seconds(second), onLimit: .wait(atMost: .max), operations: 4)
            #expect(decision == .deny(retryAfter: .max))
        }
        #expect(word == 0)
    }
}
