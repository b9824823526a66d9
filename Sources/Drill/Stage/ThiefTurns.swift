import Foundation
import GateState
import Synchronization
import Units

/// When a thief makes his next call: at once, evenly, or as much as a period still holds.
final class ThiefTurns: Sendable {
    private let pace: ThiefPace
    private let stopped = StopFlag()
    private let state = Mutex(State())

    private struct State {
        var begin = Nanoseconds.zero
        /// Turns that were given since the beginning.
        var given: Int64 = 0
        /// What a filling thief may still take, until when.
        var room: Int64 = 0
        var roomEnds = Nanoseconds.zero
        var isFlatOut = false
    }

    /// The part of a period that is over when he who fills it first looks what is left, and after
    /// which part he looks again.
    private static let look = 0.8
    private static let lookAgain = 0.02

    init(_ pace: ThiefPace) { self.pace = pace }

    /// The first call may be made at this instant of the monotonic clock.
    func begin(at instant: Nanoseconds) {
        state.withLock { $0.begin = instant }
    }

    /// Lets whoever waits go.
    func stop() { stopped.set() }

    /// Waits for the next turn; false where he is to stop.
    func awaitTurn() -> Bool {
        switch pace {
        case .flatOut: return !stopped.isSet
        case .steady(let perSecond):
            guard perSecond > 0 else { return stopped.sleep(until: .max) }
            let due = state.withLock { state in
                state.given += 1
                return state.begin
                    + Nanoseconds(Int64(Double(state.given - 1) / perSecond * 1e9))
            }
            return stopped.sleep(until: due)
        case .filling(let filling):
            while !stopped.isSet {
                switch state.withLock({ Self.step(&$0, filling) }) {
                case .go: return true
                case .wait(let instant): guard stopped.sleep(until: instant) else { return false }
                }
            }
            return false
        }
    }

    private enum Step {
        case go
        case wait(until: Nanoseconds)
    }

    /// A turn of one who fills periods, or when to ask again.
    private static func step(_ state: inout State, _ pace: FillingPace) -> Step {
        let now = MonotonicInstant.now()
        if now < state.roomEnds {
            if state.isFlatOut { return .go }
            if state.room > 0 {
                state.room -= 1
                return .go
            }
            return .wait(until: state.roomEnds)
        }
        let calendar = MonotonicInstant.calendar()
        let (period, passed) = calendar.count.quotientAndRemainder(
            dividingBy: pace.period.count)
        let end = now + Nanoseconds(pace.period.count - passed)
        if Int(period % Int64(pace.of)) < pace.flatOut {
            (state.isFlatOut, state.roomEnds) = (true, end)
            return .go
        }
        state.isFlatOut = false
        let looks = Int64(look * Double(pace.period.count))
        guard passed >= looks else { return .wait(until: now + Nanoseconds(looks - passed)) }
        let later = now + Nanoseconds(Int64(lookAgain * Double(pace.period.count)))
        (state.room, state.roomEnds) = (room(pace, period, passed), min(later, end))
        guard state.room > 0 else { return .wait(until: state.roomEnds) }
        state.room -= 1
        return .go
    }

    /// What a period still holds when so much of it is over: up to the limit, but for what others
    /// will call in the rest of it, with a standard deviation of that to spare.
    private static func room(
        _ pace: FillingPace, _ period: Int64, _ passed: Int64
    ) -> Int64 {
        guard let snapshot = try? GateSnapshot(path: pace.gate) else { return 0 }
        let start = Nanoseconds(period * pace.period.count)
        let used = snapshot.identities.reduce(0.0) { sum, identity in
            let count = identity.periods.first { $0.start == start }?.calls.admitted ?? 0
            return sum + Double(count)
        }
        let ahead = pace.demand * Nanoseconds(pace.period.count - passed).seconds.value
        let spare = (pace.dispersion * ahead).squareRoot()
        return Int64(max(0, Double(pace.limit) - used - ahead - spare))
    }
}
