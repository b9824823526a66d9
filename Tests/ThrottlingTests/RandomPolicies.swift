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

/// The instants at which calls were admitted, on a clock that nothing but the test moves.
struct Admissions {
    private(set) var instants: [Nanoseconds] = []

    /// Asks at instants that the seed draws, many of them at once, some of them far apart.
    static func random(
        _ limit: some SingleWordLimit, _ onLimit: OnLimit, calls: Int, spacing: Nanoseconds,
        atOnce: UInt64 = 2, _ generator: inout SeededGenerator
    ) -> Admissions {
        var result = Admissions()
        var word = limit.initialWord
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
        var word = limit.initialWord
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
