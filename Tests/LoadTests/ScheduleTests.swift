import Foundation
import Load
import Testing
import Units

@Suite("A schedule says when calls are due, whatever happens")
struct ScheduleTests {
    /// The first arrivals of a schedule.
    private func arrivals(_ schedule: Schedule, _ count: Int) -> [Nanoseconds] {
        var schedule = schedule
        return (0..<count).map { _ in schedule.next() }
    }

    @Test("constant arrivals are evenly spaced, the first at once")
    func constant() {
        let schedule = Schedule(rate: Rate(100), arrivals: .constant)
        #expect(arrivals(schedule, 4).map(\.count) == [0, 10_000_000, 20_000_000, 30_000_000])
        // A third of a second is no whole number of nanoseconds: each is rounded down by itself.
        let thirds = Schedule(rate: Rate(3), arrivals: .constant)
        #expect(
            arrivals(thirds, 4).map(\.count) == [0, 333_333_333, 666_666_666, 1_000_000_000])
    }

    @Test(
        "the thousand-millionth constant arrival is where its number puts it, to the nanosecond",
        arguments: [
            Rate(10_000_000), Rate(9_999_999), Rate(7_777_777, per: .seconds(60)),
            Rate(11, per: .milliseconds(3)),
        ])
    func noRounding(_ rate: Rate) {
        let last = 999_999_999
        var schedule = Schedule(
            rate: rate, arrivals: .constant, stripe: Schedule.Stripe(last, of: last + 1))
        for number in [last, 2 * last + 1] {
            let exact =
                UInt128(UInt64(number)) * UInt128(rate.period.count.magnitude)
                / UInt128(rate.count)
            #expect(schedule.next().count == Int64(exact), "arrival \(number) at \(rate)")
        }
    }

    @Test("fifty a day stay exact for as long as there are nanoseconds, and end in the far future")
    func slow() {
        let rate = Rate(50, per: .seconds(86_400))
        let gap: Int64 = 1_728_000_000_000
        #expect(
            arrivals(Schedule(rate: rate, arrivals: .constant), 3).map(\.count) == [
                0, gap, 2 * gap,
            ])
        // A hundred thousand days, and beyond what can be counted.
        for (number, instant) in [(5_000_000, 5_000_000 * gap), (999_999_999, Int64.max)] {
            var schedule = Schedule(
                rate: rate, arrivals: .constant,
                stripe: Schedule.Stripe(number, of: 1_000_000_000))
            #expect(schedule.next().count == instant, "arrival \(number)")
        }
        var random = Schedule(rate: Rate(1, per: .max), arrivals: .poisson(seed: 1))
        let instants = (0..<9).map { _ in random.next() }
        #expect(instants == instants.sorted() && instants.last == .max)
    }

    @Test("gaps of a Poisson process have their mean, variance and tail, seed by seed")
    func poisson() {
        let count = 100_000
        for seed in 0..<20 as Range<UInt64> {
            let instants = arrivals(
                Schedule(rate: Rate(1_000), arrivals: .poisson(seed: seed)), count)
            let starts = [Nanoseconds.zero] + instants
            // In mean gaps of a millisecond.
            let gaps = zip(instants, starts).map { Double(($0 - $1).count) / 1e6 }
            let mean = gaps.reduce(0, +) / Double(count)
            let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
            let long = Double(gaps.count { $0 > 3 }) / Double(count)
            // Five standard errors: of a mean of 1 / √n, of a variance √8 / √n (the fourth moment
            // is 9), of a share √(p (1 - p) / n).
            let error = 1 / Double(count).squareRoot()
            #expect(abs(mean - 1) < 5 * error, "seed \(seed): \(mean)")
            #expect(abs(variance - 1) < 5 * 8.0.squareRoot() * error, "seed \(seed): \(variance)")
            let share = exp(-3.0)
            let spread = (share * (1 - share)).squareRoot() * error
            #expect(abs(long - share) < 5 * spread, "seed \(seed): \(long)")
            #expect(gaps.allSatisfy { $0 >= 0 }, "seed \(seed)")
        }
    }

    @Test("counts of a Poisson process in equal windows vary as much as their mean")
    func dispersion() {
        for seed in 0..<20 as Range<UInt64> {
            var counts = [Int](repeating: 0, count: 2_000)
            var schedule = Schedule(rate: Rate(10_000), arrivals: .poisson(seed: seed))
            while true {
                let window = Int(schedule.next().count / 1_000_000)
                guard window < counts.count else { break }
                counts[window] += 1
            }
            let mean = Double(counts.reduce(0, +)) / Double(counts.count)
            let variance =
                counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
                / Double(counts.count)
            // Ten a window; the standard error of the index of dispersion is √(2 / n).
            let error = (2 / Double(counts.count)).squareRoot()
            #expect(abs(variance / mean - 1) < 5 * error, "seed \(seed): \(variance / mean)")
        }
    }

    @Test("the same seed gives the same instants, another seed others")
    func seeds() {
        func first(_ seed: UInt64) -> [Nanoseconds] {
            arrivals(Schedule(rate: Rate(500), arrivals: .poisson(seed: seed)), 100)
        }
        var seen: Set<Nanoseconds> = []
        for seed in 0..<200 as Range<UInt64> {
            #expect(first(seed) == first(seed), "seed \(seed)")
            #expect(seen.insert(first(seed)[50]).inserted, "seed \(seed) repeats another")
        }
    }

    @Test(
        "the stripes of a schedule are together the whole, to the nanosecond",
        arguments: 1...7)
    func stripes(_ count: Int) {
        for seed in 0..<20 as Range<UInt64> {
            for kind in [Schedule.Arrivals.constant, .poisson(seed: seed)] {
                let rate = Rate(1 + seed * 777, per: .milliseconds(500))
                let whole = arrivals(Schedule(rate: rate, arrivals: kind), 70 * count)
                let parts = (0..<count).map { index in
                    arrivals(
                        Schedule(
                            rate: rate, arrivals: kind, stripe: Schedule.Stripe(index, of: count)),
                        70)
                }
                let woven = (0..<70).flatMap { row in parts.map { $0[row] } }
                #expect(woven == whole, "seed \(seed), \(kind)")
            }
        }
    }
}
