import Testing
import Units

@testable import Throttling

/// Ten thousand random throttles and more, with a thousand seeds in each block.
@Suite("What a throttle lets in, call by call, stays under its envelope")
struct AgreementTests {
    @Test(
        "no stretch of time, wherever it begins, holds more calls than α of its length",
        arguments: 0..<7)
    func callsStayBelow(_ block: UInt64) {
        for seed in block * 1_000..<(block + 1) * 1_000 {
            var generator = SeededGenerator(seed: seed)
            let limit = generator.limit()
            let units = [1, 1, 1, 2, 3, 8][Int.random(in: 0..<6, using: &generator)]
            let spacing = limit.typicalSpacing
            var callers = generator.callers(near: spacing)
            callers.sizes = [UInt64(units)]
            callers.identities = Int.random(in: 1...3, using: &generator)
            let onLimit = generator.onLimit(near: spacing)
            let replay = Replay(of: limit, onLimit, calls: 60, by: callers, &generator)
            let policy = Policy(limit, onLimit: onLimit, scope: .perClient)
            let envelope = policy.envelope(
                servedAt: .infinity, identities: callers.identities, units: UInt64(units))
            for (calls, length) in replay.leastSpans(of: false) {
                let most = envelope.admissions(within: slightlyMore(than: length))
                guard Double(calls) > most * (1 + 1e-12) else { continue }
                Issue.record(
                    "seed \(seed): \(calls) calls in \(length) ns, α \(most): \(policy), \(callers)"
                )
                break
            }
        }
    }

    @Test("calls of mixed sizes take no more units than α from any member", arguments: 0..<3)
    func unitsStayBelow(_ block: UInt64) {
        for seed in block * 1_000..<(block + 1) * 1_000 {
            var generator = SeededGenerator(seed: seed + 1_000_000)
            let limit = generator.limit()
            let spacing = limit.typicalSpacing
            var callers = generator.callers(near: spacing)
            callers.sizes = [1, 1, 2, .random(in: 1...12, using: &generator)]
            let onLimit = generator.onLimit(near: spacing)
            let replay = Replay(of: limit, onLimit, calls: 50, by: callers, &generator)
            for member in limit.members {
                // A large call waits in a tarpit as long as its units would, but is let in whole:
                // the first of a stretch may have waited before it.
                var isTarpit = false
                if case .tarpit = member { isTarpit = true }
                let envelope = Policy(member).envelope(servedAt: .infinity)
                for (units, length) in replay.leastSpans(of: true, skippingFirst: isTarpit) {
                    let most = envelope.admissions(within: slightlyMore(than: length))
                    guard Double(units) > most * (1 + 1e-12) else { continue }
                    Issue.record(
                        "seed \(seed): \(units) in \(length) ns, α \(most): \(limit), \(callers)")
                    break
                }
            }
        }
    }

    @Test("callers of one server never have more done than E(t), but for what is in flight")
    func serverStaysBelow() {
        for seed in 0..<1_500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed + 2_000_000)
            let limit = generator.limit()
            let spacing = limit.typicalSpacing
            var callers = generator.callers(near: spacing)
            callers.service = generator.length(near: spacing)
            let onLimit = generator.onLimit(near: spacing)
            let replay = Replay(of: limit, onLimit, calls: 60, by: callers, &generator)
            let rate = 1e9 / Double(callers.service.count)
            let envelope = Policy(limit).envelope(servedAt: rate)
            let completions = replay.completions(service: callers.service)
            for (index, instant) in completions.enumerated() {
                let time = Double(instant - callers.start.count) / 1e9 * (1 + 1e-12)
                let done = envelope.operations(within: Seconds(time), servedAt: rate)
                guard Double(index + 1 - callers.count) > done * (1 + 1e-9) else { continue }
                Issue.record(
                    "seed \(seed): \(index + 1) by \(time) s, E \(done): \(limit), X \(rate)")
                break
            }
        }
    }

    /// A stretch of so many nanoseconds, and what doubles may lose of it.
    private func slightlyMore(than nanoseconds: Int64) -> Seconds {
        Seconds(Double(nanoseconds) * (1 + 1e-12) / 1e9)
    }
}

