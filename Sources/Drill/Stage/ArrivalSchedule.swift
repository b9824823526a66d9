import Exposure
import Foundation
import Synchronization
import Units

/// When the calls of one front end fall due: a Poisson process whose mean swings from period to
/// period, together with those of the other front ends, so that the counts of all are as widely
/// spread as the demand says.
///
/// A Poisson count of a gamma-distributed mean is negative binomial: with a mean m of all front
/// ends in a period, a shape of m / (φ − 1) gives a variance of φ m.
final class ArrivalSchedule: Sendable {
    private let order: ArrivalOrder
    /// The calendar's clock less the monotonic one.
    private let offset: Nanoseconds
    private let state: Mutex<State>

    private struct State {
        var generator: SeededGenerator
        var next: Nanoseconds
        /// The period that the factor is of.
        var period = Int64.min
        var factor = 1.0
    }

    /// The calls from an instant of the monotonic clock on.
    init(_ order: ArrivalOrder, from start: Nanoseconds) {
        self.order = order
        offset = MonotonicInstant.calendar() - MonotonicInstant.now()
        state = Mutex(State(generator: SeededGenerator(seed: order.seed), next: start))
    }

    /// The next instant at which a call falls due, each told once.
    func next() -> Nanoseconds {
        state.withLock { state in
            // What is left of an exponential wait of mean 1 is used up at each period's own rate.
            var left = -log(1 - Double.random(in: 0..<1, using: &state.generator))
            while true {
                let period = (state.next + offset).count / order.period.count
                if period != state.period {
                    (state.period, state.factor) = (period, factor(of: period))
                }
                let rate = order.rate * state.factor
                let end = Nanoseconds((period + 1) * order.period.count) - offset
                let room = (end - state.next).seconds.value * rate
                guard left > room else {
                    state.next += Nanoseconds(Int64(left / rate * 1e9))
                    return state.next
                }
                left -= room
                state.next = end
            }
        }
    }

    /// How busy a period is, 1 on average.
    private func factor(of period: Int64) -> Double {
        guard order.dispersion > 1 else { return 1 }
        let mean = order.total * order.period.seconds.value
        let shape = mean / (order.dispersion - 1)
        var generator = SeededGenerator(seed: order.commonSeed &+ UInt64(bitPattern: period))
        return CountDistribution.gamma(shape, &generator) / shape
    }
}
