import Units

@testable import Throttling

/// A throttle over an array, on a clock that nothing but the test moves.
struct ArrayState {
    let ledger: Ledger
    var words: [UInt64]

    init(_ limit: Limit) {
        ledger = Ledger(limit)
        words = Array(repeating: 0, count: ledger.wordCount)
    }

    mutating func decide(
        at now: Nanoseconds, units: UInt64 = 1, _ onLimit: OnLimit
    ) -> Decision {
        ledger.decide(&words, at: now, units: units, onLimit: onLimit)
    }

    /// The same for a clock in whole seconds.
    mutating func decide(second: Int64, units: UInt64 = 1, _ onLimit: OnLimit) -> Decision {
        decide(at: .seconds(second), units: units, onLimit)
    }
}

/// Limits that a seed draws: small enough that every edge of theirs is met within a few calls.
enum DrawnLimits {
    /// A limit that decides something, alone or with others and a delay.
    static func limit(_ generator: inout SeededGenerator) -> Limit {
        guard Int.random(in: 0..<3, using: &generator) == 0 else { return member(&generator) }
        var members = (0..<Int.random(in: 1...3, using: &generator)).map { _ in member(&generator) }
        if Bool.random(using: &generator) { members.append(.delay(length(&generator))) }
        if Bool.random(using: &generator) { members.append(.concurrency(RecordCount(3))) }
        return .all(members)
    }

    /// One limit that counts.
    static func member(_ generator: inout SeededGenerator) -> Limit {
        func count(_ most: UInt64) -> RecordCount {
            RecordCount(.random(in: 1...most, using: &generator))
        }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return .tokenBucket(TokenBucket(rate: generator.rate(), burst: count(40)))
        case 1: return .fixedWindow(generator.fixedWindow())
        case 2: return .slidingWindow(SlidingWindow(limit: count(20), window: length(&generator)))
        case 3:
            let (window, lockout) = (length(&generator), length(&generator))
            return .breaker(Breaker(threshold: count(12), window: window, lockout: lockout))
        case 4:
            let period = Budget.Period.allCases[Int.random(in: 0..<2, using: &generator)]
            return .budget(Budget(quota: count(20), period: period))
        default: return tarpit(&generator).map(Limit.tarpit) ?? member(&generator)
        }
    }

    /// A tarpit; nil where its waits would take too many steps.
    static func tarpit(_ generator: inout SeededGenerator) -> Tarpit? {
        let (first, more) = (length(&generator), length(&generator))
        let (growths, windows) = ([1, 1.5, 2, 10], length(&generator))
        return Tarpit(
            free: RecordCount(.random(in: 0...6, using: &generator)), first: first,
            growth: growths[Int.random(in: 0..<4, using: &generator)], longest: first + more,
            window: windows)
    }

    /// From a microsecond to a day, every magnitude as likely.
    static func length(_ generator: inout SeededGenerator) -> Nanoseconds {
        Nanoseconds(Int64(generator.magnitude(upTo: 86_400_000_000)) * 1_000)
    }

    /// The clock a little, much or not at all later.
    static func later(_ now: Nanoseconds, _ generator: inout SeededGenerator) -> Nanoseconds {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: now
        case 1: now + Nanoseconds(1)
        default: now + length(&generator)
        }
    }
}
