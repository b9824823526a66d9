import Glibc
import Latency
import Synchronization
import Testing
import Units

@testable import Load

@Suite("A hiccup is recorded for every instant that it covers")
struct HiccupTests {
    @Test("latenesses are those of the wake-ups, and a stall is late at each instant it swallowed")
    func stall() throws {
        // The third sleep ends 3.5 ms late; three further instants are gone by then.
        let clock = LateClock([.zero, .microseconds(20), .microseconds(3_500)])
        let observer = HiccupObserver(clock, period: .milliseconds(1))
        let ended = Mutex(LatencyHistogram())
        clock.onWake(number: 8) { ended.withLock { $0 = observer.end() } }
        observer.run()
        let lateness = ended.withLock { $0 }
        #expect(lateness.count == 8)
        let longest = try #require(lateness.longest)
        #expect(abs(longest.count - 3_500_000) <= 4_000)
        // 3.5, 2.5, 1.5 and 0.5 ms are late; the other four wake-ups are not.
        let median = try #require(lateness.value(at: .p50))
        #expect(median <= .microseconds(21))
        let late = try #require(lateness.value(at: Percentile(0.6)))
        #expect(abs(late.count - 500_000) <= 1_000)
    }

    @Test("a stall that lasts beyond the end is counted to its end")
    func stallAtTheEnd() throws {
        let clock = LateClock([])
        let observer = HiccupObserver(clock, period: .milliseconds(1))
        // The thread was kept from waking at 1, 2 and 3 ms.
        clock.wait(until: .microseconds(3_500))
        let lateness = observer.end()
        #expect(lateness.count == 3)
        let longest = try #require(lateness.longest)
        #expect(abs(longest.count - 2_500_000) <= 3_000)
        // What wakes after the end has nothing to add.
        observer.run()
        #expect(observer.end() == lateness)
    }

    @Test("on this machine it wakes about once a period, never early, and ends when told")
    func machine() throws {
        let monitor = HiccupMonitor()
        let clock = MonotonicClock()
        let before = clock.now()
        try monitor.start()
        try monitor.start()
        usleep(30_000)
        let lateness = monitor.stop()
        let elapsed = clock.now() - before
        // At most one instant a period, and the one that was slept for when it was told to end.
        #expect(lateness.count >= 1 && Int64(lateness.count) <= elapsed.count / 1_000_000 + 1)
        #expect(try #require(lateness.longest) >= .zero)
        #expect(try #require(lateness.longest) <= elapsed)
    }

    @Test("it starts anew after each stop, and has nothing to give where it was not started")
    func again() throws {
        let monitor = HiccupMonitor(period: .microseconds(100))
        #expect(monitor.stop().count == 0)
        for _ in 0..<3 {
            try monitor.start()
            usleep(1_000)
            #expect(monitor.stop().count >= 1)
            #expect(monitor.stop().count == 0)
        }
    }
}

/// A virtual clock whose sleeps end late by what it was given, then on time.
private final class LateClock: Clock {
    private struct State {
        var now = Nanoseconds.zero
        var wakes = 0
        var latenesses: [Nanoseconds]
        var action: (number: Int, body: @Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ latenesses: [Nanoseconds]) { state = Mutex(State(latenesses: latenesses)) }

    func onWake(number: Int, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.action = (number, body) }
    }

    func now() -> Nanoseconds { state.withLock { $0.now } }

    func wait(until instant: Nanoseconds) {
        let action: (@Sendable () -> Void)? = state.withLock { state in
            state.wakes += 1
            if state.now < instant {
                state.now =
                    instant + (state.latenesses.isEmpty ? .zero : state.latenesses.removeFirst())
            }
            guard let action = state.action, action.number == state.wakes else { return nil }
            return action.body
        }
        action?()
    }
}
