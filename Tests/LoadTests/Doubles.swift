import Foundation
import Glibc
import Load
import Synchronization
import Throttling
import Units

/// A clock that only calls, and waits from the release on, move: callers who poll a gate do not.
final class VirtualClock: Clock {
    /// The instant of every release, unless a test wants a later one.
    static let release = Nanoseconds.seconds(1)

    private let instant = Atomic<Int64>(0)
    private let reading: Nanoseconds
    private let release: Nanoseconds

    /// A clock at 0; each reading of it takes so long.
    init(readingTakes reading: Nanoseconds = .zero, release: Nanoseconds = VirtualClock.release) {
        self.reading = reading
        self.release = release
    }

    func now() -> Nanoseconds {
        Nanoseconds(instant.add(reading.count, ordering: .relaxed).newValue)
    }

    func wait(until instant: Nanoseconds) {
        guard instant >= release else {
            usleep(50)
            return
        }
        _ = self.instant.max(instant.count, ordering: .relaxed)
    }

    /// Lets a call take its time.
    func spend(_ time: Nanoseconds) { instant.add(time.count, ordering: .relaxed) }
}

/// The machine's clock, which leaps over every long wait: a load whose callers have nothing to do
/// until its end is over, however long it was to last.
final class LeapingClock: Clock {
    private let machine = MonotonicClock()
    private let ahead = Atomic<Int64>(0)

    func now() -> Nanoseconds { machine.now() + Nanoseconds(ahead.load(ordering: .relaxed)) }

    func wait(until instant: Nanoseconds) {
        if instant - now() > .seconds(5) {
            _ = ahead.max((instant - machine.now()).count, ordering: .relaxed)
        } else {
            machine.wait(until: instant - Nanoseconds(ahead.load(ordering: .relaxed)))
        }
    }
}

/// What became of the calls of all callers, counted on the other side of the operation.
final class Ledger: Sendable {
    let prepared = Atomic<Int>(0)
    let performed = Atomic<Int>(0)
    let verified = Atomic<Int>(0)
    let indices = Mutex<[Int]>([])
}

/// A failure by which a preparation is known again.
struct Unprepared: Error, Equatable {
    let caller: Int
}

/// An operation without a device: it spends time on a clock and answers what it is told to.
struct FakeOperation: Load.Operation, ~Copyable {
    let ledger: Ledger
    var recordCount = 4
    var time = Nanoseconds.zero
    /// What the n-th call of this caller takes beyond `time`, from 0.
    var extra: @Sendable (Int) -> Nanoseconds = { _ in .zero }
    /// How much of each call is not the operation's own.
    var untimed = Nanoseconds.zero
    var clock: VirtualClock?
    /// The code of the n-th call of this caller, from 0.
    var code: @Sendable (Int) -> UInt = { _ in 0 }
    /// Whether the n-th call of this caller gave the right plaintext.
    var isRight: @Sendable (Int) -> Bool = { _ in true }
    private var calls = 0

    init(_ ledger: Ledger) {
        self.ledger = ledger
        ledger.prepared.add(1, ordering: .relaxed)
    }

    var hasUntimedPart: Bool { untimed > .zero }

    mutating func perform(_ index: Int) -> UInt {
        ledger.performed.add(1, ordering: .relaxed)
        ledger.indices.withLock { if $0.count < 100 { $0.append(index) } }
        clock?.spend(time + extra(calls))
        defer { calls += 1 }
        return code(calls)
    }

    func verify(_ index: Int) -> Bool {
        ledger.verified.add(1, ordering: .relaxed)
        return isRight(calls - 1)
    }
}

extension MonotonicClock {
    /// A release shortly ahead.
    func soon() -> Nanoseconds? { now() + .milliseconds(1) }
}

/// A throttle with a state in a folder of its own.
final class TestThrottle {
    let throttle: Workload.Throttle
    let state: SharedState
    private let path: String

    /// - Parameter clients: identities that the calls of a schedule come from; attackers have one
    ///   more.
    init(_ policy: Policy, units: UInt64 = 1, clients: Int = 1) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "load-tests-\(UUID().uuidString)").path
        try SharedState.create(at: path, for: policy, clients: clients + 1)
        state = try SharedState(path: path, policy: policy)
        throttle = Workload.Throttle(state, units: units, clients: clients)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
