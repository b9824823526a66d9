import Foundation
import Testing
import Units

@testable import Drill

@Suite("When legitimate calls fall due")
struct ArrivalScheduleTests {
    /// The edge of a period of the calendar, far from today: what is drawn is always the same.
    private static let start = Nanoseconds.seconds(2_000_000_000)
    private static let period = Nanoseconds.seconds(1)

    private func order(
        rate: Double, dispersion: Double, seed: UInt64, common: UInt64 = 7
    ) -> ArrivalOrder {
        ArrivalOrder(
            rate: rate, total: 40, dispersion: dispersion, period: Self.period,
            commonSeed: common, seed: seed)
    }

    /// The instants of so many periods, of the calendar's clock.
    private func instants(_ order: ArrivalOrder, periods: Int) -> [Nanoseconds] {
        let offset = MonotonicInstant.calendar() - MonotonicInstant.now()
        let schedule = ArrivalSchedule(order, from: Self.start - offset)
        let end = Self.start + Nanoseconds(Int64(periods) * Self.period.count)
        var instants: [Nanoseconds] = []
        while true {
            let instant = schedule.next() + offset
            guard instant < end else { return instants }
            instants.append(instant)
        }
    }

    private func counts(_ instants: [Nanoseconds], periods: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: periods)
        for instant in instants {
            counts[Int((instant - Self.start).count / Self.period.count)] += 1
        }
        return counts
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// φ: variance over mean.
    private func dispersion(_ counts: [Double]) -> Double {
        let mean = mean(counts)
        let squares = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return squares / Double(counts.count - 1) / mean
    }

    @Test("they come as often as told, and as a Poisson process where nothing swings")
    func poisson() {
        let periods = 1_000
        let instants = instants(order(rate: 40, dispersion: 1, seed: 3), periods: periods)
        let counts = counts(instants, periods: periods)
        // Five standard errors each.
        #expect(abs(mean(counts) - 40) < 1, "\(mean(counts))")
        #expect(abs(dispersion(counts) - 1) < 0.23, "\(dispersion(counts))")
        let gaps = zip(instants, instants.dropFirst()).map { ($1 - $0).seconds.value }
        let longer = gaps.count { $0 > 1.0 / 40 }
        let share = Double(longer) / Double(gaps.count)
        #expect(abs(share - exp(-1)) < 0.013, "\(share)")
    }

    @Test("the counts of two front ends together are as widely spread as the demand says")
    func together() {
        let periods = 1_500
        let (one, other) = (
            counts(
                instants(order(rate: 20, dispersion: 5, seed: 1), periods: periods),
                periods: periods),
            counts(
                instants(order(rate: 20, dispersion: 5, seed: 2), periods: periods),
                periods: periods)
        )
        let sums = zip(one, other).map(+)
        #expect(abs(mean(sums) - 40) < 1.9, "\(mean(sums))")
        #expect(abs(dispersion(sums) - 5) < 1, "\(dispersion(sums))")
        // A part of a swing swings less beside what is Poisson in it: 1 + (φ − 1) / 2.
        #expect(abs(dispersion(one) - 3) < 0.6, "\(dispersion(one))")
        let stranger = counts(
            instants(order(rate: 20, dispersion: 5, seed: 2, common: 8), periods: periods),
            periods: periods)
        let apart = dispersion(zip(one, stranger).map(+))
        #expect(abs(apart - 3) < 0.6, "who swings by himself adds less: \(apart)")
    }

    @Test("no call falls due before the one that was told last", arguments: [1.0, 5, 40])
    func rising(_ dispersion: Double) {
        for seed in 0..<20 as Range<UInt64> {
            let instants = instants(order(rate: 40, dispersion: dispersion, seed: seed), periods: 5)
            #expect(zip(instants, instants.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
        }
    }

    @Test("the same seeds give the same instants, and others give others")
    func seeded() {
        func drawn(_ seed: UInt64) -> [Nanoseconds] {
            instants(order(rate: 40, dispersion: 5, seed: seed), periods: 20)
        }
        func furthest(_ one: [Nanoseconds], _ other: [Nanoseconds]) -> Nanoseconds {
            zip(one, other).map { Nanoseconds(abs(($0 - $1).count)) }.max() ?? .zero
        }
        let (first, again, other) = (drawn(1), drawn(1), drawn(2))
        // The clocks are read anew, and by so little are the periods' edges moved.
        #expect(abs(first.count - again.count) <= 1)
        #expect(furthest(first, again) < .milliseconds(20))
        #expect(furthest(first, other) > .milliseconds(100))
    }
}
