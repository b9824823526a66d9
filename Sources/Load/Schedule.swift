import Foundation
import Synchronization
import Units

/// When the calls of an open load are due: instants that depend on nothing that happens.
///
/// Several processes share one schedule by stripes: each draws all of it and takes every n-th
/// arrival, so that together they make exactly the calls that one would.
package struct Schedule: Sendable {
    /// Calls a second of all stripes together.
    package let rate: Rate
    /// How they are spaced.
    package let arrivals: Arrivals
    /// Which of the arrivals are taken.
    package let stripe: Stripe
    private var taken: UInt64 = 0
    private var generator: SeededGenerator
    /// The last arrival drawn, in mean gaps since the start.
    private var position = 0.0

    /// How arrivals are spaced.
    package enum Arrivals: Hashable, Sendable {
        /// Evenly, the first at once.
        case constant
        /// A Poisson process: independent exponential gaps, the same from the same seed.
        case poisson(seed: UInt64)
    }

    /// Every `count`-th arrival from the one at `index` on.
    package struct Stripe: Hashable, Sendable {
        let index: UInt64
        let count: UInt64

        /// Part `index` of `count`.
        package init(_ index: Int, of count: Int) {
            precondition(index >= 0 && index < count, "a stripe is one of those there are")
            (self.index, self.count) = (UInt64(index), UInt64(count))
        }

        /// All of it.
        package static let whole = Stripe(0, of: 1)
    }

    /// A schedule from its beginning.
    package init(rate: Rate, arrivals: Arrivals, stripe: Stripe = .whole) {
        self.rate = rate
        self.arrivals = arrivals
        self.stripe = stripe
        if case .poisson(let seed) = arrivals {
            generator = SeededGenerator(seed: seed)
        } else {
            generator = SeededGenerator(seed: 0)
        }
    }

    /// The place of the stripe's next arrival among those of all stripes, from 0.
    package var nextNumber: UInt64 { stripe.index &+ taken &* stripe.count }

    /// The next arrival of the stripe, in nanoseconds after the release.
    package mutating func next() -> Nanoseconds {
        defer { taken += 1 }
        switch arrivals {
        case .constant:
            // Each from its number alone, so that no rounding accumulates.
            let number = UInt128(stripe.index + taken * stripe.count)
            let instant = number * UInt128(rate.period.count.magnitude) / UInt128(rate.count)
            return Nanoseconds(Int64(clamping: instant))
        case .poisson:
            for _ in 0..<(taken == 0 ? stripe.index + 1 : stripe.count) { position += gap() }
            let instant = position * Double(rate.period.count) / Double(rate.count)
            return instant < 9e18 ? Nanoseconds(Int64(instant)) : .max
        }
    }

    /// An exponential draw with mean 1, by inversion; never infinite, as the draw is never 0.
    private mutating func gap() -> Double {
        -log(Double((generator.next() >> 11) + 1) * 0x1p-53)
    }
}

/// The schedule as the callers of one process share it: whoever is free takes the next arrival.
final class ScheduleCursor: Sendable {
    private let schedule: Mutex<Schedule>

    init(_ schedule: Schedule) { self.schedule = Mutex(schedule) }

    /// Takes the next arrival, with its number among those of all processes.
    func next() -> (number: UInt64, instant: Nanoseconds) {
        schedule.withLock { ($0.nextNumber, $0.next()) }
    }
}
