import Testing
import Units

@testable import Throttling

@Suite("The envelope of a breaker is the best mixture of trips and stopping short of them")
struct BreakerCurveTests {
    @Test("α(t) is the best number of trips, by trying every one")
    func everyNumberOfTrips() {
        for seed in 0..<4_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let breaker = generator.secondsOfBreaker()
            let envelope = Policy(.breaker(breaker)).envelope(servedAt: .infinity)
            for _ in 0..<10 {
                let time = Int64.random(in: 1...1_000, using: &generator)
                let most = best(of: breaker, before: time)
                let found = envelope.admissions(within: Seconds(Double(time)))
                #expect(found == Double(most), "seed \(seed): \(breaker), t \(time) s")
            }
        }
    }

    /// The curve of a breaker that is one; nil where it trips at once, or opens before its window
    /// is over.
    private func curve(of breaker: Breaker) -> BreakerCurve? {
        guard breaker.threshold.count > 1, breaker.lockout > breaker.window else { return nil }
        return BreakerCurve(
            threshold: breaker.threshold.count, window: breaker.window, lockout: breaker.lockout)
    }

    @Test("the n-th call comes at the last instant before which α allows one less")
    func earliest() {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let breaker = generator.secondsOfBreaker()
            guard let curve = curve(of: breaker) else { continue }
            let number = generator.magnitude(upTo: 1_000)
            let instant = curve.earliest(Double(number))
            let second = Int64(instant.value)
            let message: Comment = "seed \(seed): \(breaker), call \(number) at \(second) s"
            #expect(Double(second) == instant.value, message)
            #expect(second == 0 || best(of: breaker, before: second) < Int64(number), message)
            #expect(best(of: breaker, before: second + 1) >= Int64(number), message)
        }
    }

    @Test("T(n) is the latest of all instants at which α holds the server up")
    func corners() {
        for seed in 0..<4_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let breaker = generator.secondsOfBreaker()
            guard let curve = curve(of: breaker) else { continue }
            let number = Double(generator.magnitude(upTo: 400))
            // Rates at which one kind of turn is as good as another are the hard ones.
            let spare = (breaker.lockout - breaker.window).seconds.value
            let rate =
                [curve.sustainedRate, 1 / spare, 20][Int.random(in: 0..<3, using: &generator)]
                * Double.random(in: 0.2...2, using: &generator)
            let latest = stride(from: 0, to: number, by: 1).map { before in
                curve.earliest(before + 1).value + (number - before) / rate
            }.reduce(0, max)
            let found = Envelope.breaker(curve).time(for: number, servedAt: rate).value
            #expect(
                abs(found - latest) <= 1e-9 * latest,
                "seed \(seed): \(breaker), X \(rate), n \(number)")
        }
    }

    @Test("in the long run the better of the two kinds of turn sets the rate")
    func sustainedRate() {
        for seed in 0..<1_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let breaker = generator.breaker(near: generator.length())
            let policy = Policy(.breaker(breaker))
            let envelope = policy.envelope(servedAt: .infinity)
            let time = 1e9 * max(breaker.window, breaker.lockout).seconds.value
            let mean = envelope.admissions(within: Seconds(time)) / time
            let rate = policy.sustainedRate ?? 0
            #expect(abs(mean / rate - 1) < 1e-6, "seed \(seed): \(breaker)")
        }
    }

    @Test("calls that do not fill the threshold trip it with the help of a smaller one")
    func otherSizes() {
        func envelope(_ threshold: UInt64, _ lockout: Int64, _ units: UInt64) -> Envelope {
            Policy(
                .breaker(
                    Breaker(
                        threshold: RecordCount(threshold), window: .seconds(10),
                        lockout: .seconds(lockout)))
            ).envelope(servedAt: .infinity, units: units)
        }
        let stairs = { Envelope.staircase(step: $0, window: Seconds($1), phase: Seconds($1)) }
        #expect(envelope(10, 60, 3) == stairs(3, 10))
        #expect(envelope(10, 2, 3) == stairs(3, 2))
        #expect(envelope(10, 60, 10) == stairs(1, 60))
        #expect(envelope(10, 2, 5) == stairs(2, 2))
        #expect(envelope(10, 60, 11) == .closed)
        #expect(
            envelope(10, 60, 2)
                == .breaker(
                    BreakerCurve(threshold: 5, window: .seconds(10), lockout: .seconds(60))))
    }

    /// max over j = 0 … ⌈t/l⌉ − 1 of j θ + (θ − 1) ⌈(t − j l)⁺ / w⌉ + 1, all in whole seconds.
    private func best(of breaker: Breaker, before time: Int64) -> Int64 {
        let (window, lockout) = (
            breaker.window.count / 1_000_000_000, breaker.lockout.count / 1_000_000_000
        )
        let threshold = Int64(breaker.threshold.count)
        return (0...(time - 1) / lockout).map { trips in
            let windows = (time - trips * lockout + window - 1) / window
            return trips * threshold + (threshold - 1) * windows + 1
        }.max() ?? 0
    }
}

extension SeededGenerator {
    /// A breaker of whole seconds, often one whose two kinds of turn are nearly as good.
    fileprivate mutating func secondsOfBreaker() -> Breaker {
        let threshold = UInt64.random(
            in: 1...[4, 60][Int.random(in: 0..<2, using: &self)], using: &self)
        let window = Int64.random(in: 1...60, using: &self)
        let near = max(1, 2 * window / max(1, Int64(threshold) - 1))
        let lockout =
            Bool.random(using: &self)
            ? window + .random(in: 0...near, using: &self) : .random(in: 1...300, using: &self)
        return Breaker(
            threshold: RecordCount(threshold), window: .seconds(window), lockout: .seconds(lockout))
    }
}
