import Testing
import Units

@testable import Throttling

@Suite("The envelope of a tarpit is exact at first and a close bound for ever")
struct TarpitCurveTests {
    @Test("beyond what is followed exactly the line stays above, and loses a window at most")
    func line() {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let tarpit = generator.tarpit(near: generator.length())
            let (short, long) = (
                TarpitCurve(tarpit, instants: 40), TarpitCurve(tarpit, instants: 200)
            )
            let corners = long.corners(below: .infinity)
            for corner in corners where corner.instant.isFinite {
                let time = Seconds(corner.instant)
                let (exact, bound) = (
                    long.admissions(within: time), short.admissions(within: time)
                )
                let message: Comment = "seed \(seed): \(tarpit), t \(time.value)"
                #expect(bound >= exact * (1 - 1e-12), message)
                let lost = long.admissions(within: tarpit.window.seconds) + 1
                #expect(bound <= exact + lost, message)
            }
            #expect(short.sustainedRate == long.sustainedRate)
        }
    }

    @Test("α(t) is never below the calls that need not wait, n₀ ⌈t / w⌉")
    func freeCalls() {
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let tarpit = generator.tarpit(near: generator.length())
            let curve = TarpitCurve(tarpit, instants: 100)
            for _ in 0..<50 {
                let windows = Double(generator.magnitude(upTo: 1 << 20)) / 8
                let free = Double(tarpit.free.count) * windows.rounded(.up)
                let time = Seconds(windows * tarpit.window.seconds.value * (1 + 1e-12))
                #expect(
                    curve.admissions(within: time) >= free,
                    "seed \(seed): \(tarpit), \(windows) windows")
            }
        }
    }

    @Test("the long run's rate is met by those who take every call at the earliest")
    func sustainedRate() {
        var compared = 0
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let tarpit = generator.tarpit(near: generator.length())
            let curve = TarpitCurve(tarpit, instants: 10_000)
            // The second half of what is followed exactly, from corner to corner.
            let corners = curve.corners(below: .infinity).filter { $0.instant.isFinite }
            let (middle, last) = (corners[corners.count / 2], corners[corners.count - 1])
            let length = last.instant - middle.instant
            let mean = (last.admitted - middle.admitted) / length
            // A window at most is cut off at either end.
            let windows = length / tarpit.window.seconds.value
            guard windows > 200 else { continue }
            #expect(abs(mean / curve.sustainedRate - 1) < 2 / windows, "seed \(seed): \(tarpit)")
            compared += 1
        }
        #expect(compared >= 15, "few seeds give a long run")
    }

    @Test("an operation of several units waits as long as its units, one after the other")
    func units() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let tarpit = generator.tarpit(near: generator.length())
            let units = UInt64.random(in: 1...9, using: &generator)
            let waits = TarpitWaits(tarpit, units: units)
            for _ in 0..<20 {
                let count = generator.magnitude(upTo: 100)
                #expect(
                    waits.wait(after: Int(count))
                        == min(tarpit.wait(after: count * units, units: units).count, 1 << 60),
                    "seed \(seed): \(tarpit), \(count) of \(units)")
            }
        }
    }

    @Test("a tarpit of a hundred calls a minute holds a thief to its free calls, more or less")
    func worked() throws {
        let tarpit = try #require(
            Tarpit(
                free: RecordCount(100), first: .milliseconds(10), growth: 2, longest: .seconds(1),
                window: .seconds(60)))
        let policy = Policy(.tarpit(tarpit))
        let envelope = policy.envelope(servedAt: 20_000)
        // 100 at once; then waits of 10, 20, 40, … 640 ms, and one a second: 7 + 58 in a minute.
        #expect(envelope.admissions(within: Seconds(1.26)) == 106)
        #expect(envelope.admissions(within: Seconds(1.28)) == 107)
        #expect(envelope.admissions(within: Seconds(60)) == 165)
        // In the long run the cap of one a second is worse than 100 a minute and a few waits.
        let rate = try #require(policy.sustainedRate)
        #expect(rate > 100.0 / 60 && rate < 110.0 / 60)
        let time = envelope.time(for: 10_000_000, servedAt: 20_000)
        #expect(abs(time.value * rate / 1e7 - 1) < 1e-4)
        #expect(envelope.isUpperBoundOnly)
    }
}
