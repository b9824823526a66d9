import Units

@testable import Throttling

extension SeededGenerator {
    /// A rate from one a day to ten million a second, every magnitude as likely.
    mutating func rate() -> Rate {
        let periods: [Int64] = [1, 60, 3_600, 86_400]
        let period = Nanoseconds.seconds(periods[Int.random(in: 0..<4, using: &self)])
        let most = 10_000_000 * UInt64(period.count / 1_000_000_000)
        return Rate(magnitude(upTo: most), per: period)
    }

    /// A count from 1, every magnitude as likely.
    mutating func magnitude(upTo most: UInt64) -> UInt64 {
        max(1, UInt64.random(in: 0...most, using: &self) >> UInt64.random(in: 0..<30, using: &self))
    }

    mutating func tokenBucket() -> TokenBucket {
        TokenBucket(rate: rate(), burst: RecordCount(UInt64.random(in: 1...40, using: &self)))
    }

    mutating func fixedWindow() -> FixedWindow {
        let window = Int64(magnitude(upTo: 86_400_000)) * 1_000_000
        let phase = Bool.random(using: &self) ? window : Int64.random(in: 1...window, using: &self)
        return FixedWindow(
            limit: RecordCount(UInt64.random(in: 1...20, using: &self)),
            window: Nanoseconds(window), phase: Nanoseconds(phase))
    }

    mutating func onLimit() -> OnLimit {
        guard Bool.random(using: &self) else { return .deny }
        return Bool.random(using: &self)
            ? .wait(atMost: .max)
            : .wait(atMost: .milliseconds(Int64(magnitude(upTo: 1_000_000))))
    }
}

extension SeededGenerator {
    /// A length from a microsecond to a month, every magnitude as likely.
    mutating func length() -> Nanoseconds {
        let magnitude = Int64(1) << Int64.random(in: 10...50, using: &self)
        return Nanoseconds(.random(in: magnitude...2 * magnitude, using: &self))
    }

    /// A length within a factor of 64 of another, and often one that divides it or is equal.
    mutating func length(near other: Nanoseconds) -> Nanoseconds {
        let factor = Int64(1) << Int64.random(in: 0...6, using: &self)
        let length =
            switch Int.random(in: 0..<4, using: &self) {
            case 0: other.count
            case 1: other.count * factor
            case 2: other.count / factor
            default: Int64.random(in: 0...other.count / 4 * factor, using: &self)
            }
        // A year at most, so that nothing outlasts the clock.
        return Nanoseconds(min(max(1, length), 1 << 55))
    }

    /// A small count, often one.
    mutating func count(upTo most: UInt64) -> RecordCount {
        RecordCount(Bool.random(using: &self) ? .random(in: 1...most, using: &self) : 1)
    }

    mutating func slidingWindow(near scale: Nanoseconds) -> SlidingWindow {
        SlidingWindow(limit: count(upTo: 12), window: length(near: scale))
    }

    mutating func breaker(near scale: Nanoseconds) -> Breaker {
        let window = length(near: scale)
        return Breaker(
            threshold: count(upTo: 12), window: window, lockout: length(near: window))
    }

    mutating func tarpit(near scale: Nanoseconds) -> Tarpit {
        let window = length(near: scale)
        let first = length(near: Nanoseconds(max(1, window.count / 8)))
        let growths = [1, 1.01, 1.5, 2, Double.random(in: 1.001...4, using: &self)]
        let tarpit = Tarpit(
            free: RecordCount(UInt64.random(in: 0...8, using: &self)), first: first,
            growth: growths[Int.random(in: 0..<5, using: &self)],
            longest: max(first, length(near: window)), window: window)
        return tarpit ?? self.tarpit(near: scale)
    }

    /// One limit whose times lie near `scale`, or anywhere where that is nil.
    mutating func singleLimit(near scale: Nanoseconds? = nil) -> Limit {
        let near = scale ?? length()
        switch Int.random(in: 0..<10, using: &self) {
        case 0, 1:
            guard scale != nil else { return .tokenBucket(tokenBucket()) }
            let rate = Rate(.random(in: 1...40, using: &self), per: length(near: near))
            return .tokenBucket(TokenBucket(rate: rate, burst: count(upTo: 12)))
        case 2:
            guard scale != nil else { return .fixedWindow(fixedWindow()) }
            let window = length(near: near)
            let phase = Nanoseconds(.random(in: 1...window.count, using: &self))
            return .fixedWindow(
                FixedWindow(limit: count(upTo: 12), window: window, phase: phase))
        case 3, 4: return .slidingWindow(slidingWindow(near: near))
        case 5, 6: return .breaker(breaker(near: near))
        case 7:
            let period = Bool.random(using: &self) ? Budget.Period.day : .week
            return .budget(Budget(quota: count(upTo: 20), period: period))
        default: return .tarpit(tarpit(near: near))
        }
    }

    /// Any limit: two of five of them consist of several, mostly of times that lie near each other.
    mutating func limit() -> Limit {
        guard Int.random(in: 0..<5, using: &self) < 2 else { return singleLimit() }
        let scale = length()
        var members = (0..<Int.random(in: 1...4, using: &self)).map { _ in
            singleLimit(near: Int.random(in: 0..<8, using: &self) == 0 ? nil : scale)
        }
        if Bool.random(using: &self) { members.append(.delay(length(near: scale))) }
        if Bool.random(using: &self) { members.append(.concurrency(count(upTo: 8))) }
        return .all(members.shuffled(using: &self))
    }
}

/// The instants at which calls were admitted, on a clock that nothing but the test moves.
struct Admissions {
    private(set) var instants: [Nanoseconds] = []

    /// Asks at instants that the seed draws, many of them at once, some of them far apart.
    static func random(
        _ limit: some SingleWordLimit, _ onLimit: OnLimit, calls: Int, spacing: Nanoseconds,
        atOnce: UInt64 = 2, _ generator: inout SeededGenerator
    ) -> Admissions {
        var result = Admissions()
        var word = UInt64(0)
        var now = Nanoseconds.zero
        for _ in 0..<calls {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0..<4: break
            case 4..<7: now = now + Nanoseconds(.random(in: 0...spacing.count, using: &generator))
            default: now = now + Nanoseconds(.random(in: 0...9 * spacing.count, using: &generator))
            }
            let operations = UInt64.random(in: 1...atOnce, using: &generator)
            let decision = limit.decide(&word, at: now, onLimit: onLimit, operations: operations)
            result.add(decision, at: now, operations)
        }
        return result
    }

    /// Asks again the moment that a call is admitted, or when the refusal says.
    static func greedy(
        _ limit: some SingleWordLimit, _ onLimit: OnLimit, calls: Int
    ) -> Admissions {
        var result = Admissions()
        var word = UInt64(0)
        var now = Nanoseconds.zero
        while result.instants.count < calls {
            let decision = limit.decide(&word, at: now, onLimit: onLimit)
            result.add(decision, at: now, 1)
            switch decision {
            case .admit: break
            case .wait(let instant): now = instant
            case .deny(let instant): now = instant
            }
        }
        return result
    }

    private mutating func add(_ decision: Decision, at now: Nanoseconds, _ operations: UInt64) {
        let instant: Nanoseconds
        switch decision {
        case .admit: instant = now
        case .wait(let opens): instant = opens
        case .deny: return
        }
        instants += Array(repeating: instant, count: Int(operations))
    }
}
