import Testing
import Units

@testable import Throttling

/// Every way to call at whole seconds, asked of the throttle itself.
struct ExhaustiveSearch {
    private let ledger: Ledger
    private let end: Int64
    private let onLimit: OnLimit
    private var known: [[UInt64]: [Int]] = [:]

    /// The most calls that anybody gets from a fresh throttle before 1 s, 2 s, … `end` s.
    static func most(of limit: Limit, before end: Int64, _ onLimit: OnLimit) -> [Int] {
        let ledger = Ledger(limit)
        var search = ExhaustiveSearch(ledger: ledger, end: end, onLimit: onLimit)
        return search.most([UInt64](repeating: 0, count: ledger.wordCount), at: 0)
    }

    private init(ledger: Ledger, end: Int64, onLimit: OnLimit) {
        (self.ledger, self.end, self.onLimit) = (ledger, end, onLimit)
    }

    /// What can still be had from this second on, by the end of each second.
    private mutating func most(_ row: [UInt64], at second: Int64) -> [Int] {
        guard second < end else { return [Int](repeating: 0, count: Int(end)) }
        let key = row + [UInt64(second)]
        if let result = known[key] { return result }
        var result = most(row, at: second + 1)
        var after = row
        let decision = ledger.decide(&after, at: .seconds(second), onLimit: onLimit)
        let admitted: Int64? =
            switch decision {
            case .admit: second
            case .wait(let until): until.count / 1_000_000_000
            case .deny: nil
            }
        if let admitted, admitted < end {
            let further = most(after, at: admitted)
            for last in Int(admitted)..<Int(end) {
                result[last] = max(result[last], further[last] + 1)
            }
        }
        known[key] = result
        return result
    }
}

@Suite("No way to call gets more than the envelope, and the best one gets that")
struct ExhaustiveTests {
    @Test("a breaker lets in α(t) and not a call more, whenever it is made to trip")
    func breaker() {
        for threshold in 1...4 as ClosedRange<UInt64> {
            for (window, lockout) in [
                (1, 1), (1, 3), (2, 1), (2, 3), (2, 5), (3, 2), (3, 4), (3, 8),
            ]
                as [(Int64, Int64)]
            {
                let breaker = Breaker(
                    threshold: RecordCount(threshold), window: .seconds(window),
                    lockout: .seconds(lockout))
                expectReached(.breaker(breaker), before: 10, .deny)
            }
        }
    }

    @Test("a tarpit lets in α(t) and not a call more, however a caller pauses")
    func tarpit() {
        for seed in 0..<80 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let first = Int64.random(in: 1...4, using: &generator)
            let growth = Double(Int.random(in: 1...3, using: &generator))
            let tarpit = Tarpit(
                free: RecordCount(.random(in: 1...3, using: &generator)), first: .seconds(first),
                growth: growth,
                longest: .seconds(growth > 1 ? .random(in: first...9, using: &generator) : first),
                window: .seconds(.random(in: 1...7, using: &generator)))
            guard let tarpit else {
                Issue.record("seed \(seed): these are whole seconds")
                return
            }
            expectReached(.tarpit(tarpit), before: 10, .wait(atMost: .max), seed)
        }
    }

    @Test("a sliding window lets in α(t) and not a call more", arguments: 1...3)
    func slidingWindow(_ limit: UInt64) {
        for window in 1...4 as ClosedRange<Int64> {
            let sliding = SlidingWindow(limit: RecordCount(limit), window: .seconds(window))
            expectReached(.slidingWindow(sliding), before: 9, .deny)
        }
    }

    private func expectReached(
        _ limit: Limit, before end: Int64, _ onLimit: OnLimit, _ seed: UInt64? = nil
    ) {
        let reached = ExhaustiveSearch.most(of: limit, before: end, onLimit)
        let envelope = Policy(limit, onLimit: onLimit).envelope(servedAt: .infinity)
        let bounds = (1...end).map { Int(envelope.admissions(within: Seconds(Double($0)))) }
        let source = seed.map { "seed \($0): " } ?? ""
        #expect(reached == bounds, "\(source)\(limit)")
    }
}
