import Testing
import Throttling
import Units

@Suite("Decisions agree with tables worked by hand")
struct HandCheckedTests {
    /// One row: the clock in milliseconds, the units, the decision.
    struct Row: Sendable, CustomStringConvertible {
        let milliseconds: Int64
        let units: UInt64
        let decision: Decision

        init(_ milliseconds: Int64, _ units: UInt64 = 1, _ decision: Decision) {
            (self.milliseconds, self.units, self.decision) = (milliseconds, units, decision)
        }

        static func admit(_ milliseconds: Int64, _ units: UInt64 = 1) -> Row {
            Row(milliseconds, units, .admit)
        }
        static func wait(_ milliseconds: Int64, _ units: UInt64 = 1, until: Int64) -> Row {
            Row(milliseconds, units, .wait(until: .milliseconds(until)))
        }
        static func deny(_ milliseconds: Int64, _ units: UInt64 = 1, until: Int64) -> Row {
            Row(milliseconds, units, .deny(retryAfter: .milliseconds(until)))
        }

        var description: String { "\(units) at \(milliseconds) ms: \(decision)" }
    }

    private func expect(_ rows: [Row], of limit: Limit, _ onLimit: OnLimit) {
        let ledger = Ledger(limit)
        var words = [UInt64](repeating: 0, count: ledger.wordCount)
        for row in rows {
            let before = words
            let decision = ledger.decide(
                &words, at: .milliseconds(row.milliseconds), units: row.units, onLimit: onLimit)
            #expect(decision == row.decision, "\(row)")
            if case .deny = decision { #expect(words == before, "\(row)") }
        }
    }

    private let sliding = Limit.slidingWindow(
        SlidingWindow(limit: RecordCount(3), window: .milliseconds(10)))
    private let breaker = Limit.breaker(
        Breaker(threshold: RecordCount(3), window: .milliseconds(10), lockout: .milliseconds(30)))
    private let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(1_000), burst: RecordCount(2)))

    @Test("a sliding window lets the next in when the third last has left")
    func slidingWindow() {
        expect(
            [
                .admit(0), .admit(1), .admit(2), .deny(3, until: 10), .deny(9, until: 10),
                .admit(10), .deny(10, until: 11), .admit(11), .admit(12), .deny(12, until: 20),
                .deny(12, 2, until: 21), .deny(12, 3, until: 22), .deny(12, 4, until: Self.never),
                .admit(22, 3), .deny(31, until: 32), .admit(40, 2), .admit(41),
                .deny(41, until: 50),
            ].map(Self.exact), of: sliding, .deny)
    }

    @Test("who waits for a sliding window takes its place there and then")
    func slidingWindowQueue() {
        expect(
            [
                .admit(0, 2), .admit(5), .wait(6, until: 10), .wait(6, until: 10),
                .wait(6, until: 15), .deny(6, until: 20), .deny(7, until: 20), .wait(8, until: 20),
            ], of: sliding, .wait(atMost: .milliseconds(12)))
    }

    @Test("a breaker trips with the third admission in its window, and then has forgotten it")
    func breakerTrips() {
        expect(
            [
                .admit(0), .admit(4), .admit(8), .deny(8, until: 38), .deny(37, until: 38),
                .admit(38), .admit(39), .admit(48), .admit(49), .admit(50), .deny(50, until: 80),
                .admit(80, 2), .deny(80, 2, until: 90), .admit(85), .deny(85, until: 115),
                .admit(200, 3), .deny(200, until: 230), .deny(200, 4, until: Self.never),
            ].map(Self.exact), of: breaker, .deny)
    }

    @Test("a breaker counts an admission of the nanosecond after it tripped")
    func shortestLockout() {
        let breaker = Breaker(
            threshold: RecordCount(2), window: Nanoseconds(10), lockout: Nanoseconds(1))
        let ledger = Ledger(.breaker(breaker))
        var words = [UInt64](repeating: 0, count: ledger.wordCount)
        let decisions = [(0, 2), (0, 1), (1, 1), (1, 2), (1, 1), (1, 1)].map { now, units in
            ledger.decide(&words, at: Nanoseconds(now), units: units, onLimit: .deny)
        }
        func deny(_ retryAfter: Int64) -> Decision { .deny(retryAfter: Nanoseconds(retryAfter)) }
        #expect(decisions == [.admit, deny(1), .admit, deny(11), .admit, deny(2)])
    }

    @Test("a budget of two a day is given at midnight, whenever it was used")
    func budget() {
        let day: Int64 = 86_400_000
        expect(
            [
                .admit(0), .admit(day - 1), .deny(day - 1, until: day), .admit(day, 2),
                .deny(day, until: 2 * day),
            ], of: .budget(Budget(quota: RecordCount(2), period: .day)), .deny)
        expect(
            [.admit(0, 2), .deny(6 * day, until: 7 * day), .admit(7 * day)],
            of: .budget(Budget(quota: RecordCount(2), period: .week)), .deny)
    }

    @Test("a tarpit lets two pass and doubles the wait of each one more, up to its longest")
    func tarpit() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(2), first: .milliseconds(10), growth: 2,
                longest: .milliseconds(50), window: .milliseconds(1_000)))
        #expect(tarpit.depth == 5)
        let waits = (0...7).map { tarpit.wait(after: $0).count / 1_000_000 }
        #expect(waits == [0, 0, 10, 20, 40, 50, 50, 50])
        #expect(tarpit.wait(after: 1, units: 4) == .milliseconds(70))
        #expect(tarpit.wait(after: 4, units: 3) == .milliseconds(140))
        // One after another: each begins to wait when the one before is let in.
        let queue: [Row] = [
            .admit(0), .admit(0), .wait(0, until: 10), .wait(0, until: 30), .wait(1, until: 70),
            .wait(1, until: 120), .wait(1, until: 170), .wait(500, until: 550),
            // At 1,100 those of 0 to 70 have left: three are in the window.
            .wait(1_100, until: 1_120),
        ]
        expect(queue, of: .tarpit(tarpit), .wait(atMost: .seconds(10)))
        expect(
            [
                .admit(0), .admit(400), .deny(400, until: 1_000), .admit(1_000),
                .deny(1_000, until: 1_400), .deny(1_000, 2, until: 2_000),
                .deny(1_000, 3, until: Self.never), .admit(2_000, 2),
            ].map(Self.exact), of: .tarpit(tarpit), .deny)
        // Whoever bears 15 ms is let in behind one admission too many, not behind two.
        expect(
            [
                .admit(0), .admit(1), .wait(2, until: 12), .deny(12, until: 1_000),
                .wait(1_000, until: 1_010),
            ], of: .tarpit(tarpit), .wait(atMost: .milliseconds(15)))
    }

    @Test("a delay is waited by everybody, in parallel, also by those who wait for nothing else")
    func delay() {
        let delay = Limit.delay(.milliseconds(5))
        expect([.wait(0, until: 5), .wait(0, until: 5), .wait(3, until: 8)], of: delay, .deny)
        expect(
            [
                .wait(0, 2, until: 5), .deny(0, until: 1), .wait(1, until: 6), .deny(1, until: 2),
                .wait(10, until: 15),
            ], of: .all([delay, bucket]), .deny)
        expect(
            [
                .wait(0, 3, until: 5), .deny(1, until: 10), .wait(10, until: 15),
            ], of: .all([sliding, delay]), .deny)
        expect(
            [.wait(0, 2, until: 5), .wait(0, until: 6), .deny(0, until: 2), .wait(1, until: 7)],
            of: .all([delay, bucket]), .wait(atMost: .milliseconds(1)))
    }

    @Test("all of a bucket and a window admit when both do, and a denial costs neither anything")
    func all() {
        let window = Limit.fixedWindow(
            FixedWindow(limit: RecordCount(3), window: .milliseconds(10)))
        expect(
            [
                .admit(0, 2), .deny(0, until: 1), .admit(1), .deny(1, until: 10),
                // The bucket is full again, because the window's denials took nothing from it.
                .deny(5, 2, until: 10), .admit(10, 2), .deny(10, until: 11), .admit(11),
                .deny(19, until: 20), .deny(19, 3, until: Self.never),
            ].map(Self.exact), of: .all([bucket, window]), .deny)
        expect(
            [
                .admit(0), .admit(0), .wait(0, until: 1), .wait(0, until: 10), .wait(0, until: 10),
                .wait(0, until: 11), .wait(3, until: 20),
            ], of: .all([window, bucket]), .wait(atMost: .max))
    }

    @Test("slots decide nothing, and nothing has no limit")
    func undecided() {
        for limit in [Limit.none, .concurrency(RecordCount(1))] {
            expect([.admit(0), .admit(0), .admit(0, 1_000)], of: limit, .deny)
        }
    }

    /// Stands for the end of time in a table of milliseconds.
    private static let never: Int64 = -1

    private static func exact(_ row: Row) -> Row {
        guard row.decision == .deny(retryAfter: .milliseconds(never)) else { return row }
        return Row(row.milliseconds, row.units, .deny(retryAfter: .max))
    }
}
