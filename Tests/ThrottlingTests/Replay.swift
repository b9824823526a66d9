import Units

@testable import Throttling

/// What several callers got from a throttle, on a clock that nothing but the replay moves.
struct Replay {
    /// A call that was let in.
    struct Admission {
        /// When it went on, in nanoseconds.
        let instant: Int64
        /// What it was charged.
        let units: UInt64
    }

    /// How calls come about.
    struct Callers {
        /// How many of them call.
        var count = 1
        /// How many of those ask again at once; the others take their time.
        var greedy = 1
        /// The typical time between two calls of one who does not.
        var spacing = Nanoseconds(1)
        /// States, one an identity, which every caller uses in turn.
        var identities = 1
        /// What a call may be charged.
        var sizes: [UInt64] = [1]
        /// How long each call occupies the one server, before which its caller makes no other.
        var service = Nanoseconds.zero
        /// The first instant of anybody.
        var start = Nanoseconds.zero
    }

    /// In the order of their instants.
    let admissions: [Admission]

    /// Lets the callers call so often altogether.
    init(
        of limit: Limit, _ onLimit: OnLimit, calls: Int, by callers: Callers,
        _ generator: inout SeededGenerator
    ) {
        let ledger = Ledger(limit)
        var rows = Array(
            repeating: [UInt64](repeating: 0, count: ledger.wordCount), count: callers.identities)
        var admissions: [Admission] = []
        var next = (0..<callers.count).map { number in
            callers.start.count
                + (number < callers.greedy ? 0 : generator.pause(callers.spacing))
        }
        var free = Int64.min
        // Far from the end of the clock, where every instant is told apart from "never".
        for call in 0..<calls {
            guard let number = next.indices.min(by: { next[$0] < next[$1] }),
                next[number] < .max / 2
            else { break }
            let units = callers.sizes[Int.random(in: 0..<callers.sizes.count, using: &generator)]
            let decision = ledger.decide(
                &rows[call % callers.identities], at: Nanoseconds(next[number]), units: units,
                onLimit: onLimit)
            let pause = number < callers.greedy ? 0 : generator.pause(callers.spacing)
            switch decision {
            case .admit: break
            case .wait(let until): next[number] = until.count
            case .deny(let retry):
                next[number] = number < callers.greedy ? retry.count : next[number] + pause
                continue
            }
            admissions.append(Admission(instant: next[number], units: units))
            free = max(free, next[number]) + callers.service.count
            if callers.service > .zero { next[number] = free }
            if next[number] < .max / 2 { next[number] += pause }
        }
        self.admissions = admissions.sorted { $0.instant < $1.instant }
    }

    /// When a server is done with each of them, taking `service` for a call, one after the other.
    func completions(service: Nanoseconds) -> [Int64] {
        var free = Int64.min
        return admissions.map { admission in
            free = max(free, admission.instant) + service.count
            return free
        }
    }

    /// For every number of units or calls that some stretch of time held, the least such stretch.
    ///
    /// - Parameters:
    ///   - units: whether units are counted, rather than calls.
    ///   - skippingFirst: whether the first call of the stretch counts for nothing.
    /// - Returns: pairs of a number and nanoseconds from the first call to the last, both included.
    func leastSpans(
        of units: Bool, skippingFirst: Bool = false
    ) -> [(count: UInt64, nanoseconds: Int64)] {
        let sizes = admissions.map { units ? $0.units : 1 }
        var least = [Int64](repeating: .max, count: Int(sizes.reduce(0, +)) + 1)
        for first in admissions.indices {
            var count: UInt64 = 0
            for last in first..<admissions.count {
                if last > first || !skippingFirst { count += sizes[last] }
                let span = admissions[last].instant - admissions[first].instant
                least[Int(count)] = min(least[Int(count)], span)
            }
        }
        return least.enumerated().filter { $0.element < .max }
            .map { (UInt64($0.offset), $0.element + 1) }
    }
}

extension SeededGenerator {
    /// Nothing, a little or a lot of what is typical.
    fileprivate mutating func pause(_ typical: Nanoseconds) -> Int64 {
        switch Int.random(in: 0..<8, using: &self) {
        case 0..<3: 0
        case 3..<7: .random(in: 0...typical.count, using: &self)
        default: .random(in: 0...9 * typical.count, using: &self)
        }
    }

    /// What becomes of a call over a limit at which `spacing` is typical.
    mutating func onLimit(near spacing: Nanoseconds) -> OnLimit {
        switch Int.random(in: 0..<4, using: &self) {
        case 0, 1: .deny
        case 2: .wait(atMost: .max)
        default: .wait(atMost: Nanoseconds(.random(in: 0...8 * spacing.count, using: &self)))
        }
    }

    /// Some callers of whom some are greedy, at a limit at which `spacing` is typical.
    mutating func callers(near spacing: Nanoseconds) -> Replay.Callers {
        var callers = Replay.Callers()
        callers.count = Int.random(in: 1...4, using: &self)
        callers.greedy = Int.random(in: 0...callers.count, using: &self)
        callers.spacing = spacing
        let isLate = Bool.random(using: &self)
        callers.start = isLate ? Nanoseconds(.random(in: 0...1 << 55, using: &self)) : .zero
        return callers
    }
}

extension Limit {
    /// The time between two calls in the long run, within what a replay can span.
    var typicalSpacing: Nanoseconds {
        let rate = Policy(self).sustainedRate ?? 1_000
        return Nanoseconds(Int64(min(max(1e9 / rate, 1), 1e15)))
    }
}