/// The discrete-event simulation knows nothing of envelopes: it asks the throttle at the earliest
/// instant, and lets a server work off what was let in.
@Suite("A simulation of thief, throttle and server meets E(t) and T(N)")
struct SimulationTests {
    @Test("through a token bucket each call is done within one service of T(n)")
    func tokenBucket() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let bucket = generator.tokenBucket()
            let (envelope, rate, completions) = simulate(.tokenBucket(bucket), &generator)
            for (index, instant) in completions.enumerated() {
                let least = envelope.time(for: Double(index + 1), servedAt: rate).value
                let late = Double(instant) / 1e9 - least
                guard late < -1e-9 * least || late > 1 / rate + 2e-9 + 1e-9 * least else {
                    continue
                }
                Issue.record("seed \(seed): \(bucket), X \(rate), call \(index + 1): \(late) s")
                break
            }
        }
    }

    @Test("through a window of either kind each call is done at T(n), to the nanosecond")
    func windows() {
        for seed in 0..<800 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let isSliding = Bool.random(using: &generator)
            let limit =
                isSliding
                ? Limit.slidingWindow(generator.slidingWindow(near: generator.length()))
                : .fixedWindow(generator.fixedWindow())
            let (envelope, rate, completions) = simulate(limit, &generator)
            for (index, instant) in completions.enumerated() {
                let least = envelope.time(for: Double(index + 1), servedAt: rate).value
                let late = abs(Double(instant) / 1e9 - least)
                let done = envelope.operations(within: Seconds(least), servedAt: rate)
                let isInverse = abs(done - Double(index + 1)) < 1e-6 * Double(index + 1)
                guard late > 2e-9 + 1e-12 * least || !isInverse else { continue }
                Issue.record("seed \(seed): \(limit), X \(rate), call \(index + 1): \(late) s")
                break
            }
        }
    }

    @Test("through a tarpit a caller who pauses when it pays is done at T(n), to the nanosecond")
    func tarpit() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let tarpit = generator.tarpit(near: generator.length())
            // The first call of a tarpit that lets nobody in at once waits before the clock begins.
            guard tarpit.free.count > 0 else { continue }
            let service = generator.length(near: tarpit.first)
            let rate = 1e9 / Double(service.count)
            let envelope = Policy(.tarpit(tarpit)).envelope(servedAt: rate)
            var free: Int64 = 0
            for (index, instant) in earliest(60, through: tarpit).enumerated() {
                free = max(free, instant) + service.count
                let least = envelope.time(for: Double(index + 1), servedAt: rate).value
                let late = abs(Double(free) / 1e9 - least)
                guard late > 2e-9 + 1e-12 * least else { continue }
                Issue.record("seed \(seed): \(tarpit), X \(rate), call \(index + 1): \(late) s")
                break
            }
        }
    }

    /// A greedy caller from the epoch on, and a server.
    private func simulate(
        _ limit: Limit, _ generator: inout SeededGenerator
    ) -> (envelope: Envelope, rate: Double, completions: [Int64]) {
        let service = generator.length(near: limit.typicalSpacing)
        let onLimit = Bool.random(using: &generator) ? OnLimit.deny : .wait(atMost: .max)
        let replay = Replay(of: limit, onLimit, calls: 150, by: Replay.Callers(), &generator)
        return (
            Policy(limit).envelopeFromEpoch(), 1e9 / Double(service.count),
            replay.completions(service: service)
        )
    }

    /// Every admission at the earliest instant that any pause before the call gives.
    private func earliest(_ calls: Int, through tarpit: Tarpit) -> [Int64] {
        let ledger = Ledger(.tarpit(tarpit))
        var row = [UInt64](repeating: 0, count: ledger.wordCount)
        var instants: [Int64] = []
        while instants.count < calls {
            let now = instants.last ?? 0
            let leaving = instants.map { $0 + tarpit.window.count }.filter { $0 > now }
            var best: (instant: Int64, row: [UInt64])?
            for start in Set(leaving + [now]) where start < best?.instant ?? .max {
                var tried = row
                let decision = ledger.decide(
                    &tried, at: Nanoseconds(start), onLimit: .wait(atMost: .max))
                let instant: Int64
                switch decision {
                case .admit: instant = start
                case .wait(let until): instant = until.count
                case .deny: continue
                }
                if instant < best?.instant ?? .max { best = (instant, tried) }
            }
            guard let best, best.instant < .max / 2 else { break }
            row = best.row
            instants.append(best.instant)
        }
        return instants
    }
}
