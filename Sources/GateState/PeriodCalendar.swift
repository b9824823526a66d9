import Synchronization
import Units

/// Which period of the calendar it is, without asking the calendar at every call.
///
/// The answer is kept for as long as the period lasts, a second at most: by so much a correction of
/// the calendar is noticed late.
final class PeriodCalendar: Sendable {
    private let length: Int64
    private let number = Atomic<UInt64>(0)
    /// The gate's time up to which the number holds.
    private let end = Atomic<Int64>(.min)

    init(period: Nanoseconds) { length = period.count }

    /// The number of the period at an instant of the gate's time, counted from the Unix epoch.
    @inline(__always)
    func period(at now: Int64) -> UInt64 {
        now < end.load(ordering: .acquiring) ? number.load(ordering: .relaxed) : look(at: now)
    }

    private func look(at now: Int64) -> UInt64 {
        let calendar = max(0, GateClock.exactCalendar())
        let (current, passed) = calendar.quotientAndRemainder(dividingBy: length)
        number.store(UInt64(current), ordering: .relaxed)
        end.store(now + min(length - passed, 1_000_000_000), ordering: .releasing)
        return UInt64(current)
    }
}
