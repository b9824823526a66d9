import Glibc
import Units

/// The clock that calls are timed on: the machine's, or a virtual one in a test.
package protocol Clock: Sendable {
    /// The present instant.
    func now() -> Nanoseconds
    /// Returns once the instant has come.
    func wait(until instant: Nanoseconds)
}

/// `CLOCK_MONOTONIC`, common to all processes of the machine; a reading costs about 24 ns.
package struct MonotonicClock: Clock {
    /// How long before an instant sleeping ends and spinning begins.
    private let spin: Nanoseconds

    /// Longer than a sleep is late.
    private static let usualSpin = Nanoseconds.microseconds(150)

    /// The clock for callers that wait for nothing, or each for itself.
    package init() { spin = Self.usualSpin }

    /// The clock for callers that wait for the calls of one schedule: they spin for so short a time
    /// that together they keep no more than half of the processors busy with it, or whoever wakes
    /// next finds none free.
    ///
    /// - Parameters:
    ///   - rate: calls due of all callers and processes together.
    ///   - processors: how many processors they share.
    package init(spinningFor rate: Rate, processors: Int) {
        let share = Nanoseconds(Int64(Double(max(1, processors)) / 2 / rate.perSecond * 1e9))
        spin = min(Self.usualSpin, share)
    }

    @inlinable package func now() -> Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Sleeps until shortly before the instant, then spins: sleeps alone end tens of µs late.
    package func wait(until instant: Nanoseconds) {
        sleep(until: instant - spin)
        while now() < instant {}
    }

    /// Sleeps until the instant and wakes as late as the machine makes it.
    func sleep(until instant: Nanoseconds) {
        guard now() < instant else { return }
        var time = timespec(
            tv_sec: Int(instant.count / 1_000_000_000), tv_nsec: Int(instant.count % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
