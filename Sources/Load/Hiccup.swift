import Latency
import Synchronization
import Units

/// What the platform itself adds: a thread that does nothing but sleep until instants a fixed
/// period apart, and records how late it woke.
///
/// An instant that went by while the thread was kept from running counts with the lateness it then
/// has, so that one stall of 5 ms is five late instants and not one. After the jHiccup of Tene.
///
/// A wake-up takes some 5 µs from the processor it lands on, in a virtual machine up to 50 µs: at a
/// period of 1 ms that is 5 % of one busy processor, so beside a load choose 10 ms.
package final class HiccupMonitor: Sendable {
    private let period: Nanoseconds
    private let watch = Mutex<Watch?>(nil)

    /// One thread at work.
    private struct Watch {
        let observer: HiccupObserver
        let thread: Thread
    }

    /// A monitor at rest.
    ///
    /// - Parameter period: from one instant to the next, and how long `stop` may take; at most 1 s.
    package init(period: Nanoseconds = .milliseconds(1)) {
        precondition(period > .zero && period <= .seconds(1), "a period is from 1 ns to 1 s")
        self.period = period
    }

    deinit { stop() }

    /// Starts watching; a monitor that watches already goes on.
    ///
    /// - Throws: `LoadError.noThread`.
    package func start() throws(LoadError) {
        let period = period
        try watch.withLock { watch throws(LoadError) in
            guard watch == nil else { return }
            let observer = HiccupObserver()
            let thread = try Thread { observer.run(SleepingClock(), period: period) }
            watch = Watch(observer: observer, thread: thread)
        }
    }

    /// Ends the thread within a period and gives the latenesses since `start`; nothing where it was
    /// not started.
    @discardableResult package func stop() -> LatencyHistogram {
        let watch = watch.withLock { watch in
            defer { watch = nil }
            return watch
        }
        guard let watch else { return LatencyHistogram() }
        watch.observer.end()
        watch.thread.join()
        return watch.observer.lateness
    }
}

/// The body of the monitor's thread.
final class HiccupObserver: @unchecked Sendable {
    private let isEnded = Atomic<Bool>(false)
    // Written by the observing thread alone, read after it was joined.
    private(set) var lateness = LatencyHistogram()

    /// Sleeps and records until told to end, and then until no instant is left that has passed: a
    /// stall at the very end is not lost.
    func run(_ clock: some Clock, period: Nanoseconds) {
        var lateness = LatencyHistogram()
        var instant = clock.now() + period
        var woke: Nanoseconds
        repeat {
            clock.wait(until: instant)
            woke = clock.now()
            lateness.record(woke - instant)
            instant = instant + period
        } while !isEnded.load(ordering: .relaxed) || instant <= woke
        self.lateness = lateness
    }

    /// Asks the thread to end.
    func end() { isEnded.store(true, ordering: .relaxed) }
}

/// The machine's clock, waiting by sleep alone: what it is late by is the machine's.
private struct SleepingClock: Clock {
    private let clock = MonotonicClock()

    func now() -> Nanoseconds { clock.now() }
    func wait(until instant: Nanoseconds) { clock.sleep(until: instant) }
}
