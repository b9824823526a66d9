import Glibc

/// Instants of `CLOCK_MONOTONIC`, in nanoseconds, and waiting for them.
enum MonotonicClock {
    /// How long before its end a wait stops sleeping and starts spinning, in nanoseconds.
    ///
    /// A sleep ends late by the timer slack of the thread (50 µs unless it was tightened) and the
    /// time to wake up; this covers both where the machine is not overloaded.
    static let spin_ns: UInt64 = 150_000

    /// Now, in nanoseconds.
    static func now_ns() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Returns at an instant, or at once where it has passed: sleeps for most of it, spins at the
    /// end.
    static func wait(until instant_ns: UInt64) {
        let now = now_ns()
        guard now < instant_ns else { return }
        if instant_ns - now > spin_ns {
            sleep(until: instant_ns - spin_ns)
        }
        while now_ns() < instant_ns {}
    }

    /// Sleeps, however often a signal interrupts it.
    static func sleep(until instant_ns: UInt64) {
        var time = timespec()
        time.tv_sec = Int(instant_ns / 1_000_000_000)
        time.tv_nsec = Int(instant_ns % 1_000_000_000)
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
