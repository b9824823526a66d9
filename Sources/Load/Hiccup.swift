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
    private let observer = Mutex<HiccupObserver<SleepingClock>?>(nil)

    /// A monitor at rest.
    ///
    /// - Parameter period: from one instant to the next, and how long the thread may outlive
    ///   `stop`; at most 1 s.
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
        try observer.withLock { observer throws(LoadError) in
            guard observer == nil else { return }
            let new = HiccupObserver(SleepingClock(), period: period)
            try Thread { new.run() }.detach()
            observer = new
        }
    }

    /// Ends watching at once and gives the latenesses since `start`; nothing where it was not
    /// started.
    @discardableResult package func stop() -> LatencyHistogram {
        let observer = observer.withLock { observer in
            defer { observer = nil }
            return observer
        }
        return observer?.end() ?? LatencyHistogram()
    }
}

/// The body of the monitor's thread.
final class HiccupObserver<Time: Clock>: Sendable {
    private let clock: Time
    private let period: Nanoseconds
    private let state: Mutex<State>

    private struct State {
        var lateness = LatencyHistogram()
        /// The next instant to wake at.
        var instant: Nanoseconds
        var isEnded = false
    }

    init(_ clock: Time, period: Nanoseconds) {
        self.clock = clock
        self.period = period
        state = Mutex(State(instant: clock.now() + period))
    }

    /// Sleeps and records until it is ended, which it notices when it wakes next.
    func run() {
        while let instant = state.withLock({ $0.isEnded ? nil : $0.instant }) {
            clock.wait(until: instant)
            let woke = clock.now()
            state.withLock { state in
                guard !state.isEnded else { return }
                state.lateness.record(woke - state.instant)
                state.instant = state.instant + period
            }
        }
    }

    /// Ends the watching; an instant that has passed while the thread was kept from waking counts
    /// with the lateness it has: a stall at the very end is not lost.
    func end() -> LatencyHistogram {
        let now = clock.now()
        return state.withLock { state in
            while !state.isEnded, state.instant <= now {
                state.lateness.record(now - state.instant)
                state.instant = state.instant + period
            }
            state.isEnded = true
            return state.lateness
        }
    }
}

/// The machine's clock, waiting by sleep alone: what it is late by is the machine's.
private struct SleepingClock: Clock {
    private let clock = MonotonicClock()

    func now() -> Nanoseconds { clock.now() }
    func wait(until instant: Nanoseconds) { clock.sleep(until: instant) }
}
