import Testing
import Units

@testable import Load

@Suite("Clocks keep their law")
struct ClockLawTests {
    @Test("the machine's clock never runs backwards, and a wait never ends early")
    func monotonic() {
        let clock = MonotonicClock()
        var last = clock.now()
        for length in [0, 1, 10_000, 200_000, 2_000_000] as [Int64] {
            let end = clock.now() + Nanoseconds(length)
            clock.wait(until: end)
            let now = clock.now()
            #expect(now >= end && now >= last, "a wait of \(length) ns")
            last = now
        }
        // An instant that is gone is not waited for.
        clock.wait(until: .zero)
    }

    @Test("the virtual clock moves by what is spent and waited for, and never backwards")
    func virtual() {
        let clock = VirtualClock()
        clock.spend(.milliseconds(5))
        clock.wait(until: .milliseconds(9))
        #expect(clock.now() == .milliseconds(5), "a wait before the release")
        clock.wait(until: VirtualClock.release)
        #expect(clock.now() == VirtualClock.release)
        clock.wait(until: VirtualClock.release + .milliseconds(3))
        clock.wait(until: VirtualClock.release + .milliseconds(1))
        #expect(clock.now() == VirtualClock.release + .milliseconds(3))
        #expect(VirtualClock(readingTakes: .milliseconds(2)).now() == .milliseconds(2))
    }
}
